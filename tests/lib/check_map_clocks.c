/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "maps.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CLONE_NEWTIME_FLAG 0x80 /* newer than many headers */

struct clock_case {
	pid_t pid;
	int ready[2], go[2];
};

/* A process whose children will be in a new time namespace, which nobody has entered. */
static struct clock_case start_clock_case(void)
{
	struct clock_case result;
	char byte;

	ck_assert(pipe2(result.ready, O_CLOEXEC) == 0 && pipe2(result.go, O_CLOEXEC) == 0);
	result.pid = fork();
	if (result.pid == 0) {
		close(result.go[1]);
		if (unshare(CLONE_NEWTIME_FLAG) < 0 || write(result.ready[1], "r", 1) != 1)
			_exit(1);
		while (read(result.go[0], &byte, 1) == 1) {
			pid_t child = fork();

			if (child == 0)
				_exit(0);
			waitpid(child, NULL, 0);
			if (write(result.ready[1], "r", 1) != 1)
				_exit(1);
		}
		_exit(0);
	}
	ck_assert_int_eq(read(result.ready[0], &byte, 1), 1);
	return result;
}

static void let_a_child_enter(struct clock_case *clocks)
{
	char byte;

	ck_assert_int_eq(write(clocks->go[1], "g", 1), 1);
	ck_assert_int_eq(read(clocks->ready[0], &byte, 1), 1);
}

static void end_clock_case(struct clock_case *clocks)
{
	int status;

	for (int i = 0; i < 2; i++) {
		close(clocks->ready[i]);
		close(clocks->go[i]);
	}
	ck_assert_int_eq(waitpid(clocks->pid, &status, 0), clocks->pid);
	ck_assert_int_eq(status, 0);
}

START_TEST(clocks_are_set_until_somebody_enters)
{
	struct clock_case clocks = start_clock_case();
	struct timespec day = { 86400, 0 }, back = { -2, 500000000 };
	char expected[200];

	ck_assert_int_eq(nsmgr_write_offset(fixture.ctx, clocks.pid, CLOCK_MONOTONIC, &day), 0);
	ck_assert_int_eq(nsmgr_write_offset(fixture.ctx, clocks.pid, CLOCK_BOOTTIME, &back), 0);
	snprintf(expected, sizeof(expected), "monotonic 86400 0\nboottime -2 500000000\n");
	ck_assert_str_eq(read_file(clocks.pid, "timens_offsets"), expected);
	/* One at a time, and again. */
	day.tv_sec = 5;
	ck_assert_int_eq(nsmgr_write_offset(fixture.ctx, clocks.pid, CLOCK_MONOTONIC, &day), 0);
	snprintf(expected, sizeof(expected), "monotonic 5 0\nboottime -2 500000000\n");
	ck_assert_str_eq(read_file(clocks.pid, "timens_offsets"), expected);
	let_a_child_enter(&clocks);
	ck_assert_int_eq(nsmgr_write_offset(fixture.ctx, clocks.pid, CLOCK_MONOTONIC, &day), -EACCES);
	assert_failure(EACCES, "offsets", NSMGR_TIME);
	end_clock_case(&clocks);
}
END_TEST

START_TEST(clocks_that_cannot_be_are_refused)
{
	struct clock_case clocks = start_clock_case();
	struct timespec some = { 1, 0 }, far = { 100000000000, 0 }, before = { -100000000000, 0 };
	struct timespec nanoseconds = { 1, 1000000000 }, negative = { 1, -1 };

	ck_assert_int_eq(nsmgr_write_offset(fixture.ctx, clocks.pid, CLOCK_REALTIME, &some), -EINVAL);
	assert_failure(EINVAL, "offsets", NSMGR_TIME);
	ck_assert_int_eq(nsmgr_write_offset(fixture.ctx, clocks.pid, CLOCK_MONOTONIC_RAW, &some), -EINVAL);
	ck_assert_int_eq(nsmgr_write_offset(fixture.ctx, clocks.pid, CLOCK_MONOTONIC, &nanoseconds), -EINVAL);
	ck_assert_int_eq(nsmgr_write_offset(fixture.ctx, clocks.pid, CLOCK_MONOTONIC, &negative), -EINVAL);
	ck_assert_int_eq(nsmgr_write_offset(fixture.ctx, clocks.pid, CLOCK_MONOTONIC, &far), -ERANGE);
	ck_assert_int_eq(nsmgr_write_offset(fixture.ctx, clocks.pid, CLOCK_BOOTTIME, &before), -ERANGE);
	ck_assert_str_eq(read_file(clocks.pid, "timens_offsets"), "monotonic 0 0\nboottime 0 0\n");
	end_clock_case(&clocks);
}
END_TEST

static int write_for_root(void *data)
{
	struct timespec some = { 1, 0 };
	const struct clock_case *clocks = data;

	CHILD_NEEDS(setgid(65534) == 0 && setuid(65534) == 0);
	CHILD_NEEDS(nsmgr_write_offset(fixture.ctx, clocks->pid, CLOCK_MONOTONIC, &some) == -EACCES);
	return 0;
}

START_TEST(anothers_clocks_are_not_ours_to_set)
{
	struct clock_case clocks = start_clock_case();

	ck_assert_child(write_for_root, &clocks);
	end_clock_case(&clocks);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("map_clocks");
	TCase *tcase = suite_case(suite, "clocks");

	tcase_add_test(tcase, clocks_are_set_until_somebody_enters);
	tcase_add_test(tcase, clocks_that_cannot_be_are_refused);
	add_test_needing(NEED_IDS, tcase, anothers_clocks_are_not_ours_to_set);
	return suite_run(suite, NEED_ROOT);
}
