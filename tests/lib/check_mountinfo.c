/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include "lib/mountinfo.h"

#include <stdio.h>
#include <sys/mount.h>
#include <unistd.h>

static struct nsm_mounts read_below(const char *path)
{
	struct nsm_mounts mounts;

	ck_assert_int_eq(nsm_mounts_read(path, &mounts), 0);
	return mounts;
}

static void put_tmpfs(const char *path)
{
	ck_assert_int_eq(mount("none", path, "tmpfs", 0, NULL), 0);
	ck_assert_int_eq(mount(NULL, path, NULL, MS_PRIVATE, NULL), 0);
}

START_TEST(nothing_is_mounted_where_nothing_is)
{
	nsm_automounts struct nsm_mounts mounts = read_below(fixture.dir);
	size_t count = 1;

	ck_assert_uint_eq(mounts.count, 0);
	ck_assert_ptr_null(nsm_mounts_at(&mounts, fixture.dir, &count));
	ck_assert_uint_eq(count, 0);
}
END_TEST

/* Blanks and the like are escaped by the kernel; what only begins like the path is not below it. */
START_TEST(names_are_as_they_are)
{
	static const char *const names[] = { "a", "a b", "a\\c\td\n", "ab" };
	size_t count;

	for (size_t i = 0; i < NSM_ARRAY_SIZE(names); i++) {
		make_dir(in_dir("%s", names[i]), 0755);
		put_tmpfs(in_dir("%s", names[i]));
	}
	nsm_automounts struct nsm_mounts mounts = read_below(fixture.dir);
	ck_assert_uint_eq(mounts.count, NSM_ARRAY_SIZE(names));
	for (size_t i = 0; i < NSM_ARRAY_SIZE(names); i++) {
		ck_assert_ptr_nonnull(nsm_mounts_at(&mounts, in_dir("%s", names[i]), &count));
		ck_assert_uint_eq(count, 1);
	}
	nsm_automounts struct nsm_mounts below = read_below(in_dir("a"));
	ck_assert_uint_eq(below.count, 1);
	for (size_t i = 0; i < NSM_ARRAY_SIZE(names); i++)
		ck_assert_int_eq(umount2(in_dir("%s", names[i]), MNT_DETACH), 0);
}
END_TEST

START_TEST(a_stack_is_in_its_order)
{
	const struct nsm_mount *stack;
	size_t count;

	make_dir(in_dir("s"), 0755);
	for (int i = 0; i < 4; i++)
		put_tmpfs(in_dir("s"));
	make_dir(in_dir("s/in"), 0755);
	put_tmpfs(in_dir("s/in"));
	ck_assert_int_eq(mount(NULL, in_dir("s"), NULL, MS_SHARED, NULL), 0);
	nsm_automounts struct nsm_mounts mounts = read_below(fixture.dir);
	stack = nsm_mounts_at(&mounts, in_dir("s"), &count);
	ck_assert_uint_eq(count, 4);
	for (size_t i = 1; i < count; i++)
		ck_assert_uint_eq(stack[i].parent, stack[i - 1].id);
	ck_assert(stack[3].shared && !stack[2].shared && !stack[3].slave);
	ck_assert(nsm_mounts_has_children(&mounts, &stack[3]));
	ck_assert(!nsm_mounts_has_children(&mounts, &stack[2]));
	ck_assert_int_eq(umount2(in_dir("s/in"), MNT_DETACH), 0);
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(umount2(in_dir("s"), MNT_DETACH), 0);
}
END_TEST

START_TEST(a_namespace_is_known_by_its_root)
{
	char text[NSMGR_ID_TEXT_SIZE];
	const struct nsm_mount *at;
	struct nsmgr_id id = { 0 };
	size_t count;

	set_make("web", NSMGR_MASK(NSMGR_UTS));
	id.ino = set_inode("web", NSMGR_UTS);
	nsm_automounts struct nsm_mounts mounts = read_below(fixture.root);
	at = nsm_mounts_at(&mounts, in_root("web/uts"), &count);
	ck_assert_uint_eq(count, 1);
	ck_assert_str_eq(at->root, nsmgr_id_text(NSMGR_UTS, &id, text));
	set_drop("web");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mountinfo");
	TCase *tcase = suite_case(suite, "mountinfo");

	tcase_add_test(tcase, nothing_is_mounted_where_nothing_is);
	tcase_add_test(tcase, names_are_as_they_are);
	tcase_add_test(tcase, a_stack_is_in_its_order);
	tcase_add_test(tcase, a_namespace_is_known_by_its_root);
	return suite_run(suite, NEED_ROOT);
}
