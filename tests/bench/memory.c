/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Keepers: their proportional memory, alone and among a thousand, and whether one ever wakes up. */
#include "bench.h"

#include "names.h"
#include "sandbox.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

#define STORE "/run/keepers"
#define KEEPERS 1000

static long wake_ups_before = -1;

#define STATE "State:\t"

static bool is_state(const char *key)
{
	return strcmp(key, STATE) == 0;
}

/* The number behind `key` in a file of /proc, a letter as its code; or -1. */
static long number_in(const char *path, const char *key)
{
	FILE *file = fopen(path, "re");
	char line[256];
	long value = -1;

	while (file && fgets(line, sizeof(line), file))
		if (strncmp(line, key, strlen(key)) == 0)
			value = is_state(key) ? line[strlen(key)] : strtol(line + strlen(key), NULL, 10);
	if (file)
		fclose(file);
	return value;
}

static long keeper_number(unsigned set, const char *file, const char *key)
{
	char path[64];
	long keeper;

	snprintf(path, sizeof(path), STORE "/" NAME_FORMAT "/.set", set);
	keeper = number_in(path, "keeper ");
	if (keeper <= 1)
		return -1;
	snprintf(path, sizeof(path), "/proc/%ld/%s", keeper, file);
	return number_in(path, key);
}

static int create_keepers(const struct bench *bench, unsigned first, unsigned count)
{
	const char *const front[] = {bench->programs.front, "create", NULL}, *const behind[] = {"--pid", NULL};
	struct names names = names_make(front, first, count, behind);
	int r = programs_run(&bench->programs, STORE, names.argv);

	names_free(&names);
	return r;
}

static int sample_memory(struct bench *bench, unsigned keepers)
{
	struct row *row;
	char group[48];

	snprintf(group, sizeof(group), "memory of a keeper, %u", keepers);
	row = bench_add_row(bench, group, "nsmgr", "KiB", keepers);
	for (unsigned i = 0; i < keepers; i++) {
		long pss = keeper_number(i, "smaps_rollup", "Pss:");

		if (pss < 0) {
			fprintf(stderr, "bench: no memory figure of keeper %u\n", i);
			return -1;
		}
		row->samples[i] = (double)pss;
	}
	return 0;
}

/* The first keeper lives through the whole run. */
int memory_begin(struct bench *bench)
{
	int r = arena_make(STORE);

	if (r == 0)
		r = create_keepers(bench, 0, 1);
	if (r < 0)
		return r;
	/* It was let go before create ended, so asleep means that it has come to rest. */
	while (keeper_number(0, "status", STATE) == 'R')
		sched_yield();
	wake_ups_before = keeper_number(0, "status", "voluntary_ctxt_switches:");
	return wake_ups_before < 0 ? -1 : 0;
}

int scenario_memory(struct bench *bench)
{
	int r = sample_memory(bench, 1);

	if (r == 0)
		r = create_keepers(bench, 1, KEEPERS - 1);
	return r == 0 ? sample_memory(bench, KEEPERS) : r;
}

int memory_end(struct bench *bench)
{
	long after = keeper_number(0, "status", "voluntary_ctxt_switches:");
	struct row *row = bench_add_row(bench, "wake-ups of a keeper", "nsmgr", "", 1);

	if (after < 0) {
		fprintf(stderr, "bench: the first keeper has ended\n");
		return -1;
	}
	row->samples[0] = (double)(after - wake_ups_before);
	return arena_drop(STORE);
}
