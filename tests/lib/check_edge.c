/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include "denial.h"
#include "lib/edge.h"

#include <dirent.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Every function with every system call that it may make denied, one after the other: it gives an error of its list or does its
 * work, records why, and leaves nothing. */

static struct nsmgr_config *config, *simple;
static struct nsmgr_set *set;
static struct nsmgr_command *runner;
static struct resident resident;

/* ---- what is called ---- */

static int keep(int r, struct nsmgr_set *made)
{
	if (r == 0)
		nsmgr_set_close(made);
	return r;
}

static int run_set_open(void)
{
	struct nsmgr_set *made = NULL;

	return keep(nsmgr_set_open(fixture.ctx, "web", NSMGR_MASK_ALL, NSMGR_OPEN_HOLD, &made), made);
}

static int run_set_from_caller(void)
{
	struct nsmgr_set *made = NULL;

	return keep(nsmgr_set_from_caller(fixture.ctx, NSMGR_MASK_ALL, &made), made);
}

static int run_set_from_pid(void)
{
	struct nsmgr_set *made = NULL;

	return keep(nsmgr_set_from_pid(fixture.ctx, resident.pid, NSMGR_MASK_ALL, &made), made);
}

static int run_set_from_dir(void)
{
	struct nsmgr_set *made = NULL;

	return keep(nsmgr_set_from_dir(fixture.ctx, in_root("web"), NSMGR_MASK_ALL, &made), made);
}

static int run_set_dup(void)
{
	struct nsmgr_set *made = NULL;

	return keep(nsmgr_set_dup(set, NSMGR_MASK_ALL, &made), made);
}

static int run_unshare(void)
{
	struct nsmgr_set *made = NULL;

	return keep(nsmgr_unshare(config, &made), made);
}

static int run_unshare_simple(void)
{
	struct nsmgr_set *made = NULL;

	return keep(nsmgr_unshare(simple, &made), made);
}

static int run_set_mount(void)
{
	return nsmgr_set_mount(set, in_dir("mounts"));
}

static int run_set_mount_one(void)
{
	return nsmgr_set_mount_one(set, NSMGR_UTS, in_dir("mounts/one"));
}

static int run_set_enter(void)
{
	return nsmgr_set_enter(set, NSMGR_MASK_ALL);
}

static int run_enter_pid(void)
{
	return nsmgr_enter_pid(fixture.ctx, resident.pid, NSMGR_MASK(NSMGR_UTS) | NSMGR_MASK(NSMGR_MNT));
}

static int give_seven(void *data)
{
	(void)data;
	return 7;
}

static int run_call(void)
{
	struct nsmgr_status status = { 0 };
	int r = nsmgr_call(set, NSMGR_MASK_ALL, give_seven, NULL, &status);

	/* What is denied to us is denied to the function's helper as well, which may have died of it, but not lied. */
	return r == 0 && !status.signal && status.code != 7 ? 1000 : r;
}

static int run_command_start(void)
{
	static const char *const argv[] = { "/bin/true", NULL };
	struct nsmgr_child *child = NULL;
	int r = nsmgr_command_start(runner, set, argv, &child);

	nsmgr_child_free(child);
	return r;
}

static int run_child_output(void)
{
	static const char *const argv[] = { "/bin/echo", "words", NULL };
	struct nsmgr_output output = { 0 };
	struct nsmgr_child *child = NULL;
	struct nsmgr_status status;
	int r = nsmgr_command_start(runner, NULL, argv, &child);

	/* Of the two this one alone is looked at. */
	if (r < 0)
		return 0;
	r = nsmgr_child_output(child, NULL, SIZE_MAX, &output, &status);
	nsmgr_output_clear(&output);
	nsmgr_child_free(child);
	return r;
}

static int run_write_setgroups(void)
{
	return nsmgr_write_setgroups(fixture.ctx, resident.pid, false);
}

static int run_write_map(void)
{
	const struct nsmgr_extent extent = { 0, 0, 1 };

	return nsmgr_write_map(fixture.ctx, resident.pid, NSMGR_UID, &extent, 1);
}

static int run_write_offset(void)
{
	return nsmgr_write_offset(fixture.ctx, resident.pid, CLOCK_MONOTONIC, &(struct timespec){ .tv_sec = 5 });
}

static int run_create(void)
{
	return nsmgr_create(fixture.ctx, "new", config, 0);
}

static int run_create_simple(void)
{
	return nsmgr_create(fixture.ctx, "new", simple, NSMGR_CREATE_FROM_POOL);
}

static int run_remove(void)
{
	return nsmgr_remove(fixture.ctx, "old", NSMGR_REMOVE_KILL, NULL);
}

