/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Many names in one call: made, and removed. */
#include "bench.h"

#include "base/macro.h"
#include "names.h"
#include "sandbox.h"

#define STORE "/run/store"
#define FLOOR "/run/floor"
#define IP "/run/netns"
#define BATCH "/run/batch"

/* One contender's two command lines, of which one is timed and the other one makes or undoes what that needs. */
struct both {
	const struct programs *programs;
	const char *arena;
	struct names create, rm;
	const char *batch_verb; /* of ip, whose names are in a file */
	unsigned count;
};

static int fresh_arena(struct contender *contender, unsigned round)
{
	const struct both *both = contender->data;

	(void)round;
	if (both->batch_verb && names_batch(BATCH, "netns add", both->count) < 0)
		return -1;
	return arena_make(both->arena);
}

static int drop_arena(struct contender *contender, unsigned round)
{
	const struct both *both = contender->data;
	int r = arena_drop(both->arena);

	(void)round;
	arena_settle();
	return r;
}

static int fill_arena(struct contender *contender, unsigned round)
{
	const struct both *both = contender->data;
	int r = fresh_arena(contender, round);

	if (r == 0)
		r = programs_run(both->programs, both->arena, both->create.argv);
	if (r == 0 && both->batch_verb)
		r = names_batch(BATCH, both->batch_verb, both->count);
	return r;
}

static int measure(struct bench *bench, const char *group, const char *type, unsigned count, unsigned rounds, bool rm)
{
	const struct programs *p = &bench->programs;
	char option[16];
	const char *const option_only[] = {option, NULL};
	const char *const batch[] = {p->ip, "-batch", BATCH, NULL};
	struct both nsmgr = {.programs = p, .arena = STORE, .count = count};
	struct both floor = {.programs = p, .arena = FLOOR, .count = count};
	struct both ip = {.programs = p, .arena = IP, .count = count, .batch_verb = "netns del"};
	struct contender list[] = {
	    {.who = "nsmgr", .data = &nsmgr},
	    {.who = BENCH_FLOOR, .data = &floor},
	    {.who = "ip -batch", .data = &ip, .program = p->ip},
	};
	size_t contenders = NSM_ARRAY_SIZE(list) - !nsm_streq(type, "net");
	int r;

	snprintf(option, sizeof(option), "--%s", type);
	nsmgr.create = names_make((const char *[]){p->front, "create", NULL}, 0, count, option_only);
	nsmgr.rm = names_make((const char *[]){p->front, "rm", NULL}, 0, count, NULL);
	floor.create = names_make((const char *[]){p->floor, "create", type, FLOOR, NULL}, 0, count, NULL);
	floor.rm = names_make((const char *[]){p->floor, "rm", type, FLOOR, NULL}, 0, count, NULL);
	ip.create = names_make(batch, 0, 0, NULL);
	ip.rm = names_make(batch, 0, 0, NULL);
	for (size_t i = 0; i < contenders; i++) {
		const struct both *both = list[i].data;

		list[i].argv = rm ? both->rm.argv : both->create.argv;
		list[i].envp = programs_environment(p, both->arena, false);
		list[i].before = rm ? fill_arena : fresh_arena;
		list[i].after = drop_arena;
	}
	r = bench_compare(bench, group, list, contenders, rounds);
	names_free(&nsmgr.create);
	names_free(&nsmgr.rm);
	names_free(&floor.create);
	names_free(&floor.rm);
	names_free(&ip.create);
	names_free(&ip.rm);
	return r;
}

static unsigned few_rounds(const struct bench *bench)
{
	return bench->rounds / 10 > 3 ? bench->rounds / 10 : 3;
}

int scenario_bulk(struct bench *bench)
{
	int r = measure(bench, "create 1000 uts", "uts", 1000, few_rounds(bench), false);

	if (r == 0)
		r = measure(bench, "create 1000 net", "net", 1000, few_rounds(bench), false);
	/* Each set copies the mounts of those before it, which takes half a minute in all. */
	if (r == 0 && !bench->quick)
		r = measure(bench, "create 1000 all", "all", 1000, 3, false);
	return r;
}

int scenario_rm(struct bench *bench)
{
	int r = measure(bench, "rm 1 net", "net", 1, few_rounds(bench) * 2, true);

	if (r == 0)
		r = measure(bench, "rm 1000 net", "net", 1000, few_rounds(bench), true);
	if (r == 0 && !bench->quick)
		r = measure(bench, "rm 3000 net", "net", 3000, few_rounds(bench), true);
	return r;
}
