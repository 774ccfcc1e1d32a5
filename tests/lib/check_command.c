/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"
#include "fixture.h"

#include "lib/command.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char output[8192];

static int run(void *data)
{
	nsmgr_command_exec(command, data);
	return 125;
}

/* Runs a line of shell by the command as it was configured, and gives what it printed. */
static const char *shell(const char *line)
{
	const char *argv[] = { "/bin/sh", "-c", line, NULL };

	ck_assert_int_eq(child_output(run, argv, output, sizeof(output)), 0);
	return output;
}

/* ---- environment ---- */

START_TEST(the_environment_is_the_callers_with_the_changes_in_order)
{
	setenv("KEPT", "kept", 1);
	setenv("GONE", "gone", 1);
	ck_assert_int_eq(nsmgr_command_env(command, "NEW=a=b"), 0);
	ck_assert_int_eq(nsmgr_command_env(command, "-GONE"), 0);
	ck_assert_int_eq(nsmgr_command_env(command, "TWICE=1"), 0);
	ck_assert_int_eq(nsmgr_command_env(command, "TWICE=2"), 0);
	ck_assert_int_eq(nsmgr_command_env(command, "-NEVER_SET"), 0);
	ck_assert_str_eq(shell("echo $KEPT/$NEW/${GONE-none}/$TWICE"), "kept/a=b/none/2\n");
	unsetenv("KEPT");
	unsetenv("GONE");
}
END_TEST

START_TEST(a_cleared_environment_has_only_what_was_given_or_imported)
{
	const char *argv[] = { "/usr/bin/env", NULL };

	setenv("IMPORTED", "x", 1);
	setenv("OTHER", "y", 1);
	nsmgr_command_clear_env(command);
	ck_assert_int_eq(nsmgr_command_env(command, "IMPORTED"), 0);
	ck_assert_int_eq(nsmgr_command_env(command, "NOT_THERE"), 0);
	ck_assert_int_eq(nsmgr_command_env(command, "A="), 0);
	ck_assert_int_eq(child_output(run, argv, output, sizeof(output)), 0);
	ck_assert_str_eq(output, "IMPORTED=x\nA=\n");
	unsetenv("IMPORTED");
	unsetenv("OTHER");
}
END_TEST

START_TEST(there_is_no_limit_to_the_changes)
{
	for (int i = 0; i < 1000; i++)
		ck_assert_int_eq(nsmgr_command_env(command, i % 2 ? "A=b" : "-A"), 0);
	ck_assert_int_eq(nsmgr_command_env(command, "LAST=c"), 0);
	ck_assert_str_eq(shell("echo $A$LAST"), "bc\n");
}
END_TEST

START_TEST(bad_changes_are_refused)
{
	static const char *const bad[] = { "", "=", "=x", "-", "-A=b", "-=" };

	for (size_t i = 0; i < NSM_ARRAY_SIZE(bad); i++)
		ck_assert_int_eq(nsmgr_command_env(command, bad[i]), -EINVAL);
}
END_TEST

extern char **environ;

static int unset_doubled(void *data)
{
	static char first[] = "LD_PRELOAD=one", second[] = "LD_PRELOAD=two", other[] = "X=y";
	static char *doubled[] = { first, other, second, NULL };
	nsm_autofree char **built = NULL;

	(void)data;
	environ = doubled;
	CHILD_NEEDS(nsmgr_command_env(command, "-LD_PRELOAD") == 0);
	CHILD_NEEDS(nsm_environment_build(command, &built) == 0);
	for (char **entry = built; *entry; entry++)
		CHILD_NEEDS(strncmp(*entry, "LD_PRELOAD", 10) != 0);
	return 0;
}

START_TEST(a_variable_that_is_there_twice_is_unset_twice)
{
	ck_assert_child(unset_doubled, NULL);
}
END_TEST

/* ---- descriptors ---- */

static int run_with_descriptors(void *data)
{
	for (int fd = 20; fd < 30; fd++)
		CHILD_NEEDS(dup2(0, fd) == fd);
	CHILD_NEEDS(fcntl(25, F_SETFD, FD_CLOEXEC) == 0);
	CHILD_NEEDS(nsmgr_command_preserve_fd(command, 27) == 0);
	CHILD_NEEDS(nsmgr_command_preserve_fd(command, 25) == 0);
	CHILD_NEEDS(nsmgr_command_preserve_fd(command, 25) == 0);
	CHILD_NEEDS(nsmgr_command_preserve_fd(command, 1) == 0);
	return run(data);
}

/* LESSONS security 3 and 18: nothing above 2 but what was asked for. */
START_TEST(exactly_the_chosen_descriptors_stay_open)
{
	const char *line = "for fd in $(seq 0 40); do test -e /proc/$$/fd/$fd && echo $fd; done; true";
	const char *argv[] = { "/bin/sh", "-c", line, NULL };

	ck_assert_int_eq(child_output(run_with_descriptors, argv, output, sizeof(output)), 0);
	ck_assert_str_eq(output, "0\n1\n2\n25\n27\n");
}
END_TEST

START_TEST(a_descriptor_that_is_not_open_cannot_be_kept)
{
	ck_assert_int_eq(nsmgr_command_preserve_fd(command, 900), -EBADF);
	ck_assert_int_eq(nsmgr_command_preserve_fd(command, -1), -EBADF);
}
END_TEST

/* ---- the program ---- */

static int exec_result(void *data)
{
	return -nsmgr_command_exec(command, data);
}

