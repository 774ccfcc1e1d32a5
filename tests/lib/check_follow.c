/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"
#include "fixture.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- The cgroup ---- */

static char cgroup[128];

/* A cgroup of our own in the hierarchy of version 2, wherever that is mounted; -1 without one that we may change. */
static int make_cgroup(void)
{
	static const char *const mounts[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };

	for (size_t i = 0; i < NSM_ARRAY_SIZE(mounts); i++) {
		char file[128];

		snprintf(file, sizeof(file), "%s/cgroup.procs", mounts[i]);
		snprintf(cgroup, sizeof(cgroup), "%s/nsmgr-check-%ld", mounts[i], (long)getpid());
		if (access(file, W_OK) == 0 && mkdir(cgroup, 0755) == 0)
			return open(cgroup, O_PATH | O_DIRECTORY | O_CLOEXEC);
	}
	return -1;
}

START_TEST(a_command_starts_in_the_cgroup_that_was_given)
{
	const char *line = "sed -n 's/^0:://p' /proc/self/cgroup";
	struct nsmgr_set *set;
	char own[256], expected[256];
	int fd = make_cgroup();

	if (fd < 0) {
		fprintf(stderr, "SKIPPED: no cgroup2 hierarchy that can be changed\n");
		return;
	}
	snprintf(own, sizeof(own), "%s", output_of(NULL, line));
	own[strcspn(own, "\n")] = '\0';
	snprintf(expected, sizeof(expected), "/%s\n", strrchr(cgroup, '/') + 1);
	nsmgr_command_cgroup(command, fd);
	ck_assert_str_eq(output_of(NULL, line), expected);
	/* In a pid namespace there are two processes; and a cgroup that has vanished is a failure. */
	set_make("web", NSMGR_MASK(NSMGR_PID) | NSMGR_MASK(NSMGR_UTS));
	set = set_open("web");
	ck_assert_str_eq(output_of(set, line), expected);
	ck_assert_int_eq(rmdir(cgroup), 0);
	assert_start_fails(set, "true", ENOENT, "cgroup", NSMGR_TYPE_NONE);
	nsmgr_command_cgroup(command, -1);
	ck_assert_str_ne(output_of(set, line), expected);
	nsmgr_set_close(set);
	set_drop("web");
	close(fd);
}
END_TEST

START_TEST(what_is_no_cgroup_is_a_failure)
{
	int fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	nsmgr_command_cgroup(command, fd);
	assert_start_fails(NULL, "true", ENOENT, "cgroup", NSMGR_TYPE_NONE);
	close(fd);
	assert_start_fails(NULL, "true", EBADF, "cgroup", NSMGR_TYPE_NONE);
}
END_TEST

/* ---- The label ---- */

/* Whatever security module there is: the file in /proc is covered by one of ours. */
static int become_labelled(void *data)
{
	const char *file = data;
	char attr[64], text[64] = "";
	int fd;

	CHILD_NEEDS(unshare(CLONE_NEWNS) == 0);
	CHILD_NEEDS(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	snprintf(attr, sizeof(attr), "/proc/%ld/task/%ld/attr/exec", (long)getpid(), (long)syscall(SYS_gettid));
	CHILD_NEEDS(mount(file, attr, NULL, MS_BIND, NULL) == 0);
	nsmgr_command_label(command, "some_u:some_r:some_t:s0");
	CHILD_NEEDS(nsmgr_command_enter(command, NULL) == 0);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	CHILD_NEEDS(fd >= 0 && read(fd, text, sizeof(text) - 1) > 0);
	CHILD_NEEDS(strcmp(text, "some_u:some_r:some_t:s0") == 0);
	return 0;
}

START_TEST(a_label_is_what_the_execve_is_told)
{
	char file[] = "/tmp/nsmgr-check-label.XXXXXX";
	int fd = mkstemp(file);

	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_child(become_labelled, file);
	unlink(file);
}
END_TEST

START_TEST(a_label_that_nobody_knows_is_a_failure)
{
	static const char *const argv[] = { "true", NULL };
	struct nsmgr_child *child;

	nsmgr_command_label(command, "no label at all");
	ck_assert_int_lt(nsmgr_command_start(command, NULL, argv, &child), 0);
	ck_assert_str_eq(nsmgr_get_failure(fixture.ctx)->step, "label");
	nsmgr_command_label(command, NULL);
	ck_assert_int_eq(status_of(start_shell(NULL, "exit 0")), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("follow");
	TCase *tcase = suite_case(suite, "follow");

	tcase_add_checked_fixture(tcase, command_make, command_drop);
	tcase_add_test(tcase, a_command_starts_in_the_cgroup_that_was_given);
	tcase_add_test(tcase, what_is_no_cgroup_is_a_failure);
	tcase_add_test(tcase, a_label_is_what_the_execve_is_told);
	tcase_add_test(tcase, a_label_that_nobody_knows_is_a_failure);
	return suite_run(suite, NEED_ROOT);
}
