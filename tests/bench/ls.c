/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Listing uts sets. The names of ip-netns(8) beside them are as many binds of one network namespace: making as many
 * namespaces would take longer than all the rest, and their number is of no matter for a list that looks at files. */
#include "bench.h"

#include "base/macro.h"
#include "names.h"
#include "sandbox.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define STORE "/run/list"
#define IP "/run/netns"

static int fill_ip(const struct programs *programs, unsigned first, unsigned end)
{
	const char *const add[] = {programs->ip, "netns", "add", "nsbench", NULL};

	if (!*programs->ip)
		return 0;
	if (first == 0 && programs_run(programs, STORE, add) < 0)
		return -1;
	for (; first + 1 < end; first++) {
		char path[64];

		snprintf(path, sizeof(path), IP "/" NAME_FORMAT, first);
		if (mknod(path, S_IFREG, 0) < 0 || mount(IP "/nsbench", path, NULL, MS_BIND, NULL) < 0) {
			fprintf(stderr, "bench: cannot bind %s: %m\n", path);
			return -1;
		}
	}
	return 0;
}

static int measure(struct bench *bench, unsigned sets)
{
	const struct programs *p = &bench->programs;
	char **env = programs_environment(p, STORE, false), **env_full = programs_environment(p, STORE, true);
	const char *const quiet[] = {p->front, "ls", "-q", NULL};
	const char *const ls[] = {p->front, "ls", NULL};
	const char *const floor[] = {p->floor, "ls", STORE, NULL};
	const char *const ip[] = {p->ip, "netns", "list", NULL};
	const char *const lsns[] = {p->lsns, "--persistent", NULL};
	struct contender list[] = {
	    {.who = "nsmgr ls -q", .argv = quiet, .envp = env},
	    {.who = "nsmgr ls", .argv = ls, .envp = env_full},
	    {.who = BENCH_FLOOR, .argv = floor, .envp = env},
	    {.who = "ip netns list", .program = p->ip, .argv = ip, .envp = env},
	    {.who = "lsns",
	     .program = p->lsns_files,
	     .absent = *p->lsns ? "lists none that only a file keeps, before 2.39" : NULL,
	     .argv = lsns,
	     .envp = env},
	};
	unsigned part = sets > 1000 ? 8 : sets > 10 ? 4 : 1, rounds = bench->rounds / part;
	char group[48];

	for (size_t i = 0; i < NSM_ARRAY_SIZE(list); i++)
		list[i].warm = true;
	snprintf(group, sizeof(group), "ls %u", sets);
	return bench_compare(bench, group, list, NSM_ARRAY_SIZE(list), rounds > 4 ? rounds : 4);
}

int scenario_ls(struct bench *bench)
{
	const unsigned sizes[] = {10, 1000, 3000, 10000};
	unsigned filled = 0;
	int r = arena_make(STORE);

	if (r == 0)
		r = arena_make(IP);
	for (size_t i = 0; r == 0 && i < NSM_ARRAY_SIZE(sizes) - bench->quick; i++) {
		r = names_fill(&bench->programs, STORE, filled, sizes[i]);
		if (r == 0)
			r = fill_ip(&bench->programs, filled ? filled - 1 : 0, sizes[i]);
		if (r == 0)
			r = measure(bench, sizes[i]);
		filled = sizes[i];
	}
	if (r == 0)
		r = arena_drop(STORE);
	return r == 0 ? arena_drop(IP) : r;
}
