/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "unshared.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

struct seen {
	int calls, result;
	char net[64], own[64];
	bool mapped;
};

static int look_outside(void *data, pid_t pid)
{
	struct seen *seen = data;
	char path[64], map[64] = "";
	FILE *file;

	seen->calls++;
	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
	if (readlink(path, seen->net, sizeof(seen->net) - 1) < 0)
		return -errno;
	if (readlink("/proc/self/ns/net", seen->own, sizeof(seen->own) - 1) < 0)
		return -errno;
	snprintf(path, sizeof(path), "/proc/%d/uid_map", (int)pid);
	file = fopen(path, "re");
	seen->mapped = file && fgets(map, sizeof(map), file) && strstr(map, "4242");
	if (file)
		fclose(file);
	return seen->result;
}

/* It is told by the host name that it left, for its memory is its own. */
static int look_inside(void *data)
{
	char name[32];
	int result = *(int *)data;

	snprintf(name, sizeof(name), "pid%d-uid%d", (int)getpid(), (int)getuid());
	return sethostname(name, strlen(name)) < 0 ? -errno : result;
}

static int compare_name(void *data)
{
	char name[64];

	gethostname(name, sizeof(name));
	return strcmp(name, data);
}

START_TEST(hooks_see_the_new_namespaces_from_both_sides)
{
	const struct nsmgr_extent map = { 0, 4242, 100 };
	struct seen seen = { 0 };
	int result = 0;
	char text[64];

	wanted_new();
	nsmgr_config_make_rest(wanted);
	ck_assert_int_eq(nsmgr_config_map(wanted, NSMGR_UID, &map), 0);
	ck_assert_int_eq(nsmgr_config_map(wanted, NSMGR_GID, &map), 0);
	nsmgr_config_hook_outside(wanted, look_outside, &seen);
	nsmgr_config_hook_inside(wanted, look_inside, &result);
	unshared_make();
	ck_assert_int_eq(seen.calls, 1);
	snprintf(text, sizeof(text), "net:[%llu]", (unsigned long long)id_of(unshared, NSMGR_NET).ino);
	ck_assert_str_eq(seen.net, text);
	ck_assert_str_ne(seen.own, text);
	ck_assert(seen.mapped);
	ck_assert_int_eq(inside(compare_name, (char[]){ "pid2-uid0" }), 0);
	unshared_end();
}
END_TEST

/* Simple types have no need of a process of their own, but a hook does. */
START_TEST(hooks_work_under_a_name_too)
{
	struct seen seen = { 0 };
	int result = 0;

	wanted_new();
	nsmgr_config_make(wanted, NSMGR_NET);
	nsmgr_config_make(wanted, NSMGR_UTS);
	nsmgr_config_hook_outside(wanted, look_outside, &seen);
	nsmgr_config_hook_inside(wanted, look_inside, &result);
	for (int i = 1; i <= 3; i++) {
		char name[8];

		snprintf(name, sizeof(name), "set%d", i);
		ck_assert_int_eq(nsmgr_create(fixture.ctx, name, wanted, 0), 0);
		ck_assert_int_eq(seen.calls, i);
		ck_assert_str_ne(seen.net, seen.own);
		set_drop(name);
	}
	unshared_end();
}
END_TEST

START_TEST(a_failing_hook_fails_the_set_with_its_own_error)
{
	struct seen seen = { .result = -EXFULL };
	int result = -ELIBBAD;

	wanted_new();
	if (_i)
		nsmgr_config_make(wanted, NSMGR_PID);
	nsmgr_config_make(wanted, NSMGR_NET);
	nsmgr_config_make(wanted, NSMGR_UTS);
	nsmgr_config_hook_outside(wanted, look_outside, &seen);
	ck_assert_int_eq(nsmgr_unshare(wanted, &unshared), -EXFULL);
	assert_failure(EXFULL, "hook", NSMGR_TYPE_NONE);
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "web", wanted, 0), -EXFULL);
	nsmgr_config_hook_outside(wanted, NULL, NULL);
	nsmgr_config_hook_inside(wanted, look_inside, &result);
	ck_assert_int_eq(nsmgr_unshare(wanted, &unshared), -ELIBBAD);
	assert_failure(ELIBBAD, "hook", NSMGR_TYPE_NONE);
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "web", wanted, 0), -ELIBBAD);
	ck_assert_ptr_null(unshared);
	ck_assert(has_no_children());
	unshared_end();
}
END_TEST

static int fail_in_words(void *data)
{
	(void)data;
	return nsmgr_config_hook_fail(wanted, -EXFULL, "paint", NSMGR_MNT, "/wall", "no paint");
}

static int fail_outside(void *data, pid_t pid)
{
	(void)pid;
	return fail_in_words(data);
}

START_TEST(a_hook_says_which_step_failed_and_why)
{
	wanted_new();
	if (_i % 2)
		nsmgr_config_make(wanted, NSMGR_PID);
	nsmgr_config_make(wanted, NSMGR_UTS);
	if (_i < 2)
		nsmgr_config_hook_inside(wanted, fail_in_words, NULL);
	else
		nsmgr_config_hook_outside(wanted, fail_outside, NULL);
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "web", wanted, 0), -EXFULL);
	assert_failure(EXFULL, "paint", NSMGR_MNT);
	ck_assert_str_eq(nsmgr_get_failure(fixture.ctx)->path, "/wall");
	ck_assert_str_eq(nsmgr_get_failure(fixture.ctx)->text, "no paint");
	unshared_end();
}
END_TEST

static int fail_outside_like_ours(void *data, pid_t pid)
{
	struct seen *seen = data;

	(void)pid;
	seen->calls++;
	return nsmgr_config_hook_fail(wanted, seen->result, "bind", NSMGR_MNT, NULL, "no paint");
}

/* A name that is taken, and a mount namespace that looks too old, are tried once more. */
START_TEST(no_error_of_a_hook_is_taken_for_one_of_ours)
{
	static const int results[] = { -EEXIST, -EINVAL };
	struct seen seen = { .result = results[_i] };

	wanted_new();
	nsmgr_config_make(wanted, NSMGR_MNT);
	nsmgr_config_hook_outside(wanted, fail_outside_like_ours, &seen);
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "web", wanted, 0), results[_i]);
	assert_failure(-results[_i], "bind", NSMGR_MNT);
	ck_assert_int_eq(seen.calls, 1);
	unshared_end();
}
END_TEST

static int die(void *data)
{
	(void)data;
	kill(getpid(), SIGSEGV);
	return 0;
}

START_TEST(a_hook_that_dies_is_no_success)
{
	wanted_new();
	nsmgr_config_make(wanted, NSMGR_UTS);
	nsmgr_config_hook_inside(wanted, die, NULL);
	ck_assert_int_eq(nsmgr_unshare(wanted, &unshared), -ECHILD);
	assert_failure(ECHILD, "hook", NSMGR_TYPE_NONE);
	unshared_end();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hook");
	TCase *tcase = suite_case(suite, "hooks");

	add_test_needing(NEED_IDS, tcase, hooks_see_the_new_namespaces_from_both_sides);
	tcase_add_test(tcase, hooks_work_under_a_name_too);
	tcase_add_loop_test(tcase, a_failing_hook_fails_the_set_with_its_own_error, 0, 2);
	tcase_add_loop_test(tcase, a_hook_says_which_step_failed_and_why, 0, 4);
	tcase_add_loop_test(tcase, no_error_of_a_hook_is_taken_for_one_of_ours, 0, 2);
	tcase_add_test(tcase, a_hook_that_dies_is_no_success);
	return suite_run(suite, NEED_ROOT);
}
