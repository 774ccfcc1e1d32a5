/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "calls.h"
#include "fixture.h"

#include "base/fd.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NET NSMGR_MASK(NSMGR_NET)
#define UTS NSMGR_MASK(NSMGR_UTS)
#define USER NSMGR_MASK(NSMGR_USER)
#define PID NSMGR_MASK(NSMGR_PID)

static int compare_inodes(void *data)
{
	const ino_t *expected = data;

	for (unsigned t = 0; t < NSMGR_TYPE_COUNT; t++) {
		char path[64];
		struct stat st;

		snprintf(path, sizeof(path), "/proc/self/ns/%s", nsmgr_type_name((enum nsmgr_type)t));
		if (expected[t] && (stat(path, &st) < 0 || st.st_ino != expected[t]))
			return 100 + (int)t;
	}
	return 0;
}

START_TEST(it_runs_in_a_set_of_each_type)
{
	unsigned types = _i == NSMGR_TYPE_COUNT ? NSMGR_MASK_ALL : NSMGR_MASK(_i);
	ino_t expected[NSMGR_TYPE_COUNT] = { 0 };

	called_open(types);
	for (unsigned t = 0; t < NSMGR_TYPE_COUNT; t++) {
		char path[64];

		snprintf(path, sizeof(path), "/proc/self/ns/%s", nsmgr_type_name((enum nsmgr_type)t));
		expected[t] = types & NSMGR_MASK(t) ? set_inode("web", (enum nsmgr_type)t) : inode_of(path);
	}
	assert_call_gives(compare_inodes, expected, 0);
	called_drop();
}
END_TEST

START_TEST(only_what_is_asked_for_is_entered)
{
	struct nsmgr_status status;
	ino_t expected[NSMGR_TYPE_COUNT] = { [NSMGR_NET] = inode_of("/proc/self/ns/net") };

	called_open(NET | UTS);
	expected[NSMGR_UTS] = set_inode("web", NSMGR_UTS);
	ck_assert_int_eq(nsmgr_call(called, UTS | PID, compare_inodes, expected, &status), 0);
	ck_assert_int_eq(status.code, 0);
	ck_assert_int_eq(nsmgr_call(called, USER | PID, compare_inodes, expected, &status), -ENOENT);
	ck_assert_int_eq(nsmgr_call(called, 0, compare_inodes, expected, &status), -ENOENT);
	called_drop();
}
END_TEST

static int look_at_pids(void *data)
{
	struct stat st;
	char comm[32];

	(void)data;
	if (getpid() < 2 || getppid() != 0 || kill(1, 0) != 0)
		return 1;
	if (nsm_read_text_at(AT_FDCWD, "/proc/1/comm", comm, sizeof(comm)) < 0 || strcmp(comm, "nsmgr\n") != 0)
		return 2;
	if (stat("/proc/self", &st) < 0)
		return 3;
	return getpid();
}

START_TEST(a_pid_namespace_is_seen_from_within)
{
	struct nsmgr_status status;

	called_open(PID | NSMGR_MASK(NSMGR_MNT));
	status = call_it(look_at_pids, NULL);
	ck_assert_int_eq(status.signal, 0);
	ck_assert_int_gt(status.code, 1);
	ck_assert_int_lt(status.code, 10);
	called_drop();
}
END_TEST

