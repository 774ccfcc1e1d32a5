/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Entering a set to run a command that does nothing: what the entering costs is what is left over its base. */
#include "bench.h"

#include "base/macro.h"
#include "names.h"
#include "sandbox.h"

#include <string.h>

#define MANY "/run/many"
#define PEER "nsbench"

struct kind {
	const char *name;     /* of the set, too */
	const char *types[9]; /* of the handles, in the order of joining: user last */
	const char *create[4];
	const char *alone; /* a store with this set and nothing else */
};

static const struct kind kinds[] = {
    {"net", {"net"}, {"--net"}, "/run/one1"},
    {"three", {"net", "uts", "ipc"}, {"--net", "--uts", "--ipc"}, "/run/one3"},
    {"all", {"cgroup", "ipc", "mnt", "net", "pid", "time", "uts", "user"}, {"--all"}, "/run/one8"},
};

/* The words of `front`, the handle of each type, those of `behind`. */
struct words {
	char text[8][64];
	const char *argv[CONTENDER_ARGS];
};

/* options: the handles as options of nsenter, whose name for mnt is mount. */
static void join_words(struct words *words, const char *const *front, const struct kind *kind, bool options,
		       const char *const *behind)
{
	size_t used = 0;

	for (; *front; front++)
		words->argv[used++] = *front;
	for (size_t i = 0; kind->types[i]; i++) {
		const char *type = kind->types[i], *option = nsm_streq(type, "mnt") ? "mount" : type;

		snprintf(words->text[i], sizeof(words->text[i]), "%s%s%s" MANY "/%s/%s", options ? "--" : "",
			 options ? option : "", options ? "=" : "", kind->name, type);
		words->argv[used++] = words->text[i];
	}
	for (; *behind; behind++)
		words->argv[used++] = *behind;
	words->argv[used] = NULL;
}

static int create_target(const struct bench *bench, const struct kind *kind, const char *store)
{
	const char *argv[8] = {bench->programs.front, "create", kind->name};

	for (size_t i = 0; i < NSM_ARRAY_SIZE(kind->create) && kind->create[i]; i++)
		argv[3 + i] = kind->create[i];
	return programs_run(&bench->programs, store, argv);
}

/* The store with one set stays beside the one that grows, to be compared in the same round. */
static int measure(struct bench *bench, const struct kind *kind, unsigned sets)
{
	const struct programs *p = &bench->programs;
	char **env = programs_environment(p, MANY, false), **env_alone = programs_environment(p, kind->alone, false);
	const char *const exec[] = {p->front, "exec", kind->name, p->bare, NULL};
	const char *const ip[] = {p->ip, "netns", "exec", PEER, p->bare, NULL};
	const char *const behind_floor[] = {"--", p->bare, NULL}, *const behind[] = {p->bare, NULL};
	const char *const bare[] = {p->bare, NULL};
	struct words floor, floor_dyn, nsenter;
	struct contender list[8];
	size_t count = 0;
	char group[48];

	join_words(&floor, (const char *[]){p->floor, "enter", NULL}, kind, false, behind_floor);
	join_words(&floor_dyn, (const char *[]){p->floor_dyn, "enter", NULL}, kind, false, behind_floor);
	join_words(&nsenter, (const char *[]){p->nsenter, NULL}, kind, true, behind);
	list[count++] = (struct contender){.who = BENCH_BASE, .argv = bare, .envp = env};
	list[count++] = (struct contender){.who = "nsmgr", .argv = exec, .envp = sets > 1 ? env : env_alone};
	if (sets > 1)
		list[count++] = (struct contender){.who = "nsmgr, 1 set", .argv = exec, .envp = env_alone};
	list[count++] = (struct contender){.who = BENCH_FLOOR, .argv = floor.argv, .envp = env};
	list[count++] = (struct contender){.who = "floor, dynamic", .argv = floor_dyn.argv, .envp = env};
	list[count++] = (struct contender){.who = "nsenter", .program = p->nsenter, .argv = nsenter.argv, .envp = env};
	if (nsm_streq(kind->name, "net"))
		list[count++] = (struct contender){.who = "ip netns exec", .program = p->ip, .argv = ip, .envp = env};
	for (size_t i = 0; i < count; i++)
		list[i].warm = true;
	snprintf(group, sizeof(group), "exec %s, %u sets", kind->name, sets);
	return bench_compare(bench, group, list, count, bench->rounds);
}

