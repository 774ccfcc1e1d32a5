/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"
#include "calls.h"
#include "fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- The end of the parent ---- */

struct orphan {
	const char *set;
	int pipe[2];
};

static int start_and_die(void *data)
{
	const struct orphan *orphan = data;
	const char *const argv[] = { "/bin/sh", "-c", "echo >&9; exec sleep 1000", NULL };
	struct nsmgr_set *set = NULL;
	struct nsmgr_child *child;

	if (orphan->set)
		CHILD_NEEDS(nsmgr_set_open(fixture.ctx, orphan->set, NSMGR_MASK_ALL, 0, &set) == 0);
	CHILD_NEEDS(nsmgr_command_give_fd(command, orphan->pipe[1], 9) == 0);
	CHILD_NEEDS(nsmgr_command_ids(command, 1234, 1234, NULL, 0) == 0);
	nsmgr_command_parent_death(command, SIGTERM);
	CHILD_NEEDS(nsmgr_command_start(command, set, argv, &child) == 0);
	return 0;
}

/* The setting outlives the change of ids: the pipe closes when the command has ended, as its parent has. */
START_TEST(it_ends_with_its_parent)
{
	struct orphan orphan = { .set = _i ? "web" : NULL };
	int status;
	char byte;

	if (_i)
		set_make("web", _i == 1 ? NSMGR_MASK(NSMGR_PID) : NSMGR_MASK_ALL);
	ck_assert_int_eq(pipe2(orphan.pipe, O_CLOEXEC), 0);
	/* Ours to reap, for a pid namespace waits for that. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	ck_assert_child(start_and_die, &orphan);
	close(orphan.pipe[1]);
	while (read(orphan.pipe[0], &byte, 1) > 0)
		;
	close(orphan.pipe[0]);
	ck_assert_int_gt(waitpid(-1, &status, 0), 0);
	ck_assert_int_eq(WTERMSIG(status), SIGTERM);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
	if (_i)
		set_drop("web");
}
END_TEST

static int outlive(void *data)
{
	const int *pipes = data;

	/* The caller ends while we are here: who is bound to it never begins. */
	if (write(pipes[1], &(pid_t){ getppid() }, sizeof(pid_t)) != (ssize_t)sizeof(pid_t))
		return -EIO;
	for (;;)
		pause();
}

static int start_slowly(void *data)
{
	const char *const argv[] = { "/bin/true", NULL };
	struct nsmgr_child *child;

	nsmgr_command_hook(command, outlive, data);
	nsmgr_command_parent_death(command, SIGTERM);
	nsmgr_command_start(command, NULL, argv, &child);
	return 1;
}

START_TEST(it_ends_with_its_parent_also_on_the_way)
{
	int pipes[2], status;
	pid_t parent, pid;

	ck_assert_int_eq(pipe2(pipes, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0)
		_exit(start_slowly(pipes));
	close(pipes[1]);
	ck_assert_int_eq(read(pipes[0], &parent, sizeof(parent)), sizeof(parent));
	ck_assert_int_eq(parent, pid);
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(read(pipes[0], &parent, 1), 0);
	close(pipes[0]);
}
END_TEST

/* ---- The hook ---- */

static int leave_a_mark(void *data)
{
	/* By the number that the command has it under, as the command's user, in its directory. */
	int fd = open("mark", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	const char *mark = data;

	if (fd < 0)
		return -errno;
	return write(7, mark, strlen(mark)) == (ssize_t)strlen(mark) && getuid() == 1234 ? close(fd) : -EIO;
}

START_TEST(a_hook_runs_last_as_the_command)
{
	char buf[16] = "";
	int fds[2];

	ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
	make_dir(in_dir("open"), 0755);
	ck_assert_int_eq(chown(in_dir("open"), 1234, 1234), 0);
	nsmgr_command_cwd(command, in_dir("open"));
	ck_assert_int_eq(nsmgr_command_ids(command, 1234, 1234, NULL, 0), 0);
	ck_assert_int_eq(nsmgr_command_give_fd(command, fds[1], 7), 0);
	nsmgr_command_hook(command, leave_a_mark, (char[]){ "hook" });
	ck_assert_int_eq(status_of(start_shell(NULL, "test -e mark && ! test -e /proc/self/fd/8 && echo -n shell >&7")), 0);
	ck_assert_int_eq(read(fds[0], buf, sizeof(buf)), 9);
	ck_assert_str_eq(buf, "hookshell");
	/* A second time the file is there. */
	assert_start_fails(NULL, "true", EEXIST, "hook", NSMGR_TYPE_NONE);
	ck_assert_str_eq(nsmgr_get_failure(fixture.ctx)->text, strerror(EEXIST));
	close(fds[0]);
	close(fds[1]);
}
END_TEST

static int crash(void *data)
{
	(void)data;
	kill(getpid(), SIGSEGV);
	return 0;
}

START_TEST(a_hook_can_fail_the_start)
{
	struct nsmgr_set *set = NULL;

	if (_i) {
		set_make("web", NSMGR_MASK(NSMGR_PID));
		set = set_open("web");
	}
	nsmgr_command_hook(command, give, &(int){ -EPERM });
	assert_start_fails(set, "true", EPERM, "hook", NSMGR_TYPE_NONE);
	nsmgr_command_hook(command, give, &(int){ 5 });
	ck_assert_int_eq(status_of(start_shell(set, "exit 0")), 0);
	nsmgr_command_hook(command, crash, NULL);
	assert_start_fails(set, "true", ECHILD, "start", NSMGR_TYPE_NONE);
	nsmgr_command_hook(command, NULL, NULL);
	ck_assert_int_eq(status_of(start_shell(set, "exit 0")), 0);
	nsmgr_set_close(set);
	if (_i)
		set_drop("web");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("start_hook");
	TCase *tcase = suite_case(suite, "start_hook");

	tcase_add_checked_fixture(tcase, command_make, command_drop);
	add_loop_test_needing(NEED_IDS, tcase, it_ends_with_its_parent, 0, 3);
	tcase_add_test(tcase, it_ends_with_its_parent_also_on_the_way);
	add_test_needing(NEED_IDS, tcase, a_hook_runs_last_as_the_command);
	tcase_add_loop_test(tcase, a_hook_can_fail_the_start, 0, 2);
	return suite_run(suite, NEED_ROOT);
}
