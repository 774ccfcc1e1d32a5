/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"
#include "fixture.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct timespec blink = { .tv_nsec = 1000000 };
static const struct timespec ages = { .tv_sec = 1000000000 };

/* ---- Others who wait ---- */

static bool is_remembered(void)
{
	struct nsmgr_child *child = start_shell(NULL, "exit 0");
	bool is;

	ck_assert_int_eq(waitpid(nsmgr_child_pid(child), NULL, 0), nsmgr_child_pid(child));
	is = nsmgr_child_wait(child, NULL, NULL) == 0;
	nsmgr_child_free(child);
	return is;
}

START_TEST(one_that_somebody_else_has_reaped_is_known_where_the_kernel_knows)
{
	struct nsmgr_status status = { 0 };
	bool known = is_remembered();
	struct nsmgr_child *child;

	for (int i = 0; i < 2; i++) {
		child = start_shell(NULL, i ? "kill -USR1 $$" : "exit 42");
		ck_assert_int_eq(waitpid(-1, NULL, 0), nsmgr_child_pid(child));
		for (int again = 0; again < 2; again++) {
			ck_assert_int_eq(nsmgr_child_wait(child, again ? &blink : NULL, &status), known ? 0 : -ECHILD);
			ck_assert(!known || (i ? status.signal == SIGUSR1 : status.code == 42));
		}
		ck_assert_ptr_null(nsmgr_child_usage(child));
		ck_assert_int_eq(nsmgr_child_signal(child, SIGTERM), -ESRCH);
		nsmgr_child_free(child);
	}
	/* And one that was not waited for at all by us. */
	child = start_shell(NULL, "exit 1");
	ck_assert_int_eq(waitpid(-1, NULL, 0), nsmgr_child_pid(child));
	ck_assert_int_eq(nsmgr_child_signal(child, SIGTERM), -ESRCH);
	ck_assert_int_eq(nsmgr_child_kill(child), 0);
	nsmgr_child_free(child);
}
END_TEST

START_TEST(an_ignored_sigchld_takes_nothing_away)
{
	struct sigaction old;
	struct nsmgr_status status = { 0 };
	bool known = is_remembered();
	struct nsmgr_child *child;

	sigaction(SIGCHLD, &(struct sigaction){ .sa_handler = SIG_IGN }, &old);
	child = start_shell(NULL, "exit 9");
	ck_assert_int_eq(nsmgr_child_wait(child, NULL, &status), known ? 0 : -ECHILD);
	ck_assert(!known || status.code == 9);
	nsmgr_child_free(child);
	/* Nor does it disturb a start that fails. */
	assert_start_fails(NULL, "/no/such/program", ENOENT, "exec", NSMGR_TYPE_NONE);
	sigaction(SIGCHLD, &old, NULL);
}
END_TEST

static volatile sig_atomic_t told;

static void count(int signal)
{
	(void)signal;
	told++;
}

/* Each interrupted call is taken up again. */
START_TEST(handlers_of_the_caller_do_not_disturb_a_wait)
{
	struct sigaction old;
	struct nsmgr_status status;
	struct nsmgr_child *child;
	char line[64];

	told = 0;
	sigaction(SIGUSR1, &(struct sigaction){ .sa_handler = count }, &old);
	snprintf(line, sizeof(line), "for i in 1 2 3 4 5 6 7 8; do kill -USR1 %d; done; exit 5", (int)getpid());
	for (int i = 0; i < 2; i++) {
		child = start_shell(NULL, line);
		ck_assert_int_eq(nsmgr_child_wait(child, i ? &ages : NULL, &status), 0);
		ck_assert_int_eq(status.code, 5);
		nsmgr_child_free(child);
	}
	ck_assert_int_gt(told, 0);
	sigaction(SIGUSR1, &old, NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("child_reaped");
	TCase *tcase = suite_case(suite, "child_reaped");

	tcase_add_checked_fixture(tcase, command_make, command_drop);
	tcase_add_test(tcase, one_that_somebody_else_has_reaped_is_known_where_the_kernel_knows);
	tcase_add_test(tcase, an_ignored_sigchld_takes_nothing_away);
	tcase_add_test(tcase, handlers_of_the_caller_do_not_disturb_a_wait);
	return suite_run(suite, NEED_ROOT);
}