static int run_rename(void)
{
	return nsmgr_rename(fixture.ctx, "old", "new");
}

static int run_list_new(void)
{
	struct nsmgr_list *list;
	int r = nsmgr_list_new(fixture.ctx, false, &list);

	if (r == 0)
		nsmgr_list_free(list);
	return r;
}

static int run_list_handles(void)
{
	struct nsmgr_handle handles[NSMGR_TYPE_COUNT];
	struct nsmgr_list *list;
	int r = nsmgr_list_new(fixture.ctx, false, &list);

	if (r < 0)
		return 0;
	r = nsmgr_list_handles(list, "web", handles);
	nsmgr_list_free(list);
	return r;
}

static int run_config_pin(void)
{
	return nsmgr_config_pin(simple, NSMGR_NET, "@web");
}

static int run_config_pin_process(void)
{
	return nsmgr_config_pin_process(simple, NSMGR_MASK(NSMGR_UTS), resident.pid);
}

static int run_config_base(void)
{
	return nsmgr_config_base(simple, "web");
}

static int run_config_base_caller(void)
{
	return nsmgr_config_base_caller(simple);
}

static int run_store_fill(void)
{
	return nsmgr_store_fill(fixture.ctx, simple, 3);
}

static int run_store_drain(void)
{
	return nsmgr_store_drain(fixture.ctx, simple);
}

static void ignore_pool(void *data, const char *options, size_t ready)
{
	(void)data;
	(void)options;
	(void)ready;
}

static int run_store_pools(void)
{
	return nsmgr_store_pools(fixture.ctx, ignore_pool, NULL);
}

static const struct op {
	const char *name;
	enum nsm_edge edge;
	int (*run)(void);
} ops[] = {
	{ "set_open", NSM_EDGE_set_open, run_set_open },
	{ "set_from_caller", NSM_EDGE_set_from_caller, run_set_from_caller },
	{ "set_from_pid", NSM_EDGE_set_from_pid, run_set_from_pid },
	{ "set_from_dir", NSM_EDGE_set_from_dir, run_set_from_dir },
	{ "set_dup", NSM_EDGE_set_dup, run_set_dup },
	{ "unshare", NSM_EDGE_unshare, run_unshare },
	{ "unshare simple", NSM_EDGE_unshare, run_unshare_simple },
	{ "set_mount", NSM_EDGE_set_mount, run_set_mount },
	{ "set_mount_one", NSM_EDGE_set_mount_one, run_set_mount_one },
	{ "set_enter", NSM_EDGE_set_enter, run_set_enter },
	{ "enter_pid", NSM_EDGE_enter_pid, run_enter_pid },
	{ "call", NSM_EDGE_call, run_call },
	{ "command_start", NSM_EDGE_command_start, run_command_start },
	{ "child_output", NSM_EDGE_child_output, run_child_output },
	{ "write_setgroups", NSM_EDGE_write_setgroups, run_write_setgroups },
	{ "write_map", NSM_EDGE_write_map, run_write_map },
	{ "write_offset", NSM_EDGE_write_offset, run_write_offset },
	{ "create", NSM_EDGE_create, run_create },
	{ "create from pool", NSM_EDGE_create, run_create_simple },
	{ "remove", NSM_EDGE_remove, run_remove },
	{ "rename", NSM_EDGE_rename, run_rename },
	{ "list_new", NSM_EDGE_list_new, run_list_new },
	{ "list_handles", NSM_EDGE_list_handles, run_list_handles },
	{ "config_pin", NSM_EDGE_config_pin, run_config_pin },
	{ "config_pin_process", NSM_EDGE_config_pin_process, run_config_pin_process },
	{ "config_base", NSM_EDGE_config_base, run_config_base },
	{ "config_base_caller", NSM_EDGE_config_base_caller, run_config_base_caller },
	{ "store_fill", NSM_EDGE_store_fill, run_store_fill },
	{ "store_drain", NSM_EDGE_store_drain, run_store_drain },
	{ "store_pools", NSM_EDGE_store_pools, run_store_pools },
};

/* ---- one of them, with one call denied ---- */

struct attempt {
	const struct op *op;
	const struct denied_call *call;
	int error;
};

/* 0 as it should be; else what a message is made of. */
static int attempt(void *data)
{
	const struct attempt *attempt = data;
	const struct nsmgr_failure *failure;
	int r;

	if (deny(&(struct denial){ .call = attempt->call->number, .error = (unsigned)attempt->error }, 1) < 0)
		return 2;
	r = attempt->op->run();
	failure = nsmgr_get_failure(fixture.ctx);
	if (r == 1000)
		return 3;
	if (r >= 0)
		return 0;
	if (nsm_edge(NULL, attempt->op->edge, r) != r)
		return 4;
	if (failure->error != -r)
		return 5;
	return *failure->step && *failure->text ? 0 : 6;
}

