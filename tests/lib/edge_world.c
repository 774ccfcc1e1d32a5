/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge_world.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

struct edge_world world;

static int live_in_new(void *data)
{
	(void)data;
	return unshare(CLONE_NEWUSER | CLONE_NEWUTS | CLONE_NEWNS | 0x80 /* CLONE_NEWTIME */);
}

void world_make(void)
{
	ck_assert_int_eq(nsmgr_config_new(fixture.ctx, &world.config), 0);
	nsmgr_config_make_rest(world.config);
	ck_assert_int_eq(nsmgr_config_new(fixture.ctx, &world.simple), 0);
	nsmgr_config_make(world.simple, NSMGR_UTS);
	set_make("web", NSMGR_MASK(NSMGR_UTS) | NSMGR_MASK(NSMGR_PID) | NSMGR_MASK(NSMGR_USER));
	ck_assert_int_eq(nsmgr_set_open(fixture.ctx, "web", NSMGR_MASK_ALL, 0, &world.set), 0);
	ck_assert_int_eq(nsmgr_command_new(fixture.ctx, &world.runner), 0);
	ck_assert_int_eq(nsmgr_command_stdio(world.runner, 1, NSMGR_STDIO_PIPE), 0);
	ck_assert_int_eq(nsmgr_command_stdio(world.runner, 2, NSMGR_STDIO_NULL), 0);
	make_dir(in_dir("mounts"), 0755);
	world.resident = resident_start(live_in_new, NULL);
	world.pidfd = pidfd_of(world.resident.pid);
	ck_assert_int_ge(world.pidfd, 0);
}

static void keep_old(const char *name)
{
	if (set_state(name, NSMGR_UTS) != NSMGR_LIVE)
		set_make(name, NSMGR_MASK(NSMGR_UTS) | NSMGR_MASK(NSMGR_PID));
}

void world_refresh(void)
{
	keep_old("old");
	keep_old("older");
	ck_assert_int_ge(nsmgr_store_fill(fixture.ctx, world.simple, 1), 0);
}

static void drop(const char *name)
{
	nsmgr_remove(fixture.ctx, name, NSMGR_REMOVE_KILL | NSMGR_REMOVE_MISSING, NULL);
}

/* What is dead is reaped, and what lives is counted by the suite at the end. */
static void reap_orphans(void)
{
	while (waitpid(-1, NULL, WNOHANG | __WALL) > 0)
		;
}

void world_tidy(void)
{
	drop("new");
	drop("newer");
	drop("empty");
	clear_away(in_dir("mounts"));
	make_dir(in_dir("mounts"), 0755);
	reap_orphans();
}

/* A command that could not be waited for may still be on its way out. */
static void await_orphans(void)
{
	char path[64], line[4096] = "", *end = NULL;
	FILE *children;
	pid_t pid;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	children = fopen(path, "re");
	ck_assert_ptr_nonnull(children);
	if (!fgets(line, sizeof(line), children))
		line[0] = '\0';
	fclose(children);
	for (char *p = line; (pid = (pid_t)strtol(p, &end, 10)) > 0; p = end) {
		int pidfd = pidfd_of(pid);

		ck_assert_msg(pidfd < 0 || has_ended_within(pidfd, 5), "process %d was left", (int)pid);
		close(pidfd);
	}
	reap_orphans();
}

void world_end(void)
{
	resident_end(&world.resident);
	close(world.pidfd);
	nsmgr_set_close(world.set);
	nsmgr_command_free(world.runner);
	nsmgr_config_free(world.config);
	ck_assert_int_ge(nsmgr_store_drain(fixture.ctx, NULL), 0);
	nsmgr_config_free(world.simple);
	set_drop("web");
	drop("old");
	drop("older");
	rmdir(in_dir("mounts"));
	await_orphans();
}
