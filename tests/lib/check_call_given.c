/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "calls.h"
#include "fixture.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <unistd.h>

#define NET NSMGR_MASK(NSMGR_NET)
#define UTS NSMGR_MASK(NSMGR_UTS)
#define PID NSMGR_MASK(NSMGR_PID)

struct surroundings {
	sigset_t blocked;
	int fd;
};

static volatile sig_atomic_t handled;

static void handle(int sig)
{
	(void)sig;
	handled = handled + 1;
}

static int look_around(void *data)
{
	const struct surroundings *expected = data;
	struct sigaction action;
	sigset_t blocked;

	if (sigprocmask(SIG_BLOCK, NULL, &blocked) < 0)
		return 1;
	for (int sig = 1; sig < 32; sig++)
		if (sigismember(&blocked, sig) != sigismember(&expected->blocked, sig))
			return 100 + sig;
	if (sigaction(SIGCHLD, NULL, &action) < 0 || action.sa_handler != handle)
		return 2;
	if (sigaction(SIGUSR1, NULL, &action) < 0 || action.sa_handler != handle)
		return 3;
	if (sigaction(SIGUSR2, NULL, &action) < 0 || action.sa_handler != SIG_IGN)
		return 4;
	if (raise(SIGUSR1) != 0 || handled != 1)
		return 5;
	return write(expected->fd, "seen", 4) == 4 ? 0 : 6;
}

START_TEST(it_has_the_callers_signals_and_descriptors)
{
	struct surroundings here;
	struct sigaction action = { .sa_handler = handle }, old[3];
	sigset_t block;
	char text[8];
	int fds[2];

	called_open(PID | UTS);
	sigemptyset(&block);
	sigaddset(&block, SIGALRM);
	sigprocmask(SIG_BLOCK, &block, NULL);
	sigprocmask(SIG_BLOCK, NULL, &here.blocked);
	sigaction(SIGCHLD, &action, &old[0]);
	sigaction(SIGUSR1, &action, &old[1]);
	sigaction(SIGUSR2, &(struct sigaction){ .sa_handler = SIG_IGN }, &old[2]);
	ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
	here.fd = fds[1];
	assert_call_gives(look_around, &here, 0);
	close(fds[1]);
	/* Whoever brought it there does not hold the pipe open either. */
	ck_assert_int_eq(read(fds[0], text, sizeof(text)), 4);
	ck_assert_int_eq(read(fds[0], text, sizeof(text)), 0);
	close(fds[0]);
	ck_assert_int_eq(handled, 0);
	sigaction(SIGCHLD, &old[0], NULL);
	sigaction(SIGUSR1, &old[1], NULL);
	sigaction(SIGUSR2, &old[2], NULL);
	sigprocmask(SIG_UNBLOCK, &block, NULL);
	called_drop();
}
END_TEST

static int close_pipe_and_wait(void *data)
{
	const int *fds = data;
	char go;

	close(fds[1]);
	return (int)read(fds[2], &go, 1);
}

static void *call_in_thread(void *data)
{
	struct nsmgr_status status;
	int r = nsmgr_call(called, NSMGR_MASK_ALL, close_pipe_and_wait, data, &status);

	return (void *)(intptr_t)(r < 0 ? r : status.code);
}

static int let_go_of_pipe(void *data)
{
	int fds[4];
	char byte;
	void *result;
	pthread_t thread;

	(void)data;
	CHILD_NEEDS(pipe2(fds, O_CLOEXEC) == 0 && pipe2(fds + 2, O_CLOEXEC) == 0);
	CHILD_NEEDS(pthread_create(&thread, NULL, call_in_thread, fds) == 0);
	/* At the end when the function, which waits for the second pipe, has let go of it too, and its helper. */
	close(fds[1]);
	CHILD_NEEDS(read(fds[0], &byte, 1) == 0);
	CHILD_NEEDS(write(fds[3], "g", 1) == 1);
	CHILD_NEEDS(pthread_join(thread, &result) == 0 && (intptr_t)result == 1);
	return 0;
}

START_TEST(the_helper_holds_no_descriptor)
{
	called_open(UTS);
	ck_assert_child(let_go_of_pipe, NULL);
	called_drop();
}
END_TEST

/* Leaves a process running, which lives as long as we keep the other end of a pipe. */
static int leave_somebody(void *data)
{
	const int *fds = data;
	char byte;
	pid_t pid = fork();

	if (pid != 0)
		return pid < 0;
	close(fds[1]);
	_exit((int)read(fds[0], &byte, 1));
}

START_TEST(what_it_leaves_does_not_hold_the_set)
{
	int fds[2], lock;

	set_make("web", PID);
	ck_assert_int_eq(nsmgr_set_open(fixture.ctx, "web", NSMGR_MASK_ALL, NSMGR_OPEN_HOLD, &called), 0);
	ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
	assert_call_gives(leave_somebody, fds, 0);
	lock = open(in_root(".lock"), O_RDWR | O_CLOEXEC);
	ck_assert_int_eq(flock(lock, LOCK_EX | LOCK_NB), -1);
	nsmgr_set_close(called);
	called = NULL;
	ck_assert_int_eq(flock(lock, LOCK_EX | LOCK_NB), 0);
	close(lock);
	close(fds[0]);
	close(fds[1]);
	set_drop("web");
}
END_TEST

static int is_dumpable(void *data)
{
	(void)data;
	return prctl(PR_GET_DUMPABLE);
}

/* Nobody inside shall read the caller's memory in it (CVE-2016-9962). */
START_TEST(nobody_inside_may_trace_it)
{
	called_open(PID | NET);
	assert_call_gives(is_dumpable, NULL, 0);
	nsmgr_set_close(called);
	ck_assert_int_eq(nsmgr_set_open(fixture.ctx, "web", NET, 0, &called), 0);
	assert_call_gives(is_dumpable, NULL, 1);
	called_drop();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("call_given");
	TCase *tcase = suite_case(suite, "call_given");

	tcase_add_test(tcase, it_has_the_callers_signals_and_descriptors);
	tcase_add_test(tcase, the_helper_holds_no_descriptor);
	tcase_add_test(tcase, what_it_leaves_does_not_hold_the_set);
	tcase_add_test(tcase, nobody_inside_may_trace_it);
	return suite_run(suite, NEED_ROOT);
}
