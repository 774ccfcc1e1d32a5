/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Making one set as one process. What is made stays until the group is done: its end is work for the kernel that the
 * next contender would feel. */
#include "bench.h"

#include "base/macro.h"
#include "names.h"
#include "sandbox.h"

#include <fcntl.h>
#include <unistd.h>

#define STORE "/run/store"
#define FLOOR "/run/floor"
#define FILES "/run/files"
#define IP "/run/netns"

static const char *const arenas[] = {STORE, FLOOR, FILES, IP};

struct kind {
	const char *name;
	const char *types[9];
};

static const struct kind kinds[] = {
    {"uts", {"uts"}},
    {"net", {"net"}},
    {"all", {"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"}},
};

static char set_name[NAME_SIZE];

static int next_name(struct contender *contender, unsigned round)
{
	(void)contender;
	snprintf(set_name, sizeof(set_name), NAME_FORMAT, round);
	return 0;
}

/* unshare(1) keeps a namespace on a file that exists. */
struct unshare {
	const struct kind *kind;
	char options[8][64];
	const char *argv[CONTENDER_ARGS];
};

static int next_files(struct contender *contender, unsigned round)
{
	struct unshare *unshare = contender->data;

	for (size_t i = 0; unshare->kind->types[i]; i++) {
		const char *type = unshare->kind->types[i];
		char path[40];
		int fd;

		snprintf(path, sizeof(path), FILES "/%u.%s", round, type);
		snprintf(unshare->options[i], sizeof(unshare->options[i]), "--%s=%s",
			 nsm_streq(type, "mnt") ? "mount" : type, path);
		fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		if (fd < 0)
			return -1;
		close(fd);
	}
	return 0;
}

static void unshare_words(const struct programs *programs, const struct kind *kind, struct unshare *unshare)
{
	bool all = nsm_streq(kind->name, "all");
	size_t used = 0;

	unshare->kind = kind;
	unshare->argv[used++] = programs->unshare;
	for (size_t i = 0; kind->types[i]; i++)
		unshare->argv[used++] = unshare->options[i];
	if (all) {
		unshare->argv[used++] = "--fork";
		unshare->argv[used++] = "--map-root-user";
	}
	unshare->argv[used++] = programs->true_;
	unshare->argv[used] = NULL;
}

static int measure(struct bench *bench, const struct kind *kind)
{
	const struct programs *p = &bench->programs;
	bool all = nsm_streq(kind->name, "all");
	char **env = programs_environment(p, STORE, false), option[16], group[48];
	const char *const create[] = {p->front, "create", set_name, option, NULL};
	const char *const floor[] = {p->floor, "create", kind->name, FLOOR, set_name, NULL};
	const char *const ip[] = {p->ip, "netns", "add", set_name, NULL};
	struct unshare unshare;
	struct contender list[] = {
	    {.who = "nsmgr", .argv = create, .envp = env, .before = next_name},
	    {.who = BENCH_FLOOR, .argv = floor, .envp = env, .before = next_name},
	    {.who = "unshare",
	     .program = p->unshare,
	     .argv = unshare.argv,
	     .envp = env,
	     .before = next_files,
	     .data = &unshare},
	    {.who = "ip netns add", .program = p->ip, .argv = ip, .envp = env, .before = next_name},
	};
	size_t count = NSM_ARRAY_SIZE(list) - !nsm_streq(kind->name, "net");
	/* A set of all types copies the mounts of those before it. */
	unsigned rounds = all ? bench->rounds / 2 : bench->rounds;

	unshare_words(p, kind, &unshare);
	snprintf(option, sizeof(option), "--%s", kind->name);
	snprintf(group, sizeof(group), "create %s", kind->name);
	return bench_compare(bench, group, list, count, rounds);
}

/* A ready set for the next round: its making is not what is measured here. */
static int fill_pool(struct contender *contender, unsigned round)
{
	const struct programs *programs = contender->data;
	const char *const fill[] = {programs->front, "pool", "fill", "1", "--net", NULL};

	next_name(contender, round);
	return programs_run(programs, STORE, fill);
}

/* Over a process that does nothing: what making a network namespace costs, and what taking one that is ready. */
static int measure_pool(struct bench *bench, const struct kind *kind)
{
	struct programs *p = &bench->programs;
	char **env = programs_environment(p, STORE, false), **env_other = programs_environment(p, FILES, false);
	const char *const bare[] = {p->bare, NULL};
	const char *const create[] = {p->front, "create", set_name, "--net", NULL};
	const char *const take[] = {p->front, "create", set_name, "--net", "--from-pool", NULL};
	struct contender list[] = {
	    {.who = BENCH_BASE, .argv = bare, .envp = env},
	    {.who = "nsmgr, from the pool", .argv = take, .envp = env, .before = fill_pool, .data = p},
	    {.who = "nsmgr", .argv = create, .envp = env_other, .before = next_name},
	};

	(void)kind;
	return bench_compare(bench, "create net, ready", list, NSM_ARRAY_SIZE(list), bench->rounds);
}

static int in_arenas(struct bench *bench, int (*run)(struct bench *bench, const struct kind *kind),
		     const struct kind *kind)
{
	int r = 0;

	for (size_t a = 0; r == 0 && a < NSM_ARRAY_SIZE(arenas); a++)
		r = arena_make(arenas[a]);
	if (r == 0)
		r = run(bench, kind);
	for (size_t a = 0; r == 0 && a < NSM_ARRAY_SIZE(arenas); a++)
		r = arena_drop(arenas[a]);
	arena_settle();
	return r;
}

int scenario_create(struct bench *bench)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < NSM_ARRAY_SIZE(kinds); i++)
		r = in_arenas(bench, measure, &kinds[i]);
	return r < 0 ? r : in_arenas(bench, measure_pool, NULL);
}
