/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"
#include "fixture.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- Where it is ---- */

START_TEST(a_command_without_a_set_is_where_its_caller_is)
{
	char cwd[256], expected[600];

	ck_assert_ptr_nonnull(getcwd(cwd, sizeof(cwd)));
	snprintf(expected, sizeof(expected), "%s %lu %d\n", cwd, (unsigned long)inode_of("/proc/self/ns/net"), (int)getpid());
	ck_assert_str_eq(output_of(NULL, "echo $PWD $(stat -Lc %i /proc/self/ns/net) $PPID"), expected);
}
END_TEST

/* Each type alone, and all together. */
START_TEST(a_command_is_in_all_namespaces_of_its_set_and_in_no_others)
{
	unsigned types = _i == NSMGR_TYPE_COUNT ? NSMGR_MASK_ALL : NSMGR_MASK(_i);
	char expected[1024] = "", path[64];
	struct nsmgr_set *set;

	set_make("web", types);
	for (unsigned t = 0; t < NSMGR_TYPE_COUNT; t++) {
		snprintf(path, sizeof(path), "/proc/self/ns/%s", nsmgr_type_name((enum nsmgr_type)t));
		snprintf(expected + strlen(expected), 64, "%s %lu\n", nsmgr_type_name((enum nsmgr_type)t),
			 (unsigned long)(types & NSMGR_MASK(t) ? set_inode("web", (enum nsmgr_type)t) : inode_of(path)));
	}
	set = set_open("web");
	for (int again = 0; again < 3; again++)
		ck_assert_str_eq(output_of(set, "test $NSMGR_NAME = web || exit 1; cd /proc/self/ns; for t in cgroup ipc mnt net "
						"pid time user uts; do echo $t $(stat -Lc %i /proc/thread-self/ns/$t 2>/dev/null || "
						"stat -Lc %i $t); done"),
				 expected);
	nsmgr_set_close(set);
	set_drop("web");
}
END_TEST

/* Tests that change the present directory end with this. */
static void go_back(int *fd)
{
	ck_assert_int_eq(fchdir(*fd), 0);
	close(*fd);
}

#define keeps_directory __attribute__((unused)) nsm_cleanup(go_back)

START_TEST(a_command_in_a_whole_set_is_root_inside_and_starts_in_the_same_directory)
{
	keeps_directory int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct nsmgr_set *set;

	set_make("web", NSMGR_MASK_ALL);
	set = set_open("web");
	ck_assert_int_eq(chdir("/usr"), 0);
	ck_assert_str_eq(output_of(set, "echo $NSMGR_NAME $(id -u) $(id -g) $(pwd)"), "web 0 0 /usr\n");
	nsmgr_set_close(set);
	set_drop("web");
}
END_TEST

static void furnish(void)
{
	make_dir(in_dir("root"), 0755);
	make_dir(in_dir("root/deep"), 0755);
	put_text(in_dir("root/deep/file"), "found\n");
}

START_TEST(root_and_directory_are_those_asked_for)
{
	keeps_directory int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct nsmgr_set *set;
	char script[200];

	furnish();
	nsmgr_command_cwd(command, in_dir("root/deep"));
	ck_assert_str_eq(output_of(NULL, "cat file; cat ../deep/file"), "found\nfound\n");
	/* A root with everything in it, in a set of its own. */
	set_make("web", NSMGR_MASK(NSMGR_MNT));
	set = set_open("web");
	snprintf(script, sizeof(script), "mkdir -p %s/all && mount --rbind / %s/all", fixture.dir, fixture.dir);
	nsmgr_command_cwd(command, NULL);
	output_of(set, script);
	nsmgr_command_root(command, in_dir("all"));
	ck_assert_int_eq(chdir("/usr"), 0);
	/* Without a directory: the present one by its name, below the new root. */
	ck_assert_str_eq(output_of(set, "pwd; test /proc/self/root -ef /; echo $?"), "/usr\n0\n");
	nsmgr_command_cwd(command, "bin");
	ck_assert_str_eq(output_of(set, "pwd -P"), "/usr/bin\n");
	nsmgr_command_cwd(command, "/etc");
	ck_assert_str_eq(output_of(set, "pwd -P"), "/etc\n");
	nsmgr_command_cwd(command, "../../../../..");
	ck_assert_str_eq(output_of(set, "pwd -P"), "/\n");
	nsmgr_set_close(set);
	set_drop("web");
}
END_TEST

/* ---- What it is ---- */

START_TEST(its_name_can_be_another_than_its_programs)
{
	char text[64] = "";
	struct nsmgr_child *child;
	const char *const argv[] = { "sh", "-c", "tr '\\0' ' ' < /proc/$$/cmdline | cut -d' ' -f1", NULL };

	nsmgr_command_argv0(command, "-login");
	ck_assert_int_eq(nsmgr_command_stdio(command, 1, NSMGR_STDIO_PIPE), 0);
	/* Found in PATH by the name that is not shown. */
	child = start(NULL, argv);
	ck_assert_int_eq(read(nsmgr_child_pipe(child, 1, false), text, sizeof(text) - 1), 7);
	ck_assert_str_eq(text, "-login\n");
	ck_assert_int_eq(status_of(child), 0);
	ck_assert_str_eq(argv[0], "sh");
}
END_TEST

