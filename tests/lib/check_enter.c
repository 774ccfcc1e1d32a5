/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include "base/fd.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define UTS NSMGR_MASK(NSMGR_UTS)
#define PID NSMGR_MASK(NSMGR_PID)

static int open_pid_alone(void *data)
{
	struct nsmgr_set *set;

	(void)data;
	CHILD_NEEDS(nsmgr_set_open(fixture.ctx, "web", PID, NSMGR_OPEN_HOLD, &set) == 0);
	CHILD_NEEDS(nsmgr_set_types(set) == PID && nsmgr_set_fd(set, NSMGR_PID) >= 0);
	CHILD_NEEDS(nsmgr_set_fd(set, NSMGR_UTS) == -ENOENT);
	nsmgr_set_close(set);
	return 0;
}

START_TEST(an_open_set_is_closed_whole)
{
	set_make("web", PID | UTS);
	ck_assert_child(open_pid_alone, NULL);
	set_drop("web");
	nsmgr_set_close(NULL);
}
END_TEST

static int enter_and_compare(void *data)
{
	unsigned types = *(unsigned *)data;
	struct nsmgr_set *set;
	ino_t expected[NSMGR_TYPE_COUNT] = { 0 }, before[NSMGR_TYPE_COUNT];
	char path[64];

	for (unsigned t = 0; t < NSMGR_TYPE_COUNT; t++) {
		snprintf(path, sizeof(path), "/proc/self/ns/%s", nsmgr_type_name((enum nsmgr_type)t));
		before[t] = inode_of(path);
		expected[t] = types & NSMGR_MASK(t) ? set_inode("web", (enum nsmgr_type)t) : before[t];
	}
	CHILD_NEEDS(nsmgr_set_open(fixture.ctx, "web", types, NSMGR_OPEN_HOLD, &set) == 0);
	CHILD_NEEDS(nsmgr_set_enter(set, NSMGR_MASK_ALL) == 0);
	nsmgr_set_close(set);
	for (unsigned t = 0; t < NSMGR_TYPE_COUNT; t++) {
		/* pid takes effect for children only: the link of our own says so (KERNEL R40). */
		snprintf(path, sizeof(path), "/proc/self/ns/%s",
			 t == NSMGR_PID ? "pid_for_children" : nsmgr_type_name((enum nsmgr_type)t));
		/* A /proc of the set's own pid namespace does not show us. */
		if ((types & NSMGR_MASK(NSMGR_MNT)) && access("/proc/self", F_OK) < 0)
			break;
		CHILD_NEEDS(inode_of(path) == expected[t]);
		CHILD_NEEDS(!(types & NSMGR_MASK(t)) || expected[t] != before[t]);
	}
	return 0;
}

/* A store of every type, entered in every combination: KERNEL R24, section 8. */
START_TEST(any_types_of_a_set_are_entered_and_no_others)
{
	set_make("web", NSMGR_MASK_ALL);
	for (unsigned types = 1 + (unsigned)_i; types <= NSMGR_MASK_ALL; types += 5)
		ck_assert_msg(child_status(enter_and_compare, &types) == 0, "types %x", types);
	set_drop("web");
}
END_TEST

START_TEST(none_of_the_types_is_none_to_open)
{
	struct nsmgr_set *set = NULL;

	set_make("web", UTS);
	ck_assert_int_eq(nsmgr_set_open(fixture.ctx, "web", NSMGR_MASK(NSMGR_NET), NSMGR_OPEN_HOLD, &set), -ENOENT);
	ck_assert_int_eq(nsmgr_set_open(fixture.ctx, "none", NSMGR_MASK_ALL, NSMGR_OPEN_HOLD, &set), -ENOENT);
	ck_assert_ptr_null(set);
	set_drop("web");
}
END_TEST

/* ---- a descriptor, a process ---- */

static struct nsmgr_set *set;

static void drop(void)
{
	nsmgr_set_close(set);
	set = NULL;
	set_drop("web");
}

static int enter_descriptors(void *data)
{
	nsm_autoclose int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int fd = *(int *)data;
	ino_t wanted = set_inode("web", NSMGR_UTS), before = inode_of("/proc/self/ns/uts");

	CHILD_NEEDS(nsmgr_enter_fd(fixture.ctx, fd, NSMGR_NET) == -EINVAL);
	CHILD_NEEDS(strcmp(nsmgr_get_failure(fixture.ctx)->text, "it is a uts namespace") == 0);
	CHILD_NEEDS(nsmgr_enter_fd(fixture.ctx, null, NSMGR_TYPE_NONE) == -EINVAL);
	CHILD_NEEDS(nsmgr_enter_fd(fixture.ctx, -1, NSMGR_UTS) == -EBADF);
	CHILD_NEEDS(nsmgr_enter_fd(fixture.ctx, 900, NSMGR_TYPE_NONE) == -EBADF);
	CHILD_NEEDS(inode_of("/proc/self/ns/uts") == before);
	CHILD_NEEDS(nsmgr_enter_fd(fixture.ctx, fd, NSMGR_UTS) == 0);
	CHILD_NEEDS(inode_of("/proc/self/ns/uts") == wanted);
	CHILD_NEEDS(unshare(CLONE_NEWUTS) == 0 && nsmgr_enter_fd(fixture.ctx, fd, NSMGR_TYPE_NONE) == 0);
	CHILD_NEEDS(inode_of("/proc/self/ns/uts") == wanted && fcntl(fd, F_GETFD) >= 0);
	return 0;
}

