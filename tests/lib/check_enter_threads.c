/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include "base/macro.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define UTS NSMGR_MASK(NSMGR_UTS)
#define PID NSMGR_MASK(NSMGR_PID)

static struct nsmgr_set *set;

static void drop(void)
{
	nsmgr_set_close(set);
	set = NULL;
	set_drop("web");
}

/* Where the calling thread is, as text. */
static void look(char *buf, size_t size)
{
	size_t len = 0;

	for (unsigned t = 0; t < NSMGR_TYPE_COUNT; t++) {
		char path[64], target[64] = "";

		snprintf(path, sizeof(path), "/proc/thread-self/ns/%s",
			 t == NSMGR_PID ? "pid_for_children" : nsmgr_type_name((enum nsmgr_type)t));
		if (readlink(path, target, sizeof(target) - 1) < 0)
			target[0] = '\0';
		len += (size_t)snprintf(buf + len, size - len, "%s ", target);
	}
}

struct attempt {
	unsigned types;
	bool unshares_fs;
	int result;
	enum nsmgr_type failed;
	bool moved;
	char text[256];
};

static void *enter_in_thread(void *data)
{
	struct attempt *attempt = data;
	char before[512], after[512];

	if (attempt->unshares_fs && unshare(CLONE_FS) < 0)
		return NULL;
	look(before, sizeof(before));
	attempt->result = nsmgr_set_enter(set, attempt->types);
	look(after, sizeof(after));
	attempt->moved = strcmp(before, after) != 0;
	if (attempt->result < 0) {
		attempt->failed = nsmgr_get_failure(fixture.ctx)->type;
		snprintf(attempt->text, sizeof(attempt->text), "%s", nsmgr_get_failure(fixture.ctx)->text);
	}
	return NULL;
}

static int enter_beside_threads(void *data)
{
	struct attempt *attempt = data;
	char before[512], after[512];
	pthread_t thread;

	look(before, sizeof(before));
	CHILD_NEEDS(pthread_create(&thread, NULL, enter_in_thread, attempt) == 0);
	CHILD_NEEDS(pthread_join(thread, NULL) == 0);
	/* Never the other threads. */
	look(after, sizeof(after));
	CHILD_NEEDS(strcmp(before, after) == 0);
	return 0;
}

/* With a type that works before those that do not: nothing is changed. */
static int be_refused(void *data)
{
	static const struct {
		enum nsmgr_type type;
		const char *cure;
	} cases[] = {
		{ NSMGR_USER, "more than one thread" },
		{ NSMGR_TIME, "more than one thread" },
		{ NSMGR_MNT, "unshare(CLONE_FS)" },
	};

	(void)data;
	for (size_t i = 0; i < NSM_ARRAY_SIZE(cases); i++) {
		struct attempt attempt = { .types = NSMGR_MASK(cases[i].type) | UTS | NSMGR_MASK(NSMGR_NET) };

		CHILD_NEEDS(enter_beside_threads(&attempt) == 0);
		CHILD_NEEDS(attempt.result == -EINVAL && !attempt.moved && attempt.failed == cases[i].type);
		CHILD_NEEDS(strstr(attempt.text, cases[i].cure) != NULL);
	}
	return 0;
}

START_TEST(a_thread_is_refused_before_anything_is_changed)
{
	set_make("web", NSMGR_MASK_ALL);
	ck_assert_int_eq(nsmgr_set_open(fixture.ctx, "web", NSMGR_MASK_ALL, 0, &set), 0);
	ck_assert_child(be_refused, NULL);
	drop();
}
END_TEST

static int enter_from_thread(void *data)
{
	struct attempt attempt = *(struct attempt *)data;

	CHILD_NEEDS(enter_beside_threads(&attempt) == 0);
	CHILD_NEEDS(attempt.result == 0 && attempt.moved);
	return 0;
}

START_TEST(a_thread_enters_what_is_a_threads)
{
	struct attempt attempts[] = {
		{ .types = NSMGR_MASK(NSMGR_NET) },
		{ .types = NSMGR_MASK(NSMGR_NET) | UTS | NSMGR_MASK(NSMGR_IPC) | NSMGR_MASK(NSMGR_CGROUP) | PID },
		{ .types = NSMGR_MASK(NSMGR_MNT) | UTS, .unshares_fs = true },
	};

	set_make("web", NSMGR_MASK_ALL & ~NSMGR_MASK(NSMGR_USER));
	ck_assert_int_eq(nsmgr_set_open(fixture.ctx, "web", NSMGR_MASK_ALL, 0, &set), 0);
	for (size_t i = 0; i < NSM_ARRAY_SIZE(attempts); i++)
		ck_assert_child(enter_from_thread, &attempts[i]);
	drop();
}
END_TEST

static int enter_own_from_thread(void *data)
{
	struct attempt attempt = { .types = NSMGR_MASK_ALL };

	(void)data;
	CHILD_NEEDS(chdir("/tmp") == 0);
	CHILD_NEEDS(enter_beside_threads(&attempt) == 0);
	CHILD_NEEDS(attempt.result == 0 && !attempt.moved);
	CHILD_NEEDS(inode_of(".") == inode_of("/tmp"));
	return 0;
}

START_TEST(what_the_caller_is_in_needs_nothing)
{
	ck_assert_int_eq(nsmgr_set_from_caller(fixture.ctx, NSMGR_MASK_ALL, &set), 0);
	ck_assert_child(enter_own_from_thread, NULL);
	nsmgr_set_close(set);
	set = NULL;
}
END_TEST

static int come_back(void *data)
{
	char before[512], after[512];

	(void)data;
	look(before, sizeof(before));
	/* Children would be in a new one, but for the way back. */
	CHILD_NEEDS(unshare(0x80 | CLONE_NEWUTS | CLONE_NEWNS) == 0);
	CHILD_NEEDS(nsmgr_set_enter(set, NSMGR_MASK_ALL) == 0);
	look(after, sizeof(after));
	CHILD_NEEDS(strcmp(before, after) == 0);
	CHILD_NEEDS(inode_of("/proc/self/ns/time_for_children") == inode_of("/proc/self/ns/time"));
	return 0;
}

START_TEST(one_comes_back_by_a_set_of_the_caller)
{
	ck_assert_int_eq(nsmgr_set_from_caller(fixture.ctx, NSMGR_MASK_ALL, &set), 0);
	ck_assert_child(come_back, NULL);
	nsmgr_set_close(set);
	set = NULL;
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("enter_threads");
	TCase *tcase = suite_case(suite, "threads");

	tcase_add_loop_test(tcase, a_thread_is_refused_before_anything_is_changed, 0, FORKED_ALONE);
	tcase_add_test(tcase, a_thread_enters_what_is_a_threads);
	tcase_add_test(tcase, what_the_caller_is_in_needs_nothing);
	add_loop_test_needing(NEED_ALL, tcase, one_comes_back_by_a_set_of_the_caller, 0, FORKED_ALONE);
	return suite_run(suite, NEED_ROOT);
}