START_TEST(a_dead_pid_namespace_has_no_room)
{
	struct nsmgr_handle handles[NSMGR_TYPE_COUNT];
	struct nsmgr_status status;
	struct nsmgr_list *list;

	called_open(PID | UTS);
	ck_assert_int_eq(nsmgr_list_new(fixture.ctx, 0, &list), 0);
	ck_assert_int_eq(nsmgr_list_handles(list, "web", handles), 2);
	nsmgr_list_free(list);
	ck_assert_int_gt(handles[0].keeper, 0);
	nsm_autoclose int pidfd = (int)syscall(SYS_pidfd_open, handles[0].keeper, 0);
	ck_assert_int_eq(kill(handles[0].keeper, SIGKILL), 0);
	ck_assert_int_eq(poll(&(struct pollfd){ .fd = pidfd, .events = POLLIN }, 1, 20000), 1);
	ck_assert_int_eq(nsmgr_call(called, NSMGR_MASK_ALL, give, &(int){ 1 }, &status), -ENOMEM);
	assert_failure(ENOMEM, "fork", NSMGR_PID);
	ck_assert_ptr_nonnull(strstr(nsmgr_get_failure(fixture.ctx)->hint, "init"));
	ck_assert_int_eq(nsmgr_call(called, UTS, give, &(int){ 1 }, &status), 0);
	called_drop();
}
END_TEST

static int call_unprivileged(void *data)
{
	struct nsmgr_status status = { 4, 5, false };

	(void)data;
	CHILD_NEEDS(setgid(65534) == 0 && setuid(65534) == 0);
	CHILD_NEEDS(nsmgr_call(called, NSMGR_MASK_ALL, give, &(int){ 1 }, &status) == -EPERM);
	CHILD_NEEDS(status.code == 4 && status.signal == 5);
	CHILD_NEEDS(strcmp(nsmgr_get_failure(fixture.ctx)->step, "enter") == 0);
	CHILD_NEEDS(nsmgr_get_failure(fixture.ctx)->type == NSMGR_UTS && *nsmgr_get_failure(fixture.ctx)->hint);
	CHILD_NEEDS(has_no_children());
	return 0;
}

START_TEST(a_failure_to_enter_is_told)
{
	called_open(UTS);
	ck_assert_child(call_unprivileged, NULL);
	called_drop();
}
END_TEST

static int call_without_processes(void *data)
{
	struct nsmgr_status status;

	(void)data;
	/* Root is held by no limit of processes. */
	CHILD_NEEDS(setgid(54321) == 0 && setuid(54321) == 0);
	CHILD_NEEDS(setrlimit(RLIMIT_NPROC, &(struct rlimit){ 1, 1 }) == 0);
	CHILD_NEEDS(nsmgr_call(called, NSMGR_MASK_ALL, give, &(int){ 1 }, &status) == -EAGAIN);
	CHILD_NEEDS(strcmp(nsmgr_get_failure(fixture.ctx)->step, "fork") == 0);
	return 0;
}

START_TEST(without_processes_it_says_so)
{
	called_open(UTS);
	ck_assert_child(call_without_processes, NULL);
	called_drop();
}
END_TEST

static int call_without_descriptors(void *data)
{
	struct nsmgr_status status;

	(void)data;
	CHILD_NEEDS(setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 0, 0 }) == 0);
	/* It needs none. */
	CHILD_NEEDS(nsmgr_call(called, NSMGR_MASK_ALL, give, &(int){ -7 }, &status) == 0 && status.code == -7);
	return 0;
}

static int close_all(void *data)
{
	closefrom(0);
	return *(int *)data;
}

START_TEST(descriptors_are_not_needed_for_the_result)
{
	called_open(NSMGR_MASK_ALL);
	ck_assert_child(call_without_descriptors, NULL);
	assert_call_gives(close_all, &(int){ -1234 }, -1234);
	called_drop();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("call_where");
	TCase *tcase = suite_case(suite, "call_where");

	tcase_add_loop_test(tcase, it_runs_in_a_set_of_each_type, 0, NSMGR_TYPE_COUNT + 1);
	tcase_add_test(tcase, only_what_is_asked_for_is_entered);
	tcase_add_test(tcase, a_pid_namespace_is_seen_from_within);
	tcase_add_test(tcase, a_dead_pid_namespace_has_no_room);
	add_test_needing(NEED_IDS, tcase, a_failure_to_enter_is_told);
	add_test_needing(NEED_IDS, tcase, without_processes_it_says_so);
	tcase_add_test(tcase, descriptors_are_not_needed_for_the_result);
	return suite_run(suite, NEED_ROOT);
}