START_TEST(a_program_is_looked_up_in_the_path_of_the_command)
{
	put_text(in_dir("tool"), "#!/bin/sh\nexit 17\n");
	ck_assert_int_eq(system(in_dir("chmod 755 %s/tool", fixture.dir) + strlen(fixture.dir) + 1), 0);
	ck_assert_int_eq(nsmgr_command_env(command, in_dir("PATH=%s", fixture.dir) + strlen(fixture.dir) + 1), 0);
	ck_assert_int_eq(status_of(start(NULL, (const char *const[]){ "tool", NULL })), 17);
	assert_start_fails(NULL, "ls", ENOENT, "exec", NSMGR_TYPE_NONE);
}
END_TEST

START_TEST(a_variable_has_the_pid_as_the_command_sees_it)
{
	struct nsmgr_set *set;
	const char *text;

	ck_assert_int_eq(nsmgr_command_env_pid(command, ""), -EINVAL);
	ck_assert_int_eq(nsmgr_command_env_pid(command, "A=B"), -EINVAL);
	ck_assert_int_eq(nsmgr_command_env(command, "LISTEN_PID=from before"), 0);
	ck_assert_int_eq(nsmgr_command_env_pid(command, "OTHER"), 0);
	ck_assert_int_eq(nsmgr_command_env_pid(command, "LISTEN_PID"), 0);
	ck_assert_str_eq(output_of(NULL, "test $LISTEN_PID = $$ && echo same $OTHER"), "same\n");
	set_make("web", NSMGR_MASK(NSMGR_PID) | NSMGR_MASK(NSMGR_MNT));
	set = set_open("web");
	text = output_of(set, "test $LISTEN_PID = $$ && echo $$");
	ck_assert_int_gt(atoi(text), 1);
	ck_assert_int_lt(atoi(text), 100);
	nsmgr_set_close(set);
	set_drop("web");
}
END_TEST

START_TEST(its_pid_is_the_one_that_the_caller_sees)
{
	struct nsmgr_set *set;
	struct nsmgr_child *child;
	char path[64], line[4096] = "", byte;
	FILE *status;
	int outer = 0, inner = 0;

	set_make("web", NSMGR_MASK(NSMGR_PID));
	set = set_open("web");
	ck_assert_int_eq(nsmgr_command_stdio(command, 1, NSMGR_STDIO_PIPE), 0);
	child = start_shell(set, "echo; exec sleep 1000");
	ck_assert_int_eq(read(nsmgr_child_pipe(child, 1, false), &byte, 1), 1);
	snprintf(path, sizeof(path), "/proc/%d/status", (int)nsmgr_child_pid(child));
	status = fopen(path, "re");
	ck_assert_ptr_nonnull(status);
	while (fgets(line, sizeof(line), status) && sscanf(line, "NSpid: %d %d", &outer, &inner) != 2)
		;
	fclose(status);
	ck_assert_int_eq(outer, nsmgr_child_pid(child));
	ck_assert_int_gt(inner, 1);
	nsmgr_child_free(child);
	nsmgr_set_close(set);
	set_drop("web");
}
END_TEST

/* A set in memory has no name, and that of the caller's is another's. */
START_TEST(a_command_knows_the_name_of_its_set_and_no_other)
{
	struct nsmgr_set *set;

	setenv("NSMGR_NAME", "outer", 1);
	ck_assert_str_eq(output_of(NULL, "echo $NSMGR_NAME"), "outer\n");
	set_make("web", NSMGR_MASK(NSMGR_UTS));
	set = set_open("web");
	ck_assert_str_eq(output_of(set, "echo $NSMGR_NAME"), "web\n");
	ck_assert_str_eq(output_of(NULL, "echo $NSMGR_NAME"), "outer\n");
	nsmgr_set_close(set);
	set_drop("web");
	unsetenv("NSMGR_NAME");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("start");
	TCase *tcase = suite_case(suite, "start");

	tcase_add_checked_fixture(tcase, command_make, command_drop);
	tcase_add_test(tcase, a_command_without_a_set_is_where_its_caller_is);
	tcase_add_loop_test(tcase, a_command_is_in_all_namespaces_of_its_set_and_in_no_others, 0, NSMGR_TYPE_COUNT + 1);
	tcase_add_test(tcase, a_command_in_a_whole_set_is_root_inside_and_starts_in_the_same_directory);
	tcase_add_test(tcase, root_and_directory_are_those_asked_for);
	tcase_add_test(tcase, its_name_can_be_another_than_its_programs);
	tcase_add_test(tcase, a_program_is_looked_up_in_the_path_of_the_command);
	tcase_add_test(tcase, a_variable_has_the_pid_as_the_command_sees_it);
	tcase_add_test(tcase, its_pid_is_the_one_that_the_caller_sees);
	tcase_add_test(tcase, a_command_knows_the_name_of_its_set_and_no_other);
	return suite_run(suite, NEED_ROOT);
}
