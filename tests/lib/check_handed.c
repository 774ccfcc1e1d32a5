/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "unshared.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Descriptors that a hook outside hands to the one inside. */

static struct {
	int pipe[2], given;
	int result; /* of the hook outside */
} plan;

static void plan_begin(int given)
{
	memset(&plan, 0, sizeof(plan));
	plan.given = given;
	ck_assert_int_eq(pipe2(plan.pipe, O_CLOEXEC), 0);
	wanted_new();
}

static void plan_end(void)
{
	close(plan.pipe[0]);
	close(plan.pipe[1]);
	unshared_end();
}

#define NUMBER(i) (63 - (unsigned)(i)) /* not in the order of the descriptors */

static int hand(void *data, pid_t pid)
{
	(void)data, (void)pid;
	/* Twice, for the last of a number counts. */
	for (int i = 0; i < 2 * plan.given; i++) {
		int r = nsmgr_config_hand_fd(wanted, NUMBER(i / 2), plan.pipe[i % 2]);

		if (r < 0)
			return r;
	}
	return plan.result;
}

/* What is open: the descriptor of the directory itself is not counted. */
static int count_open(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = -1;

	if (!dir)
		return -1;
	for (struct dirent *entry; (entry = readdir(dir));)
		count += entry->d_name[0] != '.';
	closedir(dir);
	return count;
}

static int use(void *data)
{
	(void)data;
	if (count_open() != plan.given)
		return -EUCLEAN;
	for (int i = 0; i < plan.given; i++) {
		int fd = nsmgr_config_handed_fd(wanted, NUMBER(i));

		if (fd < 0 || fcntl(fd, F_GETFD) != FD_CLOEXEC || write(fd, &(char){ (char)('a' + i) }, 1) != 1)
			return -EBADF;
	}
	return plan.given == 64 || nsmgr_config_handed_fd(wanted, NUMBER(plan.given)) == -EBADF ? 0 : -EEXIST;
}

static void assert_written(const char *text)
{
	char buf[256];
	ssize_t len = read(plan.pipe[0], buf, sizeof(buf) - 1);

	ck_assert_int_ge(len, 0);
	buf[len] = '\0';
	ck_assert_str_eq(buf, text);
}

/* From a creator, and from a keeper in its own pid and user namespace. */
START_TEST(what_is_handed_is_all_that_is_open_inside)
{
	const int before = count_open();

	plan_begin(_i % 2 ? 5 : 0);
	nsmgr_config_make(wanted, NSMGR_UTS);
	if (_i >= 2) {
		nsmgr_config_make(wanted, NSMGR_PID);
		nsmgr_config_make(wanted, NSMGR_USER);
	}
	nsmgr_config_hook_outside(wanted, hand, NULL);
	nsmgr_config_hook_inside(wanted, use, NULL);
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "web", wanted, 0), 0);
	if (plan.given)
		assert_written("abcde");
	/* A second set has its own. */
	plan.given = 2;
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "db", wanted, 0), 0);
	assert_written("ab");
	/* Nobody else has the pipe any more: neither keepers nor we. */
	close(plan.pipe[1]);
	assert_written("");
	plan.pipe[1] = -1;
	set_drop("web");
	set_drop("db");
	plan_end();
	ck_assert_int_eq(count_open(), before);
}
END_TEST

START_TEST(at_most_64_are_handed)
{
	plan_begin(64);
	nsmgr_config_make(wanted, NSMGR_UTS);
	nsmgr_config_hook_outside(wanted, hand, NULL);
	nsmgr_config_hook_inside(wanted, use, NULL);
	unshared_make();
	nsmgr_set_close(unshared);
	unshared = NULL;
	plan.given = 65;
	ck_assert_int_eq(nsmgr_unshare(wanted, &unshared), -E2BIG);
	assert_failure(E2BIG, "hook", NSMGR_TYPE_NONE);
	plan_end();
}
END_TEST

static int hand_nothing_open(void *data, pid_t pid)
{
	(void)data, (void)pid;
	return nsmgr_config_hand_fd(wanted, 0, 1000000);
}

static int hand_inside(void *data)
{
	(void)data;
	return nsmgr_config_hand_fd(wanted, 0, 0);
}

START_TEST(only_the_hook_outside_hands_and_only_what_is_open)
{
	plan_begin(0);
	nsmgr_config_make(wanted, NSMGR_UTS);
	ck_assert_int_eq(nsmgr_config_hand_fd(wanted, 0, plan.pipe[0]), -EINVAL);
	assert_failure(EINVAL, "hook", NSMGR_TYPE_NONE);
	nsmgr_config_hook_inside(wanted, hand_inside, NULL);
	ck_assert_int_eq(nsmgr_unshare(wanted, &unshared), -EINVAL);
	nsmgr_config_hook_inside(wanted, NULL, NULL);
	nsmgr_config_hook_outside(wanted, hand_nothing_open, NULL);
	ck_assert_int_eq(nsmgr_unshare(wanted, &unshared), -EBADF);
	plan_end();
}
END_TEST

START_TEST(a_hook_that_fails_leaves_nothing_open)
{
	const int before = count_open();

	plan_begin(3);
	plan.result = -EXFULL;
	nsmgr_config_make(wanted, NSMGR_UTS);
	nsmgr_config_hook_outside(wanted, hand, NULL);
	ck_assert_int_eq(nsmgr_unshare(wanted, &unshared), -EXFULL);
	ck_assert_int_eq(count_open(), before + 2);
	plan_end();
	ck_assert_int_eq(count_open(), before);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("handed");
	TCase *tcase = suite_case(suite, "handed");

	tcase_add_loop_test(tcase, what_is_handed_is_all_that_is_open_inside, 0, 4);
	tcase_add_test(tcase, at_most_64_are_handed);
	tcase_add_test(tcase, only_the_hook_outside_hands_and_only_what_is_open);
	tcase_add_test(tcase, a_hook_that_fails_leaves_nothing_open);
	return suite_run(suite, NEED_ROOT);
}