static int exit_of(const char *const argv[])
{
	int status = child_status(exec_result, (void *)(uintptr_t)argv);

	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

START_TEST(a_program_that_is_missing_is_told_from_one_that_cannot_run)
{
	put_text(in_dir("plain"), "#!/bin/sh\nexit 0\n");
	ck_assert_int_eq(exit_of((const char *const[]){ "no-such-program", NULL }), ENOENT);
	ck_assert_int_eq(exit_of((const char *const[]){ "", NULL }), ENOENT);
	ck_assert_int_eq(exit_of((const char *const[]){ "/no/such/program", NULL }), ENOENT);
	ck_assert_int_eq(exit_of((const char *const[]){ in_dir("plain"), NULL }), EACCES);
	ck_assert_int_eq(exit_of((const char *const[]){ "/", NULL }), EACCES);
	ck_assert_int_eq(exit_of((const char *const[]){ "true", NULL }), 0);
	/* Looked up in the PATH that the command gets. */
	ck_assert_int_eq(nsmgr_command_env(command, "PATH=/nowhere"), 0);
	ck_assert_int_eq(exit_of((const char *const[]){ "true", NULL }), ENOENT);
}
END_TEST

START_TEST(attributes_are_those_asked_for)
{
	nsmgr_command_no_new_privs(command);
	nsmgr_command_new_session(command);
	shell("grep NoNewPrivs /proc/self/status; test $(ps -o sid= -p $$) = $$ && echo session");
	ck_assert_str_eq(output, "NoNewPrivs:\t1\nsession\n");
}
END_TEST

static int note(void *data)
{
	(void)data;
	return write(8, "hook\n", 5) == 5 ? 0 : -EIO;
}

static int run_with_all(void *data)
{
	CHILD_NEEDS(dup2(0, 8) == 8 && dup2(1, 9) == 9);
	CHILD_NEEDS(nsmgr_command_give_fd(command, 8, 9) == 0);
	CHILD_NEEDS(nsmgr_command_give_fd(command, 9, 8) == 0);
	return run(data);
}

/* The steps are those of a command that is started: check_start*.c. */
START_TEST(what_can_be_asked_of_a_started_command_can_be_had_by_becoming_it)
{
	const char *line = "echo $(tr '\\0' ' ' </proc/$$/cmdline | cut -d' ' -f1) $(test $ME = $$ && echo pid) $(id -u) $(id -G); "
			   "grep CapEff /proc/$$/status";
	const char *argv[] = { "sh", "-c", line, NULL };

	nsmgr_command_argv0(command, "other");
	ck_assert_int_eq(nsmgr_command_env_pid(command, "ME"), 0);
	ck_assert_int_eq(nsmgr_command_ids(command, 12, 13, (const gid_t[]){ 14 }, 1), 0);
	nsmgr_command_keep_capabilities(command, 1);
	nsmgr_command_hook(command, note, NULL);
	ck_assert_int_eq(child_output(run_with_all, argv, output, sizeof(output)), 0);
	ck_assert_str_eq(output, "hook\nother pid 12 13 14\nCapEff:\t0000000000000001\n");
}
END_TEST

static int run_in_set(void *data)
{
	struct nsmgr_set *set;
	pid_t pid;
	int status;

	CHILD_NEEDS(nsmgr_set_open(fixture.ctx, "web", NSMGR_MASK_ALL, NSMGR_OPEN_HOLD, &set) == 0);
	CHILD_NEEDS(nsmgr_command_enter(command, set) == 0);
	nsmgr_set_close(set);
	pid = nsmgr_command_fork(command);
	if (pid == 0)
		return run(data);
	CHILD_NEEDS(pid > 0 && waitpid(pid, &status, 0) == pid);
	return WEXITSTATUS(status);
}

START_TEST(a_command_in_a_whole_set_is_root_inside_and_knows_its_name)
{
	const char *line = "echo $NSMGR_NAME $(id -u) $(id -g) $(readlink /proc/self/ns/uts)";
	const char *argv[] = { "/bin/sh", "-c", line, NULL };
	char expected[128];

	set_make("web", NSMGR_MASK_ALL);
	snprintf(expected, sizeof(expected), "web 0 0 uts:[%lu]\n", (unsigned long)set_inode("web", NSMGR_UTS));
	ck_assert_int_eq(child_output(run_in_set, argv, output, sizeof(output)), 0);
	ck_assert_str_eq(output, expected);
	set_drop("web");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("command");
	TCase *tcase = suite_case(suite, "command");

	tcase_add_checked_fixture(tcase, command_make, command_drop);
	tcase_add_test(tcase, the_environment_is_the_callers_with_the_changes_in_order);
	tcase_add_test(tcase, a_cleared_environment_has_only_what_was_given_or_imported);
	tcase_add_test(tcase, there_is_no_limit_to_the_changes);
	tcase_add_test(tcase, bad_changes_are_refused);
	tcase_add_test(tcase, a_variable_that_is_there_twice_is_unset_twice);
	tcase_add_test(tcase, exactly_the_chosen_descriptors_stay_open);
	tcase_add_test(tcase, a_descriptor_that_is_not_open_cannot_be_kept);
	tcase_add_test(tcase, a_program_that_is_missing_is_told_from_one_that_cannot_run);
	tcase_add_test(tcase, attributes_are_those_asked_for);
	add_test_needing(NEED_IDS, tcase, what_can_be_asked_of_a_started_command_can_be_had_by_becoming_it);
	tcase_add_test(tcase, a_command_in_a_whole_set_is_root_inside_and_knows_its_name);
	return suite_run(suite, NEED_ROOT);
}
