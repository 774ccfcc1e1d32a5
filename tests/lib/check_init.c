/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include "base/fd.h"
#include "lib/inhabitants.h"
#include "lib/init.h"
#include "lib/nsfd.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int new_pid_namespace(void *data)
{
	(void)data;
	return unshare(CLONE_NEWPID);
}

static int open_pidns(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", pid);
	return nsm_nsfd_open(AT_FDCWD, path, false);
}

static void end_init(int ns)
{
	nsm_autoclose int pidfd = -EBADF;

	if (nsm_init_find(ns, 0, &pidfd, NULL) == 1)
		nsm_pidfd_end(pidfd);
}

static int join(void *data)
{
	return setns(*(int *)data, CLONE_NEWPID);
}

START_TEST(a_living_init_is_found_with_its_pid)
{
	struct resident init = resident_start(new_pid_namespace, NULL);
	nsm_autoclose int ns = open_pidns(init.pid), pidfd = -EBADF;
	pid_t pid = 0;

	ck_assert_int_eq(nsm_init_find(ns, 0, &pidfd, &pid), 1);
	ck_assert_int_eq(pid, init.pid);
	ck_assert_int_ge(pidfd, 0);
	ck_assert(!nsm_pidfd_has_ended(pidfd));
	ck_assert_int_eq(nsm_init_find(ns, init.pid, NULL, NULL), 1);
	/* A recorded pid of somebody else changes nothing where the kernel tells. */
	ck_assert_int_eq(nsm_init_find(ns, getpid(), NULL, &pid), 1);
	ck_assert_int_eq(pid, init.pid);
	resident_end(&init);
	ck_assert_int_eq(nsm_init_find(ns, 0, NULL, NULL), 0);
	ck_assert_int_eq(nsm_init_find(ns, getpid(), NULL, NULL), 0);
}
END_TEST

static int kill_without_reaping(void *data)
{
	nsm_autoclose int ns = -EBADF, pidfd = -EBADF;
	pid_t pid;

	(void)data;
	CHILD_NEEDS(unshare(CLONE_NEWPID) == 0);
	pid = fork();
	if (pid == 0)
		for (;;)
			pause();
	ns = open_pidns(pid);
	CHILD_NEEDS(nsm_init_find(ns, 0, &pidfd, NULL) == 1);
	end_init(ns);
	CHILD_NEEDS(nsm_pidfd_has_ended(pidfd));
	/* It still has its number, and nobody can be born there. */
	CHILD_NEEDS(kill(pid, 0) == 0);
	CHILD_NEEDS(nsm_init_find(ns, 0, NULL, NULL) == 0);
	CHILD_NEEDS(nsm_init_find(ns, pid, NULL, NULL) == 0);
	CHILD_NEEDS(waitpid(pid, NULL, 0) == pid);
	CHILD_NEEDS(nsm_init_find(ns, 0, NULL, NULL) == 0);
	end_init(ns);
	return 0;
}

START_TEST(an_init_that_was_killed_and_not_reaped_is_dead)
{
	/* KERNEL R41. */
	ck_assert_child(kill_without_reaping, NULL);
}
END_TEST

START_TEST(the_end_of_an_init_is_the_end_of_all)
{
	struct resident init = resident_start(new_pid_namespace, NULL), other;
	nsm_autoclose int ns = open_pidns(init.pid), pidfd = -EBADF;

	other = resident_start(join, &ns);
	pidfd = nsm_sys_pidfd_open(other.pid);
	ck_assert(!nsm_pidfd_has_ended(pidfd));
	end_init(ns);
	ck_assert(nsm_pidfd_has_ended(pidfd));
	resident_end(&other);
	resident_end(&init);
}
END_TEST

static int look_from_sibling(void *data)
{
	(void)data;
	CHILD_NEEDS(nsm_init_find(*(int *)data, 0, NULL, NULL) == -EXDEV);
	return 0;
}

static int look_from_sibling_namespace(void *data)
{
	CHILD_NEEDS(unshare(CLONE_NEWPID) == 0);
	return child_status(look_from_sibling, data) != 0;
}

START_TEST(from_outside_its_tree_an_init_is_unknown)
{
	struct resident init = resident_start(new_pid_namespace, NULL);
	nsm_autoclose int ns = open_pidns(init.pid);

	ck_assert_child(look_from_sibling_namespace, &ns);
	resident_end(&init);
}
END_TEST

START_TEST(inhabitants_are_all_but_the_init)
{
	struct resident init = resident_start(new_pid_namespace, NULL), one, two;
	nsm_autoclose int ns = open_pidns(init.pid);
	pid_t pids[4] = { 0 };

	ck_assert_int_eq(nsm_inhabitants(ns, 0, pids, 4), 0);
	one = resident_start(join, &ns);
	two = resident_start(join, &ns);
	ck_assert_int_eq(nsm_inhabitants(ns, 0, pids, 4), 2);
	ck_assert((pids[0] == one.pid && pids[1] == two.pid) || (pids[0] == two.pid && pids[1] == one.pid));
	/* Counted are those for whom there is no room, too. */
	pids[1] = 0;
	ck_assert_int_eq(nsm_inhabitants(ns, 0, pids, 1), 2);
	ck_assert_int_eq(pids[1], 0);
	resident_end(&one);
	ck_assert_int_eq(nsm_inhabitants(ns, 0, pids, 4), 1);
	ck_assert_int_eq(pids[0], two.pid);
	resident_end(&two);
	ck_assert_int_eq(nsm_inhabitants(ns, 0, NULL, 0), 0);
	resident_end(&init);
}
END_TEST

/* Goes on as a process inside, whose children will be one level deeper. */
static int join_nested(void *data)
{
	int status;
	pid_t pid;

	CHILD_NEEDS(setns(*(int *)data, CLONE_NEWPID) == 0);
	pid = fork();
	if (pid != 0)
		_exit(waitpid(pid, &status, 0) != pid || status != 0);
	return unshare(CLONE_NEWPID);
}

START_TEST(who_lives_in_a_namespace_below_is_an_inhabitant)
{
	struct resident init = resident_start(new_pid_namespace, NULL), nested;
	nsm_autoclose int ns = open_pidns(init.pid);

	nested = resident_start(join_nested, &ns);
	ck_assert_int_eq(nsm_inhabitants(ns, 0, NULL, 0), 2);
	resident_end(&nested);
	ck_assert_int_eq(nsm_inhabitants(ns, 0, NULL, 0), 0);
	resident_end(&init);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("init");
	TCase *tcase = suite_case(suite, "init");

	tcase_add_test(tcase, a_living_init_is_found_with_its_pid);
	tcase_add_test(tcase, an_init_that_was_killed_and_not_reaped_is_dead);
	tcase_add_test(tcase, the_end_of_an_init_is_the_end_of_all);
	tcase_add_test(tcase, from_outside_its_tree_an_init_is_unknown);
	tcase = suite_case(suite, "inhabitants");
	tcase_add_test(tcase, inhabitants_are_all_but_the_init);
	tcase_add_test(tcase, who_lives_in_a_namespace_below_is_an_inhabitant);
	return suite_run(suite, NEED_ROOT);
}
