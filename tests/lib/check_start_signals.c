/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"
#include "fixture.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A line of its /proc/PID/status, from a program that touches no signal itself, as shells do. */
static uint64_t mask_of(const char *name)
{
	struct nsmgr_output output;
	struct nsmgr_child *child;
	const char *line;
	uint64_t mask;

	ck_assert_int_eq(nsmgr_command_stdio(command, 1, NSMGR_STDIO_PIPE), 0);
	child = start(NULL, (const char *const[]){ "cat", "/proc/self/status", NULL });
	ck_assert_int_eq(nsmgr_child_output(child, NULL, SIZE_MAX, &output, NULL), 0);
	line = strstr(output.out, name);
	ck_assert_ptr_nonnull(line);
	mask = strtoull(line + strlen(name) + 1, NULL, 16);
	nsmgr_output_clear(&output);
	nsmgr_child_free(child);
	return mask;
}

static void nothing(int signal)
{
	(void)signal;
}

START_TEST(the_mask_is_that_of_the_thread_or_the_one_asked_for)
{
	sigset_t mask, old;

	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR1);
	sigaddset(&mask, SIGRTMAX);
	pthread_sigmask(SIG_SETMASK, &mask, &old);
	ck_assert_uint_eq(mask_of("SigBlk"), NSMGR_SIGNAL(SIGUSR1) | NSMGR_SIGNAL(SIGRTMAX));
	nsmgr_command_signal_mask(command, NSMGR_SIGNAL(SIGTERM) | NSMGR_SIGNAL(SIGKILL) | NSMGR_SIGNAL(33));
	/* KILL cannot be blocked by anybody. */
	ck_assert_uint_eq(mask_of("SigBlk"), NSMGR_SIGNAL(SIGTERM) | NSMGR_SIGNAL(33));
	nsmgr_command_signal_mask(command, 0);
	ck_assert_uint_eq(mask_of("SigBlk"), 0);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}
END_TEST

START_TEST(dispositions_are_the_callers_but_for_handlers_and_what_is_asked_for)
{
	struct sigaction usr1, usr2;
	uint64_t all = ~(NSMGR_SIGNAL(SIGKILL) | NSMGR_SIGNAL(SIGSTOP)), before = mask_of("SigIgn");

	sigaction(SIGUSR1, &(struct sigaction){ .sa_handler = SIG_IGN }, &usr1);
	sigaction(SIGUSR2, &(struct sigaction){ .sa_handler = nothing }, &usr2);
	ck_assert_uint_eq(mask_of("SigIgn"), before | NSMGR_SIGNAL(SIGUSR1));
	ck_assert_int_eq(nsmgr_command_signal(command, SIGUSR1, SIG_DFL), 0);
	ck_assert_int_eq(nsmgr_command_signal(command, SIGHUP, SIG_IGN), 0);
	ck_assert_int_eq(nsmgr_command_signal(command, SIGRTMAX, SIG_IGN), 0);
	ck_assert_uint_eq(mask_of("SigIgn"), before | NSMGR_SIGNAL(SIGHUP) | NSMGR_SIGNAL(SIGRTMAX));
	ck_assert_int_eq(nsmgr_command_signal(command, 0, SIG_IGN), 0);
	ck_assert_uint_eq(mask_of("SigIgn"), all);
	ck_assert_int_eq(nsmgr_command_signal(command, 0, SIG_DFL), 0);
	ck_assert_int_eq(nsmgr_command_signal(command, SIGPIPE, SIG_IGN), 0);
	ck_assert_uint_eq(mask_of("SigIgn"), NSMGR_SIGNAL(SIGPIPE));
	sigaction(SIGUSR1, &usr1, NULL);
	sigaction(SIGUSR2, &usr2, NULL);
}
END_TEST

START_TEST(dispositions_that_cannot_be_are_refused)
{
	ck_assert_int_eq(nsmgr_command_signal(command, SIGKILL, SIG_IGN), -EINVAL);
	ck_assert_int_eq(nsmgr_command_signal(command, SIGSTOP, SIG_DFL), -EINVAL);
	ck_assert_int_eq(nsmgr_command_signal(command, -1, SIG_DFL), -EINVAL);
	ck_assert_int_eq(nsmgr_command_signal(command, 65, SIG_DFL), -EINVAL);
	ck_assert_int_eq(nsmgr_command_signal(command, SIGTERM, nothing), -EINVAL);
	ck_assert_int_eq(nsmgr_command_process_group(command, -1), -EINVAL);
}
END_TEST

