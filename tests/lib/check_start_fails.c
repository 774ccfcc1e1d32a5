/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"
#include "fixture.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Each failure names its step, and leaves nothing: assert_start_fails() looks for children, the fixture for all else. */

static void put_program(const char *path, const char *text, mode_t mode)
{
	put_text(path, text);
	ck_assert_int_eq(chmod(path, mode), 0);
}

START_TEST(a_program_that_is_missing_is_told_from_one_that_cannot_run)
{
	const char *plain = in_dir("plain"), *odd = in_dir("odd"), *wild = in_dir("wild"), *loop = in_dir("loop");
	struct nsmgr_set *set = NULL;
	int busy;

	if (_i) {
		set_make("web", NSMGR_MASK(NSMGR_PID) | NSMGR_MASK(NSMGR_NET));
		set = set_open("web");
	}
	put_program(plain, "#!/bin/sh\nexit 0\n", 0644);
	put_program(odd, "neither a script nor a program", 0755);
	put_program(wild, "#!/no/such/interpreter\n", 0755);
	ck_assert_int_eq(symlink("loop", loop), 0);
	assert_start_fails(set, "no-such-program", ENOENT, "exec", NSMGR_TYPE_NONE);
	assert_start_fails(set, "/no/such/program", ENOENT, "exec", NSMGR_TYPE_NONE);
	ck_assert_str_eq(nsmgr_get_failure(fixture.ctx)->path, "/no/such/program");
	assert_start_fails(set, "", ENOENT, "exec", NSMGR_TYPE_NONE);
	assert_start_fails(set, NULL, EINVAL, "exec", NSMGR_TYPE_NONE);
	assert_start_fails(set, plain, EACCES, "exec", NSMGR_TYPE_NONE);
	assert_start_fails(set, "/", EACCES, "exec", NSMGR_TYPE_NONE);
	assert_start_fails(set, odd, ENOEXEC, "exec", NSMGR_TYPE_NONE);
	assert_start_fails(set, wild, ENOENT, "exec", NSMGR_TYPE_NONE);
	assert_start_fails(set, loop, ELOOP, "exec", NSMGR_TYPE_NONE);
	assert_start_fails(set, "/etc/passwd/sh", ENOTDIR, "exec", NSMGR_TYPE_NONE);
	put_program(in_dir("busy"), "#!/bin/sh\n", 0755);
	busy = open(in_dir("busy"), O_WRONLY | O_CLOEXEC);
	assert_start_fails(set, in_dir("busy"), ETXTBSY, "exec", NSMGR_TYPE_NONE);
	close(busy);
	nsmgr_set_close(set);
	if (_i)
		set_drop("web");
}
END_TEST

START_TEST(an_environment_too_big_for_the_kernel_is_its_refusal)
{
	size_t size = (size_t)4 << 20;
	char *text = malloc(size + 1);

	memset(text, 'A', size);
	text[1] = '=';
	text[size] = '\0';
	ck_assert_int_eq(nsmgr_command_env(command, text), 0);
	assert_start_fails(NULL, "true", E2BIG, "exec", NSMGR_TYPE_NONE);
	free(text);
}
END_TEST

START_TEST(directories_that_are_missing_are_named)
{
	nsmgr_command_cwd(command, "/no/such/directory");
	assert_start_fails(NULL, "true", ENOENT, "cwd", NSMGR_TYPE_NONE);
	ck_assert_str_eq(nsmgr_get_failure(fixture.ctx)->path, "/no/such/directory");
	nsmgr_command_cwd(command, "/etc/passwd");
	assert_start_fails(NULL, "true", ENOTDIR, "cwd", NSMGR_TYPE_NONE);
	nsmgr_command_cwd(command, NULL);
	nsmgr_command_root(command, "/no/such/root");
	assert_start_fails(NULL, "true", ENOENT, "root", NSMGR_TYPE_NONE);
	nsmgr_command_root(command, "/etc/passwd");
	assert_start_fails(NULL, "true", ENOTDIR, "root", NSMGR_TYPE_NONE);
	/* Nothing to execute in there. */
	nsmgr_command_root(command, fixture.dir);
	assert_start_fails(NULL, "true", ENOENT, "exec", NSMGR_TYPE_NONE);
}
END_TEST

