/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "maps.h"

#include "base/fd.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int enter_user(void *data)
{
	(void)data;
	return unshare(CLONE_NEWUSER);
}

START_TEST(maps_that_differ_are_read_back)
{
	static const struct nsmgr_extent users[] = { { 0, 100000, 1000 }, { 1000, 0, 1 }, { 3000000000u, 3100000000u, 1000000000 } };
	static const struct nsmgr_extent groups[] = { { 0, 0, 1 }, { 7, 4294967294u, 1 } };
	static const struct nsmgr_extent projects[] = { { 1, 500, 20 } };
	struct resident resident = resident_start(enter_user, NULL);
	pid_t pid = resident.pid;

	ck_assert_str_eq(read_file(pid, "uid_map"), "");
	ck_assert_int_eq(nsmgr_write_map(fixture.ctx, pid, NSMGR_UID, users, 3), 0);
	ck_assert_int_eq(nsmgr_write_setgroups(fixture.ctx, pid, false), 0);
	ck_assert_int_eq(nsmgr_write_map(fixture.ctx, pid, NSMGR_GID, groups, 2), 0);
	ck_assert_int_eq(nsmgr_write_map(fixture.ctx, pid, NSMGR_PROJID, projects, 1), 0);
	ck_assert_str_eq(read_file(pid, "uid_map"), "0 100000 1000\n1000 0 1\n3000000000 3100000000 1000000000\n");
	ck_assert_str_eq(read_file(pid, "gid_map"), "0 0 1\n7 4294967294 1\n");
	ck_assert_str_eq(read_file(pid, "projid_map"), "1 500 20\n");
	ck_assert_str_eq(read_file(pid, "setgroups"), "deny\n");
	resident_end(&resident);
}
END_TEST

START_TEST(a_map_is_written_once)
{
	static const char *const steps[] = { "map users", "map groups", "map projects" };
	struct resident resident = resident_start(enter_user, NULL);

	for (enum nsmgr_id_kind kind = NSMGR_UID; kind <= NSMGR_PROJID; kind++) {
		ck_assert_int_eq(write_one(resident.pid, kind, 0, 1000, 10), 0);
		ck_assert_int_eq(write_one(resident.pid, kind, 0, 1000, 10), -EPERM);
		assert_failure(EPERM, steps[kind], NSMGR_USER);
		ck_assert_ptr_nonnull(strstr(nsmgr_get_failure(fixture.ctx)->text, "already"));
	}
	resident_end(&resident);
}
END_TEST

START_TEST(lines_are_checked_before_they_are_written)
{
	static const struct nsmgr_extent overlapping[] = { { 0, 1000, 10 }, { 9, 2000, 1 } };
	static const struct nsmgr_extent overlapping_outside[] = { { 0, 1000, 10 }, { 20, 1009, 1 } };
	struct nsmgr_extent many[341];
	struct resident resident = resident_start(enter_user, NULL);
	pid_t pid = resident.pid;

	for (uint32_t i = 0; i < 341; i++)
		many[i] = (struct nsmgr_extent){ i * 2, i * 2, 1 };
	ck_assert_int_eq(nsmgr_write_map(fixture.ctx, pid, NSMGR_UID, overlapping, 2), -EINVAL);
	assert_failure(EINVAL, "map", NSMGR_USER);
	ck_assert_int_eq(nsmgr_write_map(fixture.ctx, pid, NSMGR_UID, overlapping_outside, 2), -EINVAL);
	ck_assert_int_eq(nsmgr_write_map(fixture.ctx, pid, NSMGR_UID, NULL, 0), -EINVAL);
	ck_assert_int_eq(write_one(pid, NSMGR_UID, 5, 5, 0), -EINVAL);
	ck_assert_int_eq(write_one(pid, NSMGR_UID, UINT32_MAX, 5, 2), -EINVAL);
	ck_assert_int_eq(write_one(pid, (enum nsmgr_id_kind)3, 0, 0, 1), -EINVAL);
	ck_assert_int_eq(nsmgr_write_map(fixture.ctx, pid, NSMGR_UID, many, 341), -E2BIG);
	for (uint32_t i = 0; i < 340; i++)
		many[i].inner = many[i].outer = 4000000000u + i * 2;
	ck_assert_int_eq(nsmgr_write_map(fixture.ctx, pid, NSMGR_UID, many, 340), -E2BIG); /* more than a page */
	ck_assert_str_eq(read_file(pid, "uid_map"), "");
	for (uint32_t i = 0; i < 340; i++)
		many[i].inner = many[i].outer = i * 2;
	ck_assert_int_eq(nsmgr_write_map(fixture.ctx, pid, NSMGR_UID, many, 340), 0);
	ck_assert_int_eq(strncmp(read_file(pid, "uid_map"), "0 0 1\n2 2 1\n", 12), 0);
	resident_end(&resident);
}
END_TEST

