/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "unshared.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What hooks are told of the set that is being made. */

struct told {
	int calls;
	char name[32], dir[PATH_MAX];
	ino_t net, own_net;
	bool has_pid, is_published;
};

static int look(void *data, pid_t pid)
{
	struct told *told = data;
	const char *name, *dir;
	char path[PATH_MAX + 32];
	struct stat st;

	told->calls++;
	nsmgr_config_making(wanted, &name, &dir);
	if (!name || !dir)
		return name || dir ? -EXFULL : 0;
	snprintf(told->name, sizeof(told->name), "%s", name);
	snprintf(told->dir, sizeof(told->dir), "%s", dir);
	snprintf(path, sizeof(path), "%s/net", dir);
	told->net = stat(path, &st) < 0 ? 0 : st.st_ino;
	snprintf(path, sizeof(path), "/proc/%ld/ns/net", (long)pid);
	told->own_net = stat(path, &st) < 0 ? 0 : st.st_ino;
	snprintf(path, sizeof(path), "%s/pid", dir);
	told->has_pid = stat(path, &st) == 0;
	told->is_published = path_exists(in_root("%s", name));
	return 0;
}

static void assert_told_nothing(void)
{
	const char *name = "x", *dir = "x";

	nsmgr_config_making(wanted, &name, &dir);
	ck_assert_ptr_null(name);
	ck_assert_ptr_null(dir);
}

START_TEST(a_hook_finds_the_handles_of_a_set_without_its_name)
{
	struct told told = { 0 };
	const char *stages = in_root(".stage/");

	wanted_new();
	nsmgr_config_make_rest(wanted);
	nsmgr_config_hook_outside(wanted, look, &told);
	assert_told_nothing();
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "web", wanted, 0), 0);
	ck_assert_int_eq(told.calls, 1);
	ck_assert_str_eq(told.name, "web");
	ck_assert_msg(strncmp(told.dir, stages, strlen(stages)) == 0, "%s", told.dir);
	ck_assert_uint_ne(told.net, 0);
	ck_assert_uint_eq(told.net, told.own_net);
	ck_assert_uint_eq(told.net, set_inode("web", NSMGR_NET));
	ck_assert(!told.has_pid);
	ck_assert(!told.is_published);
	ck_assert(!path_exists(told.dir));
	assert_told_nothing();
	set_drop("web");
	unshared_end();
}
END_TEST

START_TEST(nothing_is_told_of_a_set_in_memory)
{
	struct told told = { 0 };

	wanted_new();
	nsmgr_config_make(wanted, NSMGR_NET);
	nsmgr_config_hook_outside(wanted, look, &told);
	unshared_make();
	ck_assert_int_eq(told.calls, 1);
	ck_assert_str_eq(told.name, "");
	unshared_end();
}
END_TEST

START_TEST(no_hook_runs_for_a_name_that_is_taken)
{
	struct told told = { 0 };

	set_make("web", NSMGR_MASK(NSMGR_UTS));
	wanted_new();
	nsmgr_config_make(wanted, NSMGR_UTS);
	nsmgr_config_hook_outside(wanted, look, &told);
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "web", wanted, 0), -EEXIST);
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "web", wanted, NSMGR_CREATE_EXIST_OK), 0);
	ck_assert_int_eq(told.calls, 0);
	set_drop("web");
	unshared_end();
}
END_TEST

/* ---- signals ---- */

static int stay(void *data)
{
	(void)data;
	return pause(); /* for ever: it has no handler */
}

static int raise_outside(void *data, pid_t pid)
{
	(void)data, (void)pid;
	raise(SIGTERM);
	return 0;
}

START_TEST(a_signal_ends_the_making_and_stays)
{
	sigset_t set, pending;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	wanted_new();
	if (_i % 2)
		nsmgr_config_make(wanted, NSMGR_PID);
	nsmgr_config_make(wanted, NSMGR_UTS);
	nsmgr_config_interrupt(wanted, NSMGR_SIGNAL(SIGTERM) | NSMGR_SIGNAL(SIGINT));
	nsmgr_config_hook_outside(wanted, raise_outside, NULL);
	nsmgr_config_hook_inside(wanted, stay, NULL);
	if (_i < 2)
		ck_assert_int_eq(nsmgr_create(fixture.ctx, "web", wanted, 0), -EINTR);
	else
		ck_assert_int_eq(nsmgr_unshare(wanted, &unshared), -EINTR);
	assert_failure(EINTR, "creator", NSMGR_TYPE_NONE);
	sigpending(&pending);
	ck_assert_int_eq(sigismember(&pending, SIGTERM), 1);
	/* To one that was not told of it, it means nothing. */
	nsmgr_config_interrupt(wanted, 0);
	nsmgr_config_hook_inside(wanted, NULL, NULL);
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "web", wanted, 0), 0);
	set_drop("web");
	sigwaitinfo(&set, NULL);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	unshared_end();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("making");
	TCase *tcase = suite_case(suite, "making");

	tcase_add_test(tcase, a_hook_finds_the_handles_of_a_set_without_its_name);
	tcase_add_test(tcase, nothing_is_told_of_a_set_in_memory);
	tcase_add_test(tcase, no_hook_runs_for_a_name_that_is_taken);
	tcase_add_loop_test(tcase, a_signal_ends_the_making_and_stays, 0, 4);
	return suite_run(suite, NEED_ROOT);
}