START_TEST(an_ordinary_user_may_not_enter)
{
	struct nsmgr_set *set;

	set_make("web", NSMGR_MASK(NSMGR_UTS));
	set = set_open("web");
	ck_assert_int_eq(seteuid(1234), 0);
	assert_start_fails(set, "true", EPERM, "enter", NSMGR_UTS);
	ck_assert_str_ne(nsmgr_get_failure(fixture.ctx)->hint, "");
	nsmgr_command_root(command, "/");
	assert_start_fails(NULL, "true", EPERM, "root", NSMGR_TYPE_NONE);
	nsmgr_command_root(command, NULL);
	ck_assert_int_eq(nsmgr_command_ids(command, 1, 1, (const gid_t[]){ 1 }, 1), 0);
	assert_start_fails(NULL, "true", EPERM, "setgroups", NSMGR_TYPE_NONE);
	ck_assert_int_eq(seteuid(0), 0);
	prctl(PR_SET_DUMPABLE, 1);
	nsmgr_set_close(set);
	set_drop("web");
}
END_TEST

static pid_t keeper_of(const char *name)
{
	struct nsmgr_handle handles[NSMGR_TYPE_COUNT];
	struct nsmgr_list *list;
	pid_t keeper = 0;
	int count;

	ck_assert_int_eq(nsmgr_list_new(fixture.ctx, NSMGR_LIST_ALL, &list), 0);
	count = nsmgr_list_handles(list, name, handles);
	for (int i = 0; i < count; i++)
		if (handles[i].type == NSMGR_PID)
			keeper = handles[i].keeper;
	nsmgr_list_free(list);
	return keeper;
}

/* It can be entered, but no process can be in it: KERNEL R41. */
START_TEST(a_dead_pid_namespace_is_told_by_its_cause)
{
	struct nsmgr_set *set;
	pid_t keeper;
	int pidfd;

	set_make("web", NSMGR_MASK(NSMGR_PID) | NSMGR_MASK(NSMGR_UTS));
	set = set_open("web");
	keeper = keeper_of("web");
	ck_assert_int_gt(keeper, 1);
	pidfd = (int)syscall(SYS_pidfd_open, keeper, 0);
	ck_assert_int_ge(pidfd, 0);
	ck_assert_int_eq(kill(keeper, SIGKILL), 0);
	ck_assert_int_eq(poll(&(struct pollfd){ .fd = pidfd, .events = POLLIN }, 1, -1), 1);
	close(pidfd);
	assert_start_fails(set, "true", ENOMEM, "fork", NSMGR_PID);
	ck_assert_str_ne(nsmgr_get_failure(fixture.ctx)->hint, "");
	nsmgr_set_close(set);
	set_drop("web");
}
END_TEST

/* ---- Limits ---- */

static void ask_for_much(int given)
{
	ck_assert_int_eq(nsmgr_command_stdio(command, 0, NSMGR_STDIO_NULL), 0);
	ck_assert_int_eq(nsmgr_command_stdio(command, 1, NSMGR_STDIO_PIPE), 0);
	ck_assert_int_eq(nsmgr_command_stdio(command, 2, NSMGR_STDIO_PIPE), 0);
	ck_assert_int_eq(nsmgr_command_as(command, "root"), 0);
	ck_assert_int_eq(nsmgr_command_give_fd(command, given, 3), 0);
	ck_assert_int_eq(nsmgr_command_give_fd(command, given, 4), 0);
	nsmgr_command_parent_death(command, SIGTERM);
}