/* The front as it can be linked, in a store with one set. */
static int measure_fronts(struct bench *bench, const struct kind *kind)
{
	static const char *const names[FRONT_KINDS] = {"nsmgr, musl", "nsmgr, static", "nsmgr, dynamic"};
	const struct programs *p = &bench->programs;
	char **env = programs_environment(p, kind->alone, false);
	const char *const bare[] = {p->bare, NULL}, *const behind_floor[] = {"--", p->bare, NULL};
	const char *exec[FRONT_KINDS][5];
	struct words floor, floor_dyn, nsenter;
	struct contender list[FRONT_KINDS + 4];
	size_t count = 0;

	join_words(&floor, (const char *[]){p->floor, "enter", NULL}, kind, false, behind_floor);
	join_words(&floor_dyn, (const char *[]){p->floor_dyn, "enter", NULL}, kind, false, behind_floor);
	join_words(&nsenter, (const char *[]){p->nsenter, NULL}, kind, true, bare);
	list[count++] = (struct contender){.who = BENCH_BASE, .argv = bare};
	for (size_t i = 0; i < FRONT_KINDS; i++) {
		memcpy(exec[i], (const char *[]){p->fronts[i], "exec", kind->name, p->bare, NULL}, sizeof(exec[i]));
		list[count++] = (struct contender){.who = names[i],
						   .program = *p->fronts[i] ? NULL : "",
						   .absent = "cannot be linked here",
						   .argv = exec[i]};
	}
	list[count++] = (struct contender){.who = BENCH_FLOOR, .argv = floor.argv};
	list[count++] = (struct contender){.who = "floor, dynamic", .argv = floor_dyn.argv};
	list[count++] = (struct contender){.who = "nsenter", .program = p->nsenter, .argv = nsenter.argv};
	for (size_t i = 0; i < count; i++) {
		list[i].envp = env;
		list[i].warm = true;
	}
	return bench_compare(bench, "exec net, fronts", list, count, bench->rounds);
}

static int fill_and_measure(struct bench *bench)
{
	const unsigned sizes[] = {1, 300, 3000, 10000};
	unsigned filled = 0;

	/* The targets come first: a mount namespace is a copy of what there is, which should not be another one for
	 * each number of sets. */
	for (size_t i = 0; i < NSM_ARRAY_SIZE(kinds); i++)
		if (create_target(bench, &kinds[i], kinds[i].alone) < 0 || create_target(bench, &kinds[i], MANY) < 0)
			return -1;
	if (measure_fronts(bench, &kinds[0]) < 0)
		return -1;
	for (size_t size = 0; size < NSM_ARRAY_SIZE(sizes) - bench->quick; size++) {
		unsigned fillers = sizes[size] > NSM_ARRAY_SIZE(kinds) ? sizes[size] - NSM_ARRAY_SIZE(kinds) : 0;

		if (names_fill(&bench->programs, MANY, filled, fillers) < 0)
			return -1;
		filled = fillers;
		for (size_t i = 0; i < NSM_ARRAY_SIZE(kinds); i++)
			if (measure(bench, &kinds[i], sizes[size]) < 0)
				return -1;
	}
	return 0;
}

int scenario_exec(struct bench *bench)
{
	const char *const add[] = {bench->programs.ip, "netns", "add", PEER, NULL};
	int r = arena_make(MANY);

	for (size_t i = 0; r == 0 && i < NSM_ARRAY_SIZE(kinds); i++)
		r = arena_make(kinds[i].alone);
	if (r == 0)
		r = arena_make("/run/netns");
	if (r == 0 && *bench->programs.ip)
		r = programs_run(&bench->programs, MANY, add);
	if (r == 0)
		r = fill_and_measure(bench);
	for (size_t i = 0; r == 0 && i < NSM_ARRAY_SIZE(kinds); i++)
		r = arena_drop(kinds[i].alone);
	if (r == 0)
		r = arena_drop(MANY);
	return r == 0 ? arena_drop("/run/netns") : r;
}
