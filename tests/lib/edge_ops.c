/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge_ops.h"

#include "edge_world.h"
#include "fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

/* A set is given on success alone. */
static int keep(int r, struct nsmgr_set **made)
{
	bool as_said = (r == 0) == (*made != NULL);

	nsmgr_set_close(*made);
	return as_said ? r : LIED;
}

static int run_set_open(void)
{
	struct nsmgr_set *made = NULL;

	return keep(nsmgr_set_open(fixture.ctx, "web", NSMGR_MASK_ALL, NSMGR_OPEN_HOLD, &made), &made);
}

static int run_set_from_caller(void)
{
	struct nsmgr_set *made = NULL;

	return keep(nsmgr_set_from_caller(fixture.ctx, NSMGR_MASK_ALL, &made), &made);
}

static int run_set_from_pid(void)
{
	struct nsmgr_set *made = NULL;

	return keep(nsmgr_set_from_pid(fixture.ctx, world.resident.pid, NSMGR_MASK_ALL, &made), &made);
}

static int run_set_from_pidfd(void)
{
	struct nsmgr_set *made = NULL;

	return keep(nsmgr_set_from_pidfd(fixture.ctx, world.pidfd, NSMGR_MASK_ALL, &made), &made);
}

static int run_set_from_dir(void)
{
	struct nsmgr_set *made = NULL;

	return keep(nsmgr_set_from_dir(fixture.ctx, in_root("web"), NSMGR_MASK_ALL, &made), &made);
}

static int run_set_dup(void)
{
	struct nsmgr_set *made = NULL;

	return keep(nsmgr_set_dup(world.set, NSMGR_MASK_ALL, &made), &made);
}

static int run_set_add(void)
{
	struct nsmgr_set *made = NULL;
	int r = nsmgr_set_new(fixture.ctx, &made);

	if (r < 0)
		return 0;
	r = nsmgr_set_add(made, nsmgr_set_fd(world.set, NSMGR_UTS));
	nsmgr_set_close(made);
	return r;
}

static int run_set_id(void)
{
	struct nsmgr_id id;

	return nsmgr_set_id(world.set, NSMGR_UTS, &id);
}

static int run_unshare(void)
{
	struct nsmgr_set *made = NULL;

	return keep(nsmgr_unshare(world.config, &made), &made);
}

static int run_unshare_simple(void)
{
	struct nsmgr_set *made = NULL;

	return keep(nsmgr_unshare(world.simple, &made), &made);
}

static int run_set_mount(void)
{
	return nsmgr_set_mount(world.set, in_dir("mounts"));
}

static int run_set_mount_one(void)
{
	return nsmgr_set_mount_one(world.set, NSMGR_UTS, in_dir("mounts/one"));
}

static int run_set_enter(void)
{
	return nsmgr_set_enter(world.set, NSMGR_MASK_ALL);
}

static int run_enter_fd(void)
{
	return nsmgr_enter_fd(fixture.ctx, nsmgr_set_fd(world.set, NSMGR_UTS), NSMGR_UTS);
}

static int run_enter_pid(void)
{
	return nsmgr_enter_pid(fixture.ctx, world.resident.pid, NSMGR_MASK(NSMGR_UTS) | NSMGR_MASK(NSMGR_MNT));
}

static int give_seven(void *data)
{
	(void)data;
	return 7;
}

static int run_call(void)
{
	struct nsmgr_status status = { 0 };
	int r = nsmgr_call(world.set, NSMGR_MASK_ALL, give_seven, NULL, &status);

	/* What is denied to us is denied to the function's helper as well, which may have died of it, but not lied. */
	return r == 0 && !status.signal && status.code != 7 ? LIED : r;
}

/* ---- a process whose namespaces nobody has touched yet ---- */

static pid_t untouched;

/* It ends when we do, which closes the other end of the pipe. */
static _Noreturn void live_untouched(int ready, int end)
{
	char byte = unshare(CLONE_NEWUSER | 0x80 /* CLONE_NEWTIME */) < 0;

	if (write(ready, &byte, 1) == 1)
		_exit(read(end, &byte, 1) != 0);
	_exit(1);
}

static int start_untouched(void)
{
	int ready[2], end[2];
	char byte = 1;

	if (pipe2(ready, O_CLOEXEC) < 0 || pipe2(end, O_CLOEXEC) < 0)
		return -errno;
	untouched = fork();
	if (untouched == 0) {
		close(end[1]);
		live_untouched(ready[1], end[0]);
	}
	return untouched > 0 && read(ready[0], &byte, 1) == 1 && byte == 0 ? 0 : -ECHILD;
}

static int run_write_setgroups(void)
{
	return nsmgr_write_setgroups(fixture.ctx, untouched, false);
}

static int run_write_map(void)
{
	const struct nsmgr_extent extent = { 0, 0, 1 };

	return nsmgr_write_map(fixture.ctx, untouched, NSMGR_UID, &extent, 1);
}

static int run_write_offset(void)
{
	return nsmgr_write_offset(fixture.ctx, untouched, CLOCK_MONOTONIC, &(struct timespec){ .tv_sec = 5 });
}

const struct op set_ops[] = {
	{ "set_open", NSM_EDGE_set_open, run_set_open, NULL },
	{ "set_from_caller", NSM_EDGE_set_from_caller, run_set_from_caller, NULL },
	{ "set_from_pid", NSM_EDGE_set_from_pid, run_set_from_pid, NULL },
	{ "set_from_pidfd", NSM_EDGE_set_from_pidfd, run_set_from_pidfd, NULL },
	{ "set_from_dir", NSM_EDGE_set_from_dir, run_set_from_dir, NULL },
	{ "set_dup", NSM_EDGE_set_dup, run_set_dup, NULL },
	{ "set_add", NSM_EDGE_set_add, run_set_add, NULL },
	{ "set_id", NSM_EDGE_set_id, run_set_id, NULL },
	{ "unshare", NSM_EDGE_unshare, run_unshare, NULL },
	{ "unshare simple", NSM_EDGE_unshare, run_unshare_simple, NULL },
	{ "set_mount", NSM_EDGE_set_mount, run_set_mount, NULL },
	{ "set_mount_one", NSM_EDGE_set_mount_one, run_set_mount_one, NULL },
	{ "set_enter", NSM_EDGE_set_enter, run_set_enter, NULL },
	{ "enter_fd", NSM_EDGE_enter_fd, run_enter_fd, NULL },
	{ "enter_pid", NSM_EDGE_enter_pid, run_enter_pid, NULL },
	{ "call", NSM_EDGE_call, run_call, NULL },
	{ "write_setgroups", NSM_EDGE_write_setgroups, run_write_setgroups, start_untouched },
	{ "write_map", NSM_EDGE_write_map, run_write_map, start_untouched },
	{ "write_offset", NSM_EDGE_write_offset, run_write_offset, start_untouched },
	{ 0 },
};
