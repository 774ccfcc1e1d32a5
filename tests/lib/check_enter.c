/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include "base/macro.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define UTS NSMGR_MASK(NSMGR_UTS)
#define PID NSMGR_MASK(NSMGR_PID)

static int open_pid_alone(void *data)
{
	struct nsmgr_set *set;

	(void)data;
	CHILD_NEEDS(nsmgr_set_open(fixture.ctx, "web", PID, &set) == 0);
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
	CHILD_NEEDS(nsmgr_set_open(fixture.ctx, "web", types, &set) == 0);
	CHILD_NEEDS(nsmgr_set_enter(set) == 0);
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
	ck_assert_int_eq(nsmgr_set_open(fixture.ctx, "web", NSMGR_MASK(NSMGR_NET), &set), -ENOENT);
	ck_assert_int_eq(nsmgr_set_open(fixture.ctx, "none", NSMGR_MASK_ALL, &set), -ENOENT);
	ck_assert_ptr_null(set);
	set_drop("web");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("enter");
	TCase *tcase = suite_case(suite, "enter");

	tcase_add_test(tcase, an_open_set_is_closed_whole);
	tcase_add_loop_test(tcase, any_types_of_a_set_are_entered_and_no_others, 0, 5);
	tcase_add_test(tcase, none_of_the_types_is_none_to_open);
	return suite_run(suite, NEED_ROOT);
}
