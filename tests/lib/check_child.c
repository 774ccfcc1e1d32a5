/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"
#include "fixture.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct timespec blink = { .tv_nsec = 1000000 };
static const struct timespec ages = { .tv_sec = 1000000000 };

/* One that has said that it is there. */
static struct nsmgr_child *start_said(const char *line)
{
	struct nsmgr_child *child;
	char byte;

	ck_assert_int_eq(nsmgr_command_stdio(command, 1, NSMGR_STDIO_PIPE), 0);
	child = start_shell(NULL, line);
	ck_assert_int_eq(read(nsmgr_child_pipe(child, 1, false), &byte, 1), 1);
	return child;
}

/* ---- How it ended ---- */

START_TEST(every_exit_code_is_told_as_it_is)
{
	char line[16];

	for (int code = 0; code < 256; code++) {
		snprintf(line, sizeof(line), "exit %d", code);
		ck_assert_int_eq(status_of(start_shell(NULL, line)), code);
	}
}
END_TEST

/* 128 + N is a code like any other. */
START_TEST(a_signal_is_told_from_a_code)
{
	ck_assert_int_eq(status_of(start_shell(NULL, "kill -TERM $$")), -SIGTERM);
	ck_assert_int_eq(status_of(start_shell(NULL, "kill -KILL $$")), -SIGKILL);
	ck_assert_int_eq(status_of(start_shell(NULL, "exit 143")), 143);
}
END_TEST

START_TEST(waiting_again_gives_the_same)
{
	struct nsmgr_child *child = start_shell(NULL, "exit 7");
	struct nsmgr_status status = { 0 };

	ck_assert_ptr_null(nsmgr_child_usage(child));
	for (int i = 0; i < 3; i++) {
		status.code = 0;
		ck_assert_int_eq(nsmgr_child_wait(child, i == 1 ? &blink : NULL, &status), 0);
		ck_assert_int_eq(status.code, 7);
		ck_assert(status.signal == 0 && !status.timed_out);
		status.code = 0;
		ck_assert_int_eq(nsmgr_child_try_wait(child, &status), 0);
		ck_assert_int_eq(status.code, 7);
	}
	ck_assert_ptr_nonnull(nsmgr_child_usage(child));
	ck_assert_int_gt(nsmgr_child_usage(child)->ru_maxrss, 0);
	ck_assert_int_gt(nsmgr_child_pid(child), 0);
	nsmgr_child_free(child);
}
END_TEST

START_TEST(trying_does_not_wait)
{
	struct nsmgr_child *child = start_said("echo; exec sleep 1000");
	struct nsmgr_status status = { .code = 99 };

	ck_assert_int_eq(nsmgr_child_try_wait(child, &status), 1);
	ck_assert_int_eq(status.code, 99);
	ck_assert_int_eq(nsmgr_child_signal(child, SIGTERM), 0);
	ck_assert_int_eq(poll(&(struct pollfd){ .fd = nsmgr_child_pidfd(child), .events = POLLIN }, 1, -1), 1);
	ck_assert_int_eq(nsmgr_child_try_wait(child, &status), 0);
	ck_assert_int_eq(status.signal, SIGTERM);
	nsmgr_child_free(child);
}
END_TEST

START_TEST(it_is_killed_when_the_time_is_over)
{
	struct nsmgr_child *child = start_said("trap '' TERM; echo; exec sleep 1000");
	struct nsmgr_status status = { 0 };

	ck_assert_int_eq(nsmgr_child_wait(child, &blink, &status), 0);
	ck_assert_int_eq(status.signal, SIGKILL);
	ck_assert(status.timed_out);
	ck_assert_int_eq(nsmgr_child_wait(child, NULL, &status), 0);
	ck_assert(status.timed_out);
	nsmgr_child_free(child);
}
END_TEST

START_TEST(one_that_is_in_time_is_not_killed)
{
	struct nsmgr_status status = { 0 };
	struct nsmgr_child *child = start_shell(NULL, "exit 3");

	ck_assert_int_eq(nsmgr_child_wait(child, &ages, &status), 0);
	ck_assert_int_eq(status.code, 3);
	ck_assert(!status.timed_out);
	nsmgr_child_free(child);
}
END_TEST

/* Its standard input ends when it is waited for, or it would wait for us. */
START_TEST(waiting_closes_its_standard_input)
{
	struct nsmgr_child *child;
	int fd;

	ck_assert_int_eq(nsmgr_command_stdio(command, 0, NSMGR_STDIO_PIPE), 0);
	child = start(NULL, (const char *const[]){ "cat", NULL });
	fd = nsmgr_child_pipe(child, 0, false);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(status_of(child), 0);
	ck_assert_int_lt(fcntl(fd, F_GETFD), 0);
}
END_TEST

