/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Looking for processes and descriptors where there are many: 2,000 processes with ten descriptors each, and
 * 1,000 sets, each of which has two of them. */
#include "bench.h"

#include "base/macro.h"
#include "names.h"
#include "sandbox.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define STORE "/run/crowd"
#define SETS 1000
#define PROCESSES 2000
#define DESCRIPTORS 10

struct crowd {
	pid_t pids[PROCESSES];
	size_t count;
};

static _Noreturn void stay(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int i = 0; i < DESCRIPTORS && getppid() == parent; i++)
		if (open("/dev/null", O_RDONLY) < 0)
			_exit(1);
	while (getppid() == parent)
		pause();
	_exit(0);
}

static void disperse(struct crowd *crowd)
{
	for (size_t i = 0; i < crowd->count; i++)
		kill(crowd->pids[i], SIGKILL);
	for (size_t i = 0; i < crowd->count; i++)
		waitpid(crowd->pids[i], NULL, 0);
	crowd->count = 0;
}

static int join(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), r = fd < 0 ? -1 : setns(fd, CLONE_NEWUTS);

	if (r < 0)
		fprintf(stderr, "bench: joining %s: %m\n", path);
	if (fd >= 0)
		close(fd);
	return r;
}

/* One that is in a set from its start. */
static int add_process(struct crowd *crowd)
{
	pid_t parent = getpid(), pid;
	char path[64];

	snprintf(path, sizeof(path), STORE "/" NAME_FORMAT "/uts", (unsigned)(crowd->count % SETS));
	if (join(path) < 0)
		return -1;
	pid = fork();
	if (pid == 0)
		stay(parent);
	if (pid < 0) {
		fprintf(stderr, "bench: fork: %m\n");
		return -1;
	}
	crowd->pids[crowd->count++] = pid;
	return 0;
}

/* We are in all of these sets meanwhile, one after the other, and go back to where the init is. */
static int gather(struct crowd *crowd)
{
	while (crowd->count < PROCESSES)
		if (add_process(crowd) < 0)
			return -1;
	return join("/proc/1/ns/uts");
}

static int measure(struct bench *bench)
{
	const struct programs *p = &bench->programs;
	char **env = programs_environment(p, STORE, false), **env_full = programs_environment(p, STORE, true);
	const char *const ls[] = {p->front, "ls", "--output=+NPROCS", NULL};
	const char *const pids[] = {p->front, "pids", NAME_FIRST, NULL};
	const char *const floor_ls[] = {p->floor, "processes", "namespaces", NULL};
	const char *const lsns[] = {p->lsns, NULL};
	const char *const holders[] = {p->front, "holders", NAME_FIRST, NULL};
	const char *const floor_holders[] = {p->floor, "processes", "descriptors", NULL};
	const char *const ls_only[] = {p->front, "ls", NULL};
	struct contender look[] = {
	    {.who = "nsmgr ls", .argv = ls_only, .envp = env_full, .warm = true},
	    {.who = "nsmgr ls, NPROCS", .argv = ls, .envp = env_full, .warm = true},
	    {.who = "nsmgr pids", .argv = pids, .envp = env_full, .warm = true},
	    {.who = BENCH_FLOOR, .argv = floor_ls, .envp = env, .warm = true},
	    {.who = "lsns", .program = p->lsns, .argv = lsns, .envp = env, .warm = true},
	};
	struct contender hold[] = {
	    {.who = "nsmgr holders", .argv = holders, .envp = env_full, .warm = true},
	    {.who = BENCH_FLOOR, .argv = floor_holders, .envp = env, .warm = true},
	};
	unsigned rounds = bench->rounds / 8 > 4 ? bench->rounds / 8 : 4;
	int r = bench_compare(bench, "2000 processes", look, NSM_ARRAY_SIZE(look), rounds);

	return r < 0 ? r : bench_compare(bench, "20000 descriptors", hold, NSM_ARRAY_SIZE(hold), rounds);
}

int scenario_crowd(struct bench *bench)
{
	struct crowd crowd = {.count = 0};
	int r = arena_make(STORE);

	if (r == 0)
		r = names_fill(&bench->programs, STORE, 0, SETS);
	if (r == 0)
		r = gather(&crowd);
	if (r == 0)
		r = measure(bench);
	disperse(&crowd);
	return r < 0 ? r : arena_drop(STORE);
}