/* What comes while the child is on its way, and is for the program, runs no handler there. */
static volatile sig_atomic_t handled_by;

static void remember(int signal)
{
	(void)signal;
	handled_by = getpid();
}

/* Unblocked by now, and not ours to handle. */
static int signal_ourselves(void *data)
{
	sigset_t mask;

	(void)data;
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	kill(getpid(), SIGURG);
	return sigismember(&mask, SIGURG) || handled_by ? -EIO : 0;
}

START_TEST(a_handler_of_the_callers_never_runs_in_the_child)
{
	struct sigaction old;

	handled_by = 0;
	sigaction(SIGURG, &(struct sigaction){ .sa_handler = remember }, &old);
	nsmgr_command_hook(command, signal_ourselves, NULL);
	ck_assert_int_eq(status_of(start_shell(NULL, "exit 0")), 0);
	ck_assert_int_eq(handled_by, 0);
	sigaction(SIGURG, &old, NULL);
}
END_TEST

/* ---- Jobs ---- */

static const char jobs[] = "exec cut -d' ' -f1,5,6 /proc/self/stat";

START_TEST(a_session_or_a_group_of_its_own)
{
	int pid, group, session;

	ck_assert_int_eq(sscanf(output_of(NULL, jobs), "%d %d %d", &pid, &group, &session), 3);
	ck_assert(group == getpgrp() && session == getsid(0));
	ck_assert_int_eq(nsmgr_command_process_group(command, 0), 0);
	ck_assert_int_eq(sscanf(output_of(NULL, jobs), "%d %d %d", &pid, &group, &session), 3);
	ck_assert(group == pid && session == getsid(0));
	nsmgr_command_new_session(command);
	ck_assert_int_eq(sscanf(output_of(NULL, jobs), "%d %d %d", &pid, &group, &session), 3);
	ck_assert(group == pid && session == pid);
}
END_TEST

static int join_a_group(void *data)
{
	const char *const argv[] = { "sleep", "1000", NULL };
	struct nsmgr_set *set;
	struct nsmgr_child *first, *second, *third;

	(void)data;
	CHILD_NEEDS(nsmgr_set_open(fixture.ctx, "web", NSMGR_MASK_ALL, 0, &set) == 0);
	CHILD_NEEDS(nsmgr_command_process_group(command, 0) == 0);
	CHILD_NEEDS(nsmgr_command_start(command, NULL, argv, &first) == 0);
	CHILD_NEEDS(nsmgr_command_process_group(command, nsmgr_child_pid(first)) == 0);
	CHILD_NEEDS(nsmgr_command_start(command, NULL, argv, &second) == 0);
	/* The number is the caller's, where the command has another one for it or none. */
	CHILD_NEEDS(nsmgr_command_start(command, set, argv, &third) == 0);
	CHILD_NEEDS(getpgid(nsmgr_child_pid(second)) == nsmgr_child_pid(first));
	CHILD_NEEDS(getpgid(nsmgr_child_pid(third)) == nsmgr_child_pid(first));
	nsmgr_child_free(third);
	nsmgr_child_free(second);
	nsmgr_child_free(first);
	CHILD_NEEDS(nsmgr_command_start(command, NULL, argv, &first) == -EPERM);
	CHILD_NEEDS(strcmp(nsmgr_get_failure(fixture.ctx)->step, "process group") == 0);
	CHILD_NEEDS(nsmgr_command_start(command, set, argv, &first) == -EPERM);
	CHILD_NEEDS(has_no_children());
	nsmgr_set_close(set);
	return 0;
}

START_TEST(a_group_of_somebody_elses_is_joined)
{
	set_make("web", NSMGR_MASK(NSMGR_PID));
	ck_assert_child(join_a_group, NULL);
	set_drop("web");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("start_signals");
	TCase *tcase = suite_case(suite, "start_signals");

	tcase_add_checked_fixture(tcase, command_make, command_drop);
	tcase_add_test(tcase, the_mask_is_that_of_the_thread_or_the_one_asked_for);
	tcase_add_test(tcase, dispositions_are_the_callers_but_for_handlers_and_what_is_asked_for);
	tcase_add_test(tcase, dispositions_that_cannot_be_are_refused);
	tcase_add_test(tcase, a_handler_of_the_callers_never_runs_in_the_child);
	tcase_add_test(tcase, a_session_or_a_group_of_its_own);
	tcase_add_test(tcase, a_group_of_somebody_elses_is_joined);
	return suite_run(suite, NEED_ROOT);
}
