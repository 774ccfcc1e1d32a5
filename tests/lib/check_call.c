/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "calls.h"
#include "fixture.h"

#include "base/macro.h"

#include <limits.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define UTS NSMGR_MASK(NSMGR_UTS)

static int leave(void *data)
{
	_exit(*(int *)data);
}

START_TEST(the_whole_int_comes_back)
{
	static const int results[] = { 0, 1, 7, 255, 256, 65536, 1234567, INT_MAX, -1, -22, INT_MIN };

	called_open(UTS);
	for (size_t i = 0; i < NSM_ARRAY_SIZE(results); i++)
		assert_call_gives(give, &(int){ results[i] }, results[i]);
	called_drop();
}
END_TEST

START_TEST(an_exit_is_a_result)
{
	called_open(UTS);
	for (int code = 0; code < 256; code += 17)
		assert_call_gives(leave, &code, code);
	assert_call_gives(leave, &(int){ 256 + 3 }, 3);
	called_drop();
}
END_TEST

static int be_killed(void *data)
{
	kill(getpid(), *(int *)data);
	return 1;
}

static int raise_it(void *data)
{
	raise(*(int *)data);
	return 1;
}

static int crash(void *data)
{
	volatile int *nowhere = (volatile int *)(uintptr_t)4096; /* below what anybody may map */

	(void)data;
	signal(SIGSEGV, SIG_DFL);
	return *nowhere;
}

static void assert_signal(nsmgr_call_fn *function, void *data, int signal)
{
	struct nsmgr_status status = call_it(function, data);

	ck_assert_int_eq(status.signal, signal);
	ck_assert_int_eq(status.code, 0);
}

START_TEST(a_signal_that_ended_it_is_told)
{
	static const int signals[] = { SIGKILL, SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGPIPE, SIGALRM };

	/* Check has handlers for these. */
	static const int checks[] = { SIGTERM, SIGINT, SIGALRM };
	struct sigaction action = { .sa_handler = SIG_DFL }, old[NSM_ARRAY_SIZE(checks)];

	for (size_t i = 0; i < NSM_ARRAY_SIZE(checks); i++)
		sigaction(checks[i], &action, &old[i]);
	called_open(UTS);
	for (size_t i = 0; i < NSM_ARRAY_SIZE(signals); i++) {
		assert_signal(be_killed, &(int){ signals[i] }, signals[i]);
		assert_signal(raise_it, &(int){ signals[i] }, signals[i]);
	}
	assert_signal(abort_it, NULL, SIGABRT);
	assert_signal(crash, NULL, SIGSEGV);
	for (size_t i = 0; i < NSM_ARRAY_SIZE(checks); i++)
		sigaction(checks[i], &old[i], NULL);
	called_drop();
}
END_TEST

static int abort_from_thread_of_all(void *data)
{
	struct nsmgr_status status;

	(void)data;
	CHILD_NEEDS(nsmgr_call(called, NSMGR_MASK_ALL, abort_it, NULL, &status) == 0);
	CHILD_NEEDS(status.signal == SIGABRT && status.code == 0);
	CHILD_NEEDS(nsmgr_call(called, NSMGR_MASK_ALL, raise_it, &(int){ SIGUSR2 }, &status) == 0);
	CHILD_NEEDS(status.signal == SIGUSR2);
	return 0;
}

/* There its number is another than here, and so is what the C library takes it for. */
START_TEST(raise_works_in_a_pid_namespace)
{
	called_open(NSMGR_MASK_ALL);
	ck_assert_child(abort_from_thread_of_all, NULL);
	called_drop();
}
END_TEST

static int come_back_twice(void *data)
{
	pid_t pid = fork();

	(void)data;
	if (pid == 0)
		return 99;
	return waitpid(pid, NULL, 0) == pid ? 5 : 6;
}

START_TEST(a_child_of_the_functions_speaks_for_itself)
{
	called_open(UTS);
	assert_call_gives(come_back_twice, NULL, 5);
	called_drop();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("call");
	TCase *tcase = suite_case(suite, "call");

	tcase_add_test(tcase, the_whole_int_comes_back);
	tcase_add_test(tcase, an_exit_is_a_result);
	tcase_add_test(tcase, a_signal_that_ended_it_is_told);
	tcase_add_test(tcase, raise_works_in_a_pid_namespace);
	tcase_add_test(tcase, a_child_of_the_functions_speaks_for_itself);
	return suite_run(suite, NEED_ROOT);
}