START_TEST(setgroups_is_denied_for_good)
{
	struct resident resident = resident_start(enter_user, NULL);

	ck_assert_int_eq(nsmgr_write_setgroups(fixture.ctx, resident.pid, true), 0);
	ck_assert_str_eq(read_file(resident.pid, "setgroups"), "allow\n");
	ck_assert_int_eq(nsmgr_write_setgroups(fixture.ctx, resident.pid, false), 0);
	ck_assert_int_eq(nsmgr_write_setgroups(fixture.ctx, resident.pid, true), -EPERM);
	assert_failure(EPERM, "map setgroups", NSMGR_USER);
	ck_assert_str_eq(read_file(resident.pid, "setgroups"), "deny\n");
	resident_end(&resident);
}
END_TEST

/* Our own user namespace has its maps, and is not one below us. */
START_TEST(the_own_user_namespace_is_not_ours_to_map)
{
	struct resident resident = resident_start(NULL, NULL);

	ck_assert_int_eq(write_one(resident.pid, NSMGR_UID, 0, 0, 1), -EPERM);
	ck_assert_int_eq(write_one(resident.pid, NSMGR_PROJID, 0, 0, 1), -EPERM);
	resident_end(&resident);
}
END_TEST

static void assert_no_process(pid_t pid)
{
	const struct timespec offset = { 1, 0 };

	ck_assert_int_eq(write_one(pid, NSMGR_UID, 0, 0, 1), -ESRCH);
	assert_failure(ESRCH, "map", NSMGR_USER);
	ck_assert_int_eq(nsmgr_write_setgroups(fixture.ctx, pid, false), -ESRCH);
	ck_assert_int_eq(nsmgr_write_offset(fixture.ctx, pid, CLOCK_MONOTONIC, &offset), -ESRCH);
	assert_failure(ESRCH, "offsets", NSMGR_TIME);
}

START_TEST(a_process_that_has_ended_gets_nothing)
{
	siginfo_t info;
	pid_t pid = fork();

	if (pid == 0)
		_exit(unshare(CLONE_NEWUSER | 0x80) != 0);
	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	assert_no_process(pid);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	assert_no_process(pid);
	assert_no_process(0);
	assert_no_process(-1);
}
END_TEST

static int has_project_map(void *data)
{
	char text[200];
	unsigned inner, outer, count;

	(void)data;
	return nsm_read_text_at(AT_FDCWD, "/proc/self/projid_map", text, sizeof(text)) > 0 &&
	       sscanf(text, "%u %u %u", &inner, &outer, &count) == 3 && inner == 1 && outer == 500 && count == 20;
}

START_TEST(a_set_has_its_map_of_projects)
{
	const struct nsmgr_extent extent = { 1, 500, 20 };
	struct nsmgr_config *config;
	struct nsmgr_status status;
	struct nsmgr_set *set;

	ck_assert_int_eq(nsmgr_config_new(fixture.ctx, &config), 0);
	nsmgr_config_make(config, NSMGR_USER);
	ck_assert_int_eq(nsmgr_config_map(config, NSMGR_PROJID, &extent), 0);
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "web", config, 0), 0);
	nsmgr_config_free(config);
	ck_assert_int_eq(nsmgr_set_open(fixture.ctx, "web", NSMGR_MASK_ALL, 0, &set), 0);
	ck_assert_int_eq(nsmgr_call(set, NSMGR_MASK_ALL, has_project_map, NULL, &status), 0);
	ck_assert_int_eq(status.code, 1);
	nsmgr_set_close(set);
	set_drop("web");
}
END_TEST

static int map_with_few(void *data)
{
	pid_t pid = *(pid_t *)data;
	int r = -1, failures = 0;

	for (rlim_t count = 3; r < 0 && count < 32; count++) {
		struct rlimit limit = { count, 4096 };
		int lowest = dup(0);

		close(lowest);
		CHILD_NEEDS(setrlimit(RLIMIT_NOFILE, &limit) == 0);
		r = write_one(pid, NSMGR_UID, 0, 1000, 10);
		limit.rlim_cur = 4096;
		CHILD_NEEDS(setrlimit(RLIMIT_NOFILE, &limit) == 0);
		failures += r < 0;
		CHILD_NEEDS(r == 0 || r == -EMFILE);
		CHILD_NEEDS(dup(0) == lowest && close(lowest) == 0);
	}
	CHILD_NEEDS(r == 0 && failures > 1);
	return 0;
}

START_TEST(without_descriptors_it_fails_and_leaves_none)
{
	struct resident resident = resident_start(enter_user, NULL);

	ck_assert_child(map_with_few, &resident.pid);
	resident_end(&resident);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("map");
	TCase *tcase = suite_case(suite, "maps");

	add_test_needing(NEED_IDS, tcase, maps_that_differ_are_read_back);
	add_test_needing(NEED_IDS, tcase, a_map_is_written_once);
	add_test_needing(NEED_IDS, tcase, lines_are_checked_before_they_are_written);
	add_test_needing(NEED_IDS, tcase, setgroups_is_denied_for_good);
	add_test_needing(NEED_MACHINE, tcase, the_own_user_namespace_is_not_ours_to_map);
	tcase_add_test(tcase, a_process_that_has_ended_gets_nothing);
	add_test_needing(NEED_IDS, tcase, a_set_has_its_map_of_projects);
	add_test_needing(NEED_IDS, tcase, without_descriptors_it_fails_and_leaves_none);
	return suite_run(suite, NEED_ROOT);
}