/* One that hangs is ended, whatever signals it has blocked. */
static int watched_status(struct attempt *now)
{
	int status = -1, pidfd;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0)
		_exit(attempt(now));
	pidfd = pidfd_of(pid);
	if (!has_ended_within(pidfd, 5))
		kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	close(pidfd);
	return status;
}

static int live_in_new(void *data)
{
	(void)data;
	return unshare(CLONE_NEWUSER | CLONE_NEWUTS | CLONE_NEWNS | 0x80 /* CLONE_NEWTIME */);
}

static void prepare(void)
{
	ck_assert_int_eq(nsmgr_config_new(fixture.ctx, &config), 0);
	nsmgr_config_make_rest(config);
	ck_assert_int_eq(nsmgr_config_new(fixture.ctx, &simple), 0);
	nsmgr_config_make(simple, NSMGR_UTS);
	set_make("web", NSMGR_MASK(NSMGR_UTS) | NSMGR_MASK(NSMGR_PID) | NSMGR_MASK(NSMGR_USER));
	ck_assert_int_eq(nsmgr_set_open(fixture.ctx, "web", NSMGR_MASK_ALL, 0, &set), 0);
	ck_assert_int_eq(nsmgr_command_new(fixture.ctx, &runner), 0);
	ck_assert_int_eq(nsmgr_command_stdio(runner, 1, NSMGR_STDIO_PIPE), 0);
	ck_assert_int_eq(nsmgr_command_stdio(runner, 2, NSMGR_STDIO_NULL), 0);
	make_dir(in_dir("mounts"), 0755);
	resident = resident_start(live_in_new, NULL);
}

/* What has to be there before each attempt. */
static void refresh(void)
{
	if (set_state("old", NSMGR_UTS) != NSMGR_LIVE)
		set_make("old", NSMGR_MASK(NSMGR_UTS) | NSMGR_MASK(NSMGR_PID));
	ck_assert_int_ge(nsmgr_store_fill(fixture.ctx, simple, 1), 0);
}

static void tidy(void)
{
	nsmgr_remove(fixture.ctx, "new", NSMGR_REMOVE_KILL | NSMGR_REMOVE_MISSING, NULL);
	clear_away(in_dir("mounts"));
	make_dir(in_dir("mounts"), 0755);
}

/* Orphans of an attempt come to us: what is dead is reaped, and what lives is counted by the suite at the end. */
static void reap_orphans(void)
{
	while (waitpid(-1, NULL, WNOHANG | __WALL) > 0)
		;
}

static void end(void)
{
	resident_end(&resident);
	nsmgr_set_close(set);
	nsmgr_command_free(runner);
	nsmgr_config_free(config);
	ck_assert_int_ge(nsmgr_store_drain(fixture.ctx, NULL), 0);
	nsmgr_config_free(simple);
	set_drop("web");
	nsmgr_remove(fixture.ctx, "old", NSMGR_REMOVE_KILL | NSMGR_REMOVE_MISSING, NULL);
	rmdir(in_dir("mounts"));
	reap_orphans();
}

static bool has_stage(void)
{
	DIR *dir = opendir(in_root(".stage"));
	const struct dirent *entry;
	bool found = false;

	ck_assert_ptr_nonnull(dir);
	while ((entry = readdir(dir)))
		found |= entry->d_name[0] != '.';
	closedir(dir);
	return found;
}

START_TEST(errors_are_those_of_the_list)
{
	struct attempt now = { .op = &ops[_i] };

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prepare();
	for (now.call = denied_calls; now.call->name; now.call++) {
		for (int round = 0; round < 2; round++) {
			int status;

			refresh();
			now.error = round ? EPERM : EXFULL;
			status = watched_status(&now);
			ck_assert_msg(status == 0, "%s with %s denied (%d): %s %d", now.op->name, now.call->name, now.error,
				      WIFEXITED(status) ? "complaint" : "signal",
				      WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
			ck_assert_msg(now.call->cleans || !has_stage(), "%s with %s denied leaves a stage", now.op->name,
				      now.call->name);
			tidy();
			reap_orphans();
		}
	}
	end();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("edge");
	TCase *tcase = suite_case(suite, "denied calls");

	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, errors_are_those_of_the_list, 0, (int)NSM_ARRAY_SIZE(ops));
	return suite_run(suite, NEED_ROOT);
}
