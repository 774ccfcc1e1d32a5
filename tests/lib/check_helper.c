/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "unshared.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The process outside that serves a set, and its end. */

static pid_t helper;
static int result, fails;
static const char *kind;

static pid_t start_helper(void)
{
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			pause();
	return pid;
}

static int record(void *data, pid_t pid)
{
	(void)data, (void)pid;
	helper = start_helper();
	result = nsmgr_config_helper(wanted, kind, helper);
	return result < 0 ? result : fails ? -EXFULL : 0;
}

static void want_helper(void)
{
	kind = "test-1";
	fails = 0;
	wanted_new();
	nsmgr_config_make(wanted, NSMGR_UTS);
	nsmgr_config_hook_outside(wanted, record, NULL);
}

/* Whether ours has been ended by KILL, or was reaped by who did that. */
static void assert_ended(void)
{
	int status = 0;
	pid_t pid = waitpid(helper, &status, 0);

	ck_assert(pid < 0 ? errno == ECHILD : WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void end_helper(void)
{
	kill(helper, SIGKILL);
	waitpid(helper, NULL, 0);
}

START_TEST(a_helper_lives_and_ends_with_its_set)
{
	struct nsmgr_helper got = { .pid = 0 };

	want_helper();
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "web", wanted, 0), 0);
	ck_assert_int_eq(nsmgr_helper_get(fixture.ctx, "web", &got), 0);
	ck_assert_str_eq(got.kind, "test-1");
	ck_assert_int_eq(got.pid, helper);
	ck_assert(got.alive);
	ck_assert_int_eq(nsmgr_rename(fixture.ctx, "web", "site"), 0);
	ck_assert_int_eq(nsmgr_helper_get(fixture.ctx, "site", &got), 0);
	ck_assert_int_eq(waitpid(helper, NULL, WNOHANG), 0);
	ck_assert_int_eq(nsmgr_remove(fixture.ctx, "site", 0, NULL), 0);
	assert_ended();
	unshared_end();
}
END_TEST

START_TEST(a_making_that_fails_ends_it)
{
	want_helper();
	fails = 1;
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "web", wanted, 0), -EXFULL);
	ck_assert_int_eq(result, 0);
	assert_ended();
	unshared_end();
}
END_TEST

START_TEST(one_that_died_is_told_of_and_no_hindrance)
{
	struct nsmgr_helper got = { .alive = true };

	want_helper();
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "web", wanted, 0), 0);
	end_helper();
	ck_assert_int_eq(nsmgr_helper_get(fixture.ctx, "web", &got), 0);
	ck_assert(!got.alive);
	set_drop("web");
	unshared_end();
}
END_TEST

/* By the time of its start, and its boot. */
START_TEST(another_process_is_not_taken_for_it)
{
	struct nsmgr_helper got = { .alive = true };
	unsigned long long start, pidns;
	char text[256] = "", line[256], boot[64];
	FILE *file;

	want_helper();
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "web", wanted, 0), 0);
	file = fopen(in_root("web/.helper"), "re");
	ck_assert_ptr_nonnull(fgets(text, sizeof(text), file));
	fclose(file);
	ck_assert_int_eq(sscanf(text, "helper test-1 %*d %llu %llu %63s", &start, &pidns, boot), 3);
	snprintf(line, sizeof(line), "helper test-1 %ld %llu %llu %s\n", (long)helper, _i ? start : start + 1, pidns,
		 _i ? "00000000-0000-0000-0000-000000000000" : boot);
	put_text(in_root("web/.helper"), line);
	ck_assert_int_eq(nsmgr_helper_get(fixture.ctx, "web", &got), 0);
	ck_assert(!got.alive);
	set_drop("web");
	ck_assert_int_eq(waitpid(helper, NULL, WNOHANG), 0);
	end_helper();
	unshared_end();
}
END_TEST

START_TEST(what_is_damaged_is_no_helper)
{
	static const char *const odd[] = { "", "helper", "helper test-1 1 1 1 1", "helper T 1 1 1 1\n", "helper t 0 1 1 1\n",
					   "helper t -1 1 1 1\n", "helpers t 1 1 1 1\n", "helper t 1 1 1\n" };
	struct nsmgr_helper got;

	set_make("web", NSMGR_MASK(NSMGR_UTS));
	ck_assert_int_eq(nsmgr_helper_get(fixture.ctx, "web", &got), 1);
	put_text(in_root("web/.helper"), odd[_i]);
	ck_assert_int_eq(nsmgr_helper_get(fixture.ctx, "web", &got), -EBADMSG);
	assert_failure(EBADMSG, "helper", NSMGR_TYPE_NONE);
	set_drop("web");
}
END_TEST

static int refuse(void *data, pid_t pid)
{
	static const char *const bad[] = { "", "Pasta", "a b", "sixteen-letters-", "a/b" };

	(void)data;
	for (size_t i = 0; i < NSM_ARRAY_SIZE(bad); i++)
		if (nsmgr_config_helper(wanted, bad[i], pid) != -EINVAL)
			return -EXFULL;
	if (nsmgr_config_helper(wanted, "x", 0) != -EINVAL || nsmgr_config_helper(wanted, "x", INT32_MAX) != -ESRCH)
		return -EXFULL;
	if (nsmgr_config_helper(wanted, "x", pid) != 0 || nsmgr_config_helper(wanted, "x", pid) != -EEXIST)
		return -EXFULL;
	return 0;
}

START_TEST(only_what_can_be_one_is_recorded)
{
	struct nsmgr_helper got;

	want_helper();
	ck_assert_int_eq(nsmgr_config_helper(wanted, "x", getpid()), -EINVAL);
	assert_failure(EINVAL, "helper", NSMGR_TYPE_NONE);
	/* A set in memory owns nobody. */
	ck_assert_int_eq(nsmgr_unshare(wanted, &unshared), -EINVAL);
	end_helper();
	nsmgr_config_hook_outside(wanted, refuse, NULL);
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "web", wanted, 0), 0);
	ck_assert_int_eq(nsmgr_helper_get(fixture.ctx, "none", &got), -ENOENT);
	ck_assert_int_eq(nsmgr_helper_get(fixture.ctx, "-", &got), -EINVAL);
	set_drop("web");
	unshared_end();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("helper");
	TCase *tcase = suite_case(suite, "helpers");

	tcase_add_test(tcase, a_helper_lives_and_ends_with_its_set);
	tcase_add_test(tcase, a_making_that_fails_ends_it);
	tcase_add_test(tcase, one_that_died_is_told_of_and_no_hindrance);
	tcase_add_loop_test(tcase, another_process_is_not_taken_for_it, 0, 2);
	tcase_add_loop_test(tcase, what_is_damaged_is_no_helper, 0, 8);
	tcase_add_test(tcase, only_what_can_be_one_is_recorded);
	return suite_run(suite, NEED_ROOT);
}
