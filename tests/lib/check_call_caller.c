/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "calls.h"
#include "fixture.h"

#include "base/fd.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define UTS NSMGR_MASK(NSMGR_UTS)
#define PID NSMGR_MASK(NSMGR_PID)

static volatile sig_atomic_t handled;

static void handle(int sig)
{
	(void)sig;
	handled = handled + 1;
}

static int call_with_handler(void *data)
{
	struct sigaction action = { .sa_handler = data };
	struct nsmgr_status status;

	handled = 0;
	CHILD_NEEDS(sigaction(SIGCHLD, &action, NULL) == 0);
	for (int i = 0; i < 20; i++) {
		CHILD_NEEDS(nsmgr_call(called, NSMGR_MASK_ALL, give, &i, &status) == 0 && status.code == i);
		CHILD_NEEDS(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD && has_no_children());
	}
	CHILD_NEEDS(handled == 0);
	CHILD_NEEDS(sigaction(SIGCHLD, NULL, &action) == 0 && action.sa_handler == data);
	return 0;
}

START_TEST(the_caller_sees_no_child)
{
	called_open(PID | UTS);
	ck_assert_child(call_with_handler, (void *)(uintptr_t)handle);
	ck_assert_child(call_with_handler, (void *)(uintptr_t)SIG_IGN);
	ck_assert_child(call_with_handler, (void *)(uintptr_t)SIG_DFL);
	called_drop();
}
END_TEST

struct interruption {
	pid_t caller;
	int go;
};

/* Runs beside a caller that waits: its handler has to run at once. */
static int signal_caller(void *data)
{
	const struct interruption *interruption = data;
	char byte;

	kill(interruption->caller, SIGUSR1);
	return read(interruption->go, &byte, 1) == 1 ? 8 : 9;
}

static int pipe_for_handler;

static void write_from_handler(int sig)
{
	handle(sig);
	(void)!write(pipe_for_handler, "h", 1);
}

START_TEST(a_handler_of_the_callers_runs_meanwhile)
{
	struct sigaction action = { .sa_handler = write_from_handler }, old;
	struct interruption interruption = { .caller = getpid() };
	int fds[2];

	called_open(UTS);
	ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
	interruption.go = fds[0];
	pipe_for_handler = fds[1];
	handled = 0;
	sigaction(SIGUSR1, &action, &old); /* without SA_RESTART */
	assert_call_gives(signal_caller, &interruption, 8);
	sigaction(SIGUSR1, &old, NULL);
	ck_assert_int_eq(handled, 1);
	close(fds[0]);
	close(fds[1]);
	called_drop();
}
END_TEST

static int kill_helper(void *data)
{
	char status[2048];
	const char *parent;

	(void)data;
	if (nsm_read_text_at(AT_FDCWD, "/proc/self/status", status, sizeof(status)) < 0)
		return 1;
	parent = strstr(status, "PPid:");
	kill((pid_t)strtol(parent + 5, NULL, 10), SIGKILL);
	return 2;
}

START_TEST(a_killed_helper_is_no_result)
{
	struct nsmgr_status status = { 4, 5, false };

	called_open(UTS);
	ck_assert_int_eq(nsmgr_call(called, NSMGR_MASK_ALL, kill_helper, NULL, &status), -ECHILD);
	assert_failure(ECHILD, "call", NSMGR_TYPE_NONE);
	ck_assert(status.code == 4 && status.signal == 5);
	called_drop();
}
END_TEST

struct survivor {
	int caller, ready, done;
};

/* Goes on after its caller was killed, and says so; then both processes end. */
static int outlive(void *data)
{
	const struct survivor *survivor = data;
	char byte;

	if (write(survivor->ready, "r", 1) != 1 || read(survivor->caller, &byte, 1) != 0)
		return 1;
	return write(survivor->done, "d", 1) == 1 ? 0 : 2;
}

START_TEST(the_function_runs_on_without_its_caller)
{
	int life[2], ready[2], done[2];
	char byte;
	pid_t pid;

	called_open(UTS);
	ck_assert(pipe2(life, O_CLOEXEC) == 0 && pipe2(ready, O_CLOEXEC) == 0 && pipe2(done, O_CLOEXEC) == 0);
	pid = fork();
	if (pid == 0) {
		struct survivor survivor = { life[0], ready[1], done[1] };
		struct nsmgr_status status;

		close(life[1]);
		_exit(nsmgr_call(called, NSMGR_MASK_ALL, outlive, &survivor, &status) < 0);
	}
	close(ready[1]);
	close(done[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	close(life[1]);
	ck_assert_int_eq(read(done[0], &byte, 1), 1);
	/* The end: nobody has it any more. */
	ck_assert_int_eq(read(done[0], &byte, 1), 0);
	close(life[0]);
	close(ready[0]);
	close(done[0]);
	called_drop();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("call_caller");
	TCase *tcase = suite_case(suite, "call_caller");

	tcase_add_test(tcase, the_caller_sees_no_child);
	tcase_add_test(tcase, a_handler_of_the_callers_runs_meanwhile);
	tcase_add_test(tcase, a_killed_helper_is_no_result);
	tcase_add_test(tcase, the_function_runs_on_without_its_caller);
	return suite_run(suite, NEED_ROOT);
}
