/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "unshared.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int own_pid(void *data)
{
	(void)data;
	return getpid();
}

static bool is_running(pid_t pid)
{
	return kill(pid, 0) == 0;
}

START_TEST(a_pid_namespace_works_and_is_the_new_one)
{
	pid_t keeper;
	int first;

	wanted_new();
	nsmgr_config_make(wanted, NSMGR_PID);
	unshared_make();
	keeper = nsmgr_set_keeper(unshared);
	ck_assert_int_gt(keeper, 1);
	ck_assert(is_running(keeper));
	ck_assert_uint_ne(id_of(unshared, NSMGR_PID).ino, own_inode(NSMGR_PID));
	first = inside(own_pid, NULL);
	ck_assert(first > 1 && first < 20);
	ck_assert_int_gt(inside(own_pid, NULL), first);
	unshared_end();
	ck_assert(!is_running(keeper));
}
END_TEST

START_TEST(a_keeper_ends_with_the_last_copy)
{
	struct nsmgr_set *copy;
	pid_t keeper;

	wanted_new();
	nsmgr_config_make(wanted, NSMGR_PID);
	unshared_make();
	keeper = nsmgr_set_keeper(unshared);
	ck_assert_int_eq(nsmgr_set_dup(unshared, NSMGR_MASK_ALL, &copy), 0);
	ck_assert_int_eq(nsmgr_set_keeper(copy), keeper);
	nsmgr_set_close(unshared);
	unshared = copy;
	ck_assert(is_running(keeper));
	ck_assert_int_gt(inside(own_pid, NULL), 1);
	unshared_end();
	ck_assert(!is_running(keeper));
}
END_TEST

static int unshare_and_die(void *data)
{
	(void)data;
	wanted_new();
	nsmgr_config_make(wanted, NSMGR_PID);
	CHILD_NEEDS(nsmgr_unshare(wanted, &unshared) == 0);
	printf("%d", (int)nsmgr_set_keeper(unshared));
	fflush(stdout);
	kill(getpid(), SIGKILL);
	return 0;
}

/* The orphan comes to us, for the suite is a subreaper: it ends by itself, and nobody kills it. */
START_TEST(a_keeper_ends_with_the_process_that_has_it)
{
	char text[32];
	int status = child_output(unshare_and_die, NULL, text, sizeof(text));
	pid_t keeper = (pid_t)atoi(text);

	ck_assert(WIFSIGNALED(status));
	ck_assert_int_gt(keeper, 1);
	for (int fd = pidfd_of(keeper); fd >= 0; fd = -1) {
		ck_assert(has_ended_within(fd, 10));
		close(fd);
	}
}
END_TEST

START_TEST(a_keeper_that_stays_is_ended_by_a_kill)
{
	pid_t keeper;
	int pidfd;

	wanted_new();
	nsmgr_config_make(wanted, NSMGR_PID);
	nsmgr_config_keeper_stays(wanted, true);
	unshared_make();
	keeper = nsmgr_set_keeper(unshared);
	unshared_end();
	pidfd = pidfd_of(keeper);
	ck_assert_int_ge(pidfd, 0);
	ck_assert(!has_ended_within(pidfd, 0));
	ck_assert_int_eq(kill(keeper, SIGKILL), 0);
	ck_assert(has_ended_within(pidfd, 10));
	close(pidfd);
}
END_TEST

START_TEST(keeper_options_need_a_pid_namespace)
{
	wanted_new();
	nsmgr_config_make(wanted, NSMGR_UTS);
	nsmgr_config_keeper_stays(wanted, true);
	ck_assert_int_eq(nsmgr_unshare(wanted, &unshared), -EINVAL);
	assert_failure(EINVAL, "configuration", NSMGR_PID);
	unshared_end();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("unshare_keeper");
	TCase *tcase = suite_case(suite, "keepers");

	tcase_add_test(tcase, a_pid_namespace_works_and_is_the_new_one);
	tcase_add_test(tcase, a_keeper_ends_with_the_last_copy);
	tcase_add_test(tcase, a_keeper_ends_with_the_process_that_has_it);
	tcase_add_test(tcase, a_keeper_that_stays_is_ended_by_a_kill);
	tcase_add_test(tcase, keeper_options_need_a_pid_namespace);
	return suite_run(suite, NEED_ROOT);
}
