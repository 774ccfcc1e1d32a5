/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"
#include "fixture.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

/* ---- What the caller notices ---- */

static volatile sig_atomic_t told;

static void count(int signal)
{
	(void)signal;
	told++;
}

START_TEST(the_callers_handler_hears_of_the_commands_end_alone)
{
	struct sigaction old;
	struct nsmgr_set *set;

	set_make("web", NSMGR_MASK(NSMGR_PID));
	set = set_open("web");
	told = 0;
	sigaction(SIGCHLD, &(struct sigaction){ .sa_handler = count }, &old);
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(status_of(start_shell(set, "exit 0")), 0);
	ck_assert_int_eq(told, 10);
	assert_start_fails(set, "/no/such/program", ENOENT, "exec", NSMGR_TYPE_NONE);
	nsmgr_command_cwd(command, "/no/such/directory");
	assert_start_fails(set, "true", ENOENT, "cwd", NSMGR_TYPE_NONE);
	ck_assert_int_eq(told, 10);
	sigaction(SIGCHLD, &old, NULL);
	nsmgr_set_close(set);
	set_drop("web");
}
END_TEST

static void refuse_line(void *data, const char *line)
{
	(void)line;
	*(pid_t *)data = getpid();
}

/* What is remarked on in the child, which may be one of a thread's, stays there. */
START_TEST(the_callers_log_is_not_called_in_the_child)
{
	int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct nsmgr_set *set;
	pid_t logged = 0;

	set_make("web", NSMGR_MASK(NSMGR_MNT));
	set = set_open("web");
	ck_assert_int_eq(chdir(fixture.dir), 0);
	nsmgr_set_log(fixture.ctx, refuse_line, &logged);
	nsmgr_command_root(command, "/usr");
	assert_start_fails(set, "/no/such/program", ENOENT, "exec", NSMGR_TYPE_NONE);
	ck_assert_int_eq(logged, 0);
	nsmgr_set_log(fixture.ctx, NULL, NULL);
	ck_assert_int_eq(fchdir(here), 0);
	close(here);
	nsmgr_set_close(set);
	set_drop("web");
}
END_TEST

/* ---- A caller whose children are in another pid namespace than itself ---- */

static int start_below(void *data)
{
	const char *const argv[] = { "/bin/sh", "-c", "exit $$", NULL };
	struct nsmgr_set *set;
	struct nsmgr_child *child;
	struct nsmgr_status status;

	(void)data;
	CHILD_NEEDS(nsmgr_set_open(fixture.ctx, "web", NSMGR_MASK_ALL, 0, &set) == 0);
	CHILD_NEEDS(unshare(CLONE_NEWPID) == 0);
	CHILD_NEEDS(nsmgr_command_start(command, NULL, argv, &child) == 0);
	CHILD_NEEDS(nsmgr_child_wait(child, NULL, &status) == 0 && status.code == 1);
	nsmgr_child_free(child);
	CHILD_NEEDS(has_no_children());
	/* Its init has ended. */
	CHILD_NEEDS(nsmgr_command_start(command, NULL, argv, &child) == -ENOMEM);
	CHILD_NEEDS(nsmgr_command_start(command, set, argv, &child) < 0);
	CHILD_NEEDS(has_no_children());
	nsmgr_set_close(set);
	return 0;
}

START_TEST(a_caller_who_has_unshared_gets_an_init)
{
	set_make("web", NSMGR_MASK(NSMGR_PID));
	ck_assert_child(start_below, NULL);
	set_drop("web");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("start_caller");
	TCase *tcase = suite_case(suite, "start_caller");

	tcase_add_checked_fixture(tcase, command_make, command_drop);
	tcase_add_test(tcase, the_callers_handler_hears_of_the_commands_end_alone);
	tcase_add_test(tcase, the_callers_log_is_not_called_in_the_child);
	tcase_add_test(tcase, a_caller_who_has_unshared_gets_an_init);
	return suite_run(suite, NEED_ROOT);
}
