/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"
#include "fixture.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>

/* A filter that gives `verdict` to one call, and allows all others. */
struct program {
	struct sock_filter code[4];
};

static struct program program_of(unsigned call, unsigned verdict)
{
	return (struct program){ {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, verdict),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	} };
}

static void add(unsigned call, unsigned verdict)
{
	struct program program = program_of(call, verdict);

	ck_assert_int_eq(nsmgr_command_seccomp(command, program.code, sizeof(program.code), 0), 0);
	/* It is a copy. */
	memset(&program, 0, sizeof(program));
}

START_TEST(a_filter_is_what_the_command_lives_under)
{
	struct nsmgr_set *set = NULL;

	if (_i == 1) {
		set_make("web", NSMGR_MASK(NSMGR_USER) | NSMGR_MASK(NSMGR_PID) | NSMGR_MASK(NSMGR_MNT));
		set = set_open("web");
	}
	add(SYS_chdir, SECCOMP_RET_ERRNO | EXDEV);
	ck_assert_int_eq(status_of(start_shell(set, "cd /tmp 2>/dev/null && exit 9; umask 0; exit 8")), 8);
	ck_assert_int_eq(status_of(start_shell(set, "grep -q 'NoNewPrivs:.1' /proc/self/status")), 0);
	ck_assert_int_eq(status_of(start_shell(set, "grep -q 'Seccomp_filters:.1$' /proc/self/status")), 0);
	/* Another one as well. */
	add(SYS_umask, SECCOMP_RET_KILL_PROCESS);
	ck_assert_int_eq(status_of(start_shell(set, "cd /tmp 2>/dev/null && exit 9; exit 8")), 8);
	ck_assert_int_eq(status_of(start_shell(set, "umask 0")), -SIGSYS);
	ck_assert_int_eq(nsmgr_command_seccomp(command, NULL, 0, 0), 0);
	ck_assert_int_eq(status_of(start_shell(set, "cd /tmp && umask 0")), 0);
	nsmgr_set_close(set);
	if (set)
		set_drop("web");
}
END_TEST

/* What we do ourselves before the execve is none of the filter's business. */
START_TEST(nothing_but_the_execve_has_to_be_allowed)
{
	static const unsigned calls[] = { SYS_prctl, 436 /* close_range */, SYS_setsid, SYS_rt_sigaction, SYS_rt_sigprocmask,
					  SYS_getppid, SYS_setresuid, SYS_sendmsg, SYS_kill };

	nsmgr_command_new_session(command);
	nsmgr_command_parent_death(command, SIGKILL);
	nsmgr_command_signal(command, SIGUSR1, SIG_IGN);
	ck_assert_int_eq(nsmgr_command_ids(command, 1, 1, NULL, 0), 0);
	ck_assert_int_eq(nsmgr_command_env(command, "PATH=/usr/bin:/bin"), 0);
	add(calls[_i], SECCOMP_RET_KILL_PROCESS);
	ck_assert_int_eq(status_of(start(NULL, (const char *const[]){ "/bin/true", NULL })), 0);
	assert_start_fails(NULL, "/no/such/program", ENOENT, "exec", NSMGR_TYPE_NONE);
	assert_start_fails(NULL, "nosuchprogram", ENOENT, "exec", NSMGR_TYPE_NONE);
	assert_start_fails(NULL, "/etc/passwd", EACCES, "exec", NSMGR_TYPE_NONE);
}
END_TEST

START_TEST(what_cannot_be_loaded_is_a_failure)
{
	struct program program = program_of(SYS_chdir, SECCOMP_RET_ALLOW);

	/* Its end is missing. */
	ck_assert_int_eq(nsmgr_command_seccomp(command, program.code, 2 * sizeof(program.code[0]), 0), 0);
	assert_start_fails(NULL, "true", EINVAL, "seccomp", NSMGR_TYPE_NONE);
	ck_assert_int_eq(nsmgr_command_seccomp(command, NULL, 0, 0), 0);
	add(SYS_seccomp, SECCOMP_RET_ERRNO | EPERM);
	ck_assert_int_eq(status_of(start_shell(NULL, "exit 7")), 7);
	add(SYS_chdir, SECCOMP_RET_ERRNO | EPERM);
	assert_start_fails(NULL, "true", EPERM, "seccomp", NSMGR_TYPE_NONE);
	ck_assert_ptr_nonnull(strstr(nsmgr_get_failure(fixture.ctx)->text, "forbids seccomp(2)"));
	ck_assert_int_eq(nsmgr_command_seccomp(command, NULL, 0, 0), 0);
	add(SYS_execve, SECCOMP_RET_ERRNO | EPERM);
	assert_start_fails(NULL, "true", EPERM, "exec", NSMGR_TYPE_NONE);
}
END_TEST

START_TEST(nonsense_is_refused)
{
	static struct sock_filter long_one[4097];
	struct program program = program_of(SYS_chdir, SECCOMP_RET_ALLOW);

	ck_assert_int_eq(nsmgr_command_seccomp(command, program.code, 0, 0), -EINVAL);
	ck_assert_int_eq(nsmgr_command_seccomp(command, program.code, 12, 0), -EINVAL);
	ck_assert_int_eq(nsmgr_command_seccomp(command, program.code, sizeof(program.code), 1), -EINVAL);
	ck_assert_int_eq(nsmgr_command_seccomp(command, program.code, sizeof(program.code), 8), -EINVAL);
	ck_assert_int_eq(nsmgr_command_seccomp(command, long_one, sizeof(long_one), 0), -E2BIG);
	ck_assert_str_eq(nsmgr_get_failure(fixture.ctx)->step, "seccomp");
	for (int i = 0; i < 16; i++)
		ck_assert_int_eq(nsmgr_command_seccomp(command, program.code, sizeof(program.code),
						       NSMGR_SECCOMP_LOG | NSMGR_SECCOMP_SPEC_ALLOW), 0);
	ck_assert_int_eq(nsmgr_command_seccomp(command, program.code, sizeof(program.code), 0), -E2BIG);
	ck_assert_int_eq(status_of(start_shell(NULL, "grep -q 'Seccomp_filters:.16$' /proc/self/status")), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("seccomp");
	TCase *tcase = suite_case(suite, "seccomp");

	tcase_add_checked_fixture(tcase, command_make, command_drop);
	tcase_add_loop_test(tcase, a_filter_is_what_the_command_lives_under, 0, 2);
	add_loop_test_needing(NEED_IDS, tcase, nothing_but_the_execve_has_to_be_allowed, 0, 9);
	tcase_add_test(tcase, what_cannot_be_loaded_is_a_failure);
	tcase_add_test(tcase, nonsense_is_refused);
	return suite_run(suite, NEED_ROOT);
}