START_TEST(a_descriptor_is_entered_if_it_is_of_the_type)
{
	int fd;

	set_make("web", UTS);
	ck_assert_int_eq(nsmgr_set_open(fixture.ctx, "web", NSMGR_MASK_ALL, 0, &set), 0);
	fd = nsmgr_set_fd(set, NSMGR_UTS);
	ck_assert_child(enter_descriptors, &fd);
	drop();
}
END_TEST

static int unshare_some(void *data)
{
	(void)data;
	return unshare(CLONE_NEWUTS | CLONE_NEWNET | CLONE_NEWNS);
}

static int enter_process(void *data)
{
	pid_t pid = *(pid_t *)data;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
	CHILD_NEEDS(nsmgr_enter_pid(fixture.ctx, pid, UTS) == 0);
	CHILD_NEEDS(inode_of("/proc/self/ns/net") != inode_of(path));
	/* Its user namespace is our own, and passed over. */
	CHILD_NEEDS(nsmgr_enter_pid(fixture.ctx, pid, NSMGR_MASK_ALL) == 0);
	CHILD_NEEDS(inode_of("/proc/self/ns/net") == inode_of(path));
	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", (int)pid);
	CHILD_NEEDS(inode_of("/proc/self/ns/mnt") == inode_of(path));
	return 0;
}

START_TEST(a_process_is_joined)
{
	struct resident resident = resident_start(unshare_some, NULL);

	ck_assert_child(enter_process, &resident.pid);
	ck_assert_int_eq(nsmgr_enter_pid(fixture.ctx, resident.pid, 0), -ENOENT);
	resident_end(&resident);
	ck_assert_int_eq(nsmgr_enter_pid(fixture.ctx, resident.pid, UTS), -ESRCH);
	assert_failure(ESRCH, "source", NSMGR_TYPE_NONE);
}
END_TEST

/* ---- refusals ---- */

static int enter_unprivileged(void *data)
{
	(void)data;
	CHILD_NEEDS(setgid(65534) == 0 && setuid(65534) == 0);
	CHILD_NEEDS(nsmgr_set_enter(set, NSMGR_MASK_ALL) == -EPERM);
	CHILD_NEEDS(strcmp(nsmgr_get_failure(fixture.ctx)->step, "enter") == 0);
	CHILD_NEEDS(nsmgr_get_failure(fixture.ctx)->type == NSMGR_UTS && *nsmgr_get_failure(fixture.ctx)->hint);
	return 0;
}

static int enter_upwards(void *data)
{
	nsm_autoclose int above = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
	int status;
	pid_t pid;

	(void)data;
	CHILD_NEEDS(unshare(CLONE_NEWPID) == 0);
	pid = fork();
	if (pid == 0)
		_exit(nsmgr_enter_fd(fixture.ctx, above, NSMGR_PID) == -EINVAL &&
		      strstr(nsmgr_get_failure(fixture.ctx)->hint, "below") ? 0 : 1);
	CHILD_NEEDS(waitpid(pid, &status, 0) == pid && status == 0);
	return 0;
}

START_TEST(what_may_not_be_entered_is_named)
{
	set_make("web", UTS);
	ck_assert_int_eq(nsmgr_set_open(fixture.ctx, "web", NSMGR_MASK_ALL, 0, &set), 0);
	ck_assert_child(enter_unprivileged, NULL);
	ck_assert_child(enter_upwards, NULL);
	ck_assert_int_eq(nsmgr_set_enter(set, NSMGR_MASK(NSMGR_NET)), -ENOENT);
	assert_failure(ENOENT, "enter", NSMGR_TYPE_NONE);
	ck_assert_int_eq(nsmgr_set_enter(set, 0), -ENOENT);
	drop();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("enter");
	TCase *tcase = suite_case(suite, "enter");
	TCase *others = suite_case(suite, "others");

	tcase_add_test(tcase, an_open_set_is_closed_whole);
	tcase_add_loop_test(tcase, any_types_of_a_set_are_entered_and_no_others, 0, 5);
	tcase_add_test(tcase, none_of_the_types_is_none_to_open);
	tcase_add_test(others, a_descriptor_is_entered_if_it_is_of_the_type);
	tcase_add_test(others, a_process_is_joined);
	add_test_needing(NEED_IDS, others, what_may_not_be_entered_is_named);
	return suite_run(suite, NEED_ROOT);
}