static int count_descriptors(void)
{
	int count = 0;

	for (int fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static int start_within_limits(void *data)
{
	const char *const argv[] = { "/bin/sh", "-c", "echo out; echo err >&2; exit 3", NULL };
	struct nsmgr_set *set = data;
	struct rlimit limit;
	int before = count_descriptors(), r = -EMFILE, failures = 0;

	CHILD_NEEDS(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	for (limit.rlim_cur = 0; r < 0; limit.rlim_cur++) {
		struct nsmgr_child *child = NULL;
		struct nsmgr_output output;
		struct nsmgr_status status;

		CHILD_NEEDS(limit.rlim_cur < 256);
		CHILD_NEEDS(setrlimit(RLIMIT_NOFILE, &limit) == 0);
		r = nsmgr_command_start(command, set, argv, &child);
		if (r == 0) {
			/* That much is enough for the rest, too. */
			CHILD_NEEDS(nsmgr_child_output(child, NULL, 1000, &output, &status) == 0);
			CHILD_NEEDS(strcmp(output.out, "out\n") == 0 && strcmp(output.err, "err\n") == 0);
			CHILD_NEEDS(status.code == 3);
			nsmgr_output_clear(&output);
			nsmgr_child_free(child);
		} else {
			CHILD_NEEDS(r == -EMFILE || nsmgr_get_failure(fixture.ctx)->error == EMFILE);
			failures++;
		}
		CHILD_NEEDS(!child || r == 0);
		CHILD_NEEDS(has_no_children());
		CHILD_NEEDS(count_descriptors() == before);
	}
	return failures < 6;
}

/* At every number of descriptors from none to enough. */
START_TEST(a_lack_of_descriptors_leaves_nothing)
{
	static const unsigned types[] = { 0, NSMGR_MASK(NSMGR_UTS), NSMGR_MASK(NSMGR_PID), NSMGR_MASK_ALL };
	struct nsmgr_set *set = NULL;

	if (types[_i]) {
		set_make("web", types[_i]);
		set = set_open("web");
	}
	ask_for_much(0);
	ck_assert_child(start_within_limits, set);
	nsmgr_set_close(set);
	if (types[_i])
		set_drop("web");
}
END_TEST

static int start_within_processes(void *data)
{
	const char *const argv[] = { "/bin/true", NULL };
	struct nsmgr_child *child;

	(void)data;
	/* An ordinary user's are counted. */
	CHILD_NEEDS(setrlimit(RLIMIT_NPROC, &(struct rlimit){ 1, 1 }) == 0);
	CHILD_NEEDS(setresuid(54321, 54321, 54321) == 0);
	CHILD_NEEDS(nsmgr_command_start(command, NULL, argv, &child) == -EAGAIN);
	CHILD_NEEDS(strcmp(nsmgr_get_failure(fixture.ctx)->step, "fork") == 0);
	CHILD_NEEDS(has_no_children());
	return 0;
}

START_TEST(a_lack_of_processes_is_told)
{
	ck_assert_child(start_within_processes, NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("start_fails");
	TCase *tcase = suite_case(suite, "start_fails");

	tcase_add_checked_fixture(tcase, command_make, command_drop);
	tcase_add_loop_test(tcase, a_program_that_is_missing_is_told_from_one_that_cannot_run, 0, 2);
	tcase_add_test(tcase, an_environment_too_big_for_the_kernel_is_its_refusal);
	tcase_add_test(tcase, directories_that_are_missing_are_named);
	add_test_needing(NEED_IDS, tcase, an_ordinary_user_may_not_enter);
	tcase_add_test(tcase, a_dead_pid_namespace_is_told_by_its_cause);
	tcase_add_loop_test(tcase, a_lack_of_descriptors_leaves_nothing, 0, 4);
	add_test_needing(NEED_IDS, tcase, a_lack_of_processes_is_told);
	return suite_run(suite, NEED_ROOT);
}