/* ---- Signals ---- */

START_TEST(after_its_end_its_number_is_nobodys)
{
	struct nsmgr_child *child = start_shell(NULL, "exit 0");

	ck_assert_int_eq(nsmgr_child_signal(child, 0), 0);
	ck_assert_int_eq(nsmgr_child_signal(child, 1000), -EINVAL);
	ck_assert_int_eq(nsmgr_child_signal(child, -1), -EINVAL);
	ck_assert_int_eq(nsmgr_child_wait(child, NULL, NULL), 0);
	ck_assert_int_eq(nsmgr_child_signal(child, SIGTERM), -ESRCH);
	assert_failure(ESRCH, "signal", NSMGR_TYPE_NONE);
	ck_assert_int_eq(nsmgr_child_kill(child), 0);
	nsmgr_child_free(child);
}
END_TEST

START_TEST(killing_waits)
{
	struct nsmgr_child *child = start_shell(NULL, "exec sleep 1000");
	struct nsmgr_status status;

	ck_assert_int_eq(nsmgr_child_kill(child), 0);
	ck_assert(has_no_children());
	ck_assert_int_eq(nsmgr_child_try_wait(child, &status), 0);
	ck_assert_int_eq(status.signal, SIGKILL);
	ck_assert(!status.timed_out);
	nsmgr_child_free(child);
}
END_TEST

START_TEST(freeing_kills)
{
	struct nsmgr_child *child = start_shell(NULL, "exec sleep 1000");
	pid_t pid = nsmgr_child_pid(child);

	nsmgr_child_free(child);
	ck_assert(kill(pid, 0) < 0 && errno == ESRCH);
	nsmgr_child_free(NULL);
}
END_TEST

START_TEST(a_released_one_is_the_callers)
{
	struct nsmgr_child *child = start_shell(NULL, "exec sleep 1000");
	pid_t pid = nsmgr_child_pid(child);
	int status;

	ck_assert_int_eq(nsmgr_child_release(child), pid);
	ck_assert_int_eq(kill(pid, SIGTERM), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(WTERMSIG(status), SIGTERM);
	child = start_shell(NULL, "exit 0");
	ck_assert_int_eq(nsmgr_child_wait(child, NULL, NULL), 0);
	ck_assert_int_eq(nsmgr_child_release(child), 0);
}
END_TEST

/* ---- Pipes ---- */

START_TEST(a_pipe_is_lent_or_taken)
{
	struct nsmgr_child *child;
	char buf[8] = "";
	int fd;

	ck_assert_int_eq(nsmgr_command_stdio(command, 1, NSMGR_STDIO_PIPE), 0);
	child = start_shell(NULL, "echo hello");
	ck_assert_int_eq(nsmgr_child_pipe(child, 0, false), -ENOENT);
	ck_assert_int_eq(nsmgr_child_pipe(child, 3, false), -ENOENT);
	ck_assert_int_eq(nsmgr_child_pipe(child, -1, true), -ENOENT);
	fd = nsmgr_child_pipe(child, 1, false);
	ck_assert_int_eq(nsmgr_child_pipe(child, 1, true), fd);
	ck_assert_int_eq(nsmgr_child_pipe(child, 1, true), -ENOENT);
	nsmgr_child_free(child);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	/* Killed before it wrote, or not. */
	ck_assert_int_ge(read(fd, buf, sizeof(buf)), 0);
	close(fd);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("child");
	TCase *tcase = suite_case(suite, "child");

	tcase_add_checked_fixture(tcase, command_make, command_drop);
	tcase_add_test(tcase, every_exit_code_is_told_as_it_is);
	tcase_add_test(tcase, a_signal_is_told_from_a_code);
	tcase_add_test(tcase, waiting_again_gives_the_same);
	tcase_add_test(tcase, trying_does_not_wait);
	tcase_add_test(tcase, it_is_killed_when_the_time_is_over);
	tcase_add_test(tcase, one_that_is_in_time_is_not_killed);
	tcase_add_test(tcase, waiting_closes_its_standard_input);
	tcase_add_test(tcase, after_its_end_its_number_is_nobodys);
	tcase_add_test(tcase, killing_waits);
	tcase_add_test(tcase, freeing_kills);
	tcase_add_test(tcase, a_released_one_is_the_callers);
	tcase_add_test(tcase, a_pipe_is_lent_or_taken);
	return suite_run(suite, NEED_ROOT);
}
