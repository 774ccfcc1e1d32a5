/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "stages.h"

#include "lib/stage.h"
#include "lib/sys.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* KERNEL R6: the mounts follow the directory. */
START_TEST(a_set_is_seen_whole_or_not_at_all)
{
	struct nsm_meta meta = { .boot_id = "boot", .mount_id = store.mount_id };
	struct stat st;

	ck_assert_int_eq(nsm_stage_begin(&stage), 0);
	ck_assert_int_eq(bind_own(&stage, NSMGR_UTS), 0);
	ck_assert_int_eq(bind_own(&stage, NSMGR_NET), 0);
	ck_assert_int_eq(nsm_stage_write_meta(&stage, &meta), 0);
	ck_assert(!path_exists(in_root("web")));
	ck_assert_int_eq(nsm_stage_publish(&stage, "web"), 0);
	ck_assert_int_eq(stat(in_root("web"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0755);
	ck_assert_uint_eq(inode_of(in_root("web/uts")), inode_of("/proc/self/ns/uts"));
	ck_assert_uint_eq(inode_of(in_root("web/net")), inode_of("/proc/self/ns/net"));
	ck_assert_int_eq(mounts_below(in_root("web")), 2);
	set_drop("web");
}
END_TEST

START_TEST(a_stage_is_nobody_elses_to_look_into)
{
	struct stat st;

	ck_assert_int_eq(fstat(stage.dir, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0700);
	ck_assert_int_eq(stages_left(), 1);
}
END_TEST

START_TEST(exactly_one_of_two_gets_the_name)
{
	struct nsm_stage other;

	ck_assert_int_eq(nsm_stage_open(&store, &other), 0);
	ck_assert_int_eq(nsm_stage_begin(&stage), 0);
	ck_assert_int_eq(nsm_stage_begin(&other), 0);
	ck_assert_int_eq(bind_own(&other, NSMGR_UTS), 0);
	ck_assert_int_eq(nsm_stage_publish(&stage, "web"), 0);
	/* Also onto an empty directory, which a plain rename would replace. */
	ck_assert_int_eq(nsm_stage_publish(&other, "web"), -EEXIST);
	assert_failure(EEXIST, "publish", NSMGR_TYPE_NONE);
	nsm_stage_close(&other);
	ck_assert_int_eq(mounts_below(in_root(".stage")), 0);
	ck_assert_int_eq(rmdir(in_root("web")), 0);
}
END_TEST

/* KERNEL R2: a bind over an existing handle would stack silently. */
START_TEST(a_handle_is_bound_once)
{
	ck_assert_int_eq(nsm_stage_begin(&stage), 0);
	ck_assert_int_eq(bind_own(&stage, NSMGR_UTS), 0);
	ck_assert_int_eq(bind_own(&stage, NSMGR_UTS), -EEXIST);
	ck_assert_int_eq(mounts_below(in_root(".stage")), 1);
}
END_TEST

START_TEST(what_is_discarded_leaves_neither_mount_nor_file_and_keeps_the_failure)
{
	ck_assert_int_eq(nsm_stage_begin(&stage), 0);
	ck_assert_int_eq(bind_own(&stage, NSMGR_UTS), 0);
	nsm_fail(fixture.ctx, -EXFULL, "step", NSMGR_NET, NULL);
	nsm_stage_discard(&stage);
	assert_failure(EXFULL, "step", NSMGR_NET);
	ck_assert_int_eq(mounts_below(in_root(".stage")), 0);
	ck_assert(!stage.busy);
	/* The stage itself goes on. */
	ck_assert_int_eq(nsm_stage_begin(&stage), 0);
	nsm_stage_close(&stage);
	ck_assert_int_eq(stages_left(), 0);
}
END_TEST

START_TEST(closing_discards_what_was_not_published)
{
	ck_assert_int_eq(nsm_stage_begin(&stage), 0);
	ck_assert_int_eq(bind_own(&stage, NSMGR_UTS), 0);
	nsm_stage_close(&stage);
	ck_assert_int_eq(stages_left(), 0);
	ck_assert_int_eq(mounts_below(fixture.root), 1);
	nsm_stage_close(&stage);
}
END_TEST

START_TEST(a_hidden_set_is_gone_for_everybody_and_its_mounts_with_it)
{
	bool detached = false;

	set_make("web", NSMGR_MASK(NSMGR_UTS) | NSMGR_MASK(NSMGR_IPC));
	ck_assert_int_eq(nsm_stage_hide(&stage, "none"), -ENOENT);
	ck_assert_int_eq(nsm_stage_hide(&stage, "web"), 0);
	ck_assert(!path_exists(in_root("web")));
	ck_assert_int_eq(mounts_below(in_root(".stage")), 2);
	ck_assert_int_eq(nsm_stage_remove(&stage, &detached), 0);
	ck_assert(detached);
	ck_assert_int_eq(mounts_below(fixture.root), 1);
}
END_TEST

START_TEST(stacked_mounts_are_all_taken_off)
{
	set_make("web", NSMGR_MASK(NSMGR_UTS));
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(mount("/proc/self/ns/uts", in_root("web/uts"), NULL, MS_BIND, NULL), 0);
	put_text(in_root("web/ipc"), "");
	ck_assert_int_eq(mount("/proc/self/ns/ipc", in_root("web/.set"), NULL, MS_BIND, NULL), 0);
	ck_assert_int_eq(nsm_stage_hide(&stage, "web"), 0);
	ck_assert_int_eq(nsm_stage_remove(&stage, NULL), 0);
	ck_assert_int_eq(mounts_below(fixture.root), 1);
}
END_TEST

/* Known as plain, but for something that somebody put into it afterwards, and a handle that was taken away. */
START_TEST(what_is_no_longer_plain_is_removed_all_the_same)
{
	struct nsm_meta meta = { .boot_id = "boot", .mount_id = store.mount_id };
	bool detached = false;

	ck_assert_int_eq(nsm_stage_begin(&stage), 0);
	ck_assert_int_eq(bind_own(&stage, NSMGR_UTS), 0);
	ck_assert_int_eq(nsm_stage_write_meta(&stage, &meta), 0);
	ck_assert_int_eq(nsm_stage_publish(&stage, "web"), 0);
	ck_assert_int_eq(nsm_stage_hide(&stage, "web"), 0);
	ck_assert_int_eq(symlinkat("/", stage.dir, "set/later"), 0);
	stage.plain = NSMGR_MASK(NSMGR_UTS) | NSMGR_MASK(NSMGR_NET);
	ck_assert_int_eq(nsm_stage_remove(&stage, &detached), 0);
	ck_assert(detached);
	ck_assert(!stage.busy);
	ck_assert_int_eq(mounts_below(in_root(".stage")), 0);
}
END_TEST

START_TEST(a_link_in_a_set_is_removed_and_never_followed)
{
	make_dir(in_dir("outside"), 0755);
	put_text(in_dir("outside/uts"), "precious");
	ck_assert_int_eq(mount("/proc/self/ns/uts", in_dir("outside/uts"), NULL, MS_BIND, NULL), 0);
	ck_assert_int_eq(nsm_stage_begin(&stage), 0);
	ck_assert_int_eq(symlink(in_dir("outside/uts"), in_root(".stage/%s/set/uts", stage.name)), 0);
	ck_assert_int_eq(nsm_stage_remove(&stage, NULL), 0);
	ck_assert_int_eq(mounts_below(in_dir("outside")), 1);
	ck_assert_int_eq(umount2(in_dir("outside/uts"), UMOUNT_NOFOLLOW), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("stage");
	TCase *tcase = suite_case(suite, "stage");

	tcase_add_checked_fixture(tcase, open_store, close_store);
	tcase_add_test(tcase, a_set_is_seen_whole_or_not_at_all);
	tcase_add_test(tcase, a_stage_is_nobody_elses_to_look_into);
	tcase_add_test(tcase, exactly_one_of_two_gets_the_name);
	tcase_add_test(tcase, a_handle_is_bound_once);
	tcase_add_test(tcase, what_is_discarded_leaves_neither_mount_nor_file_and_keeps_the_failure);
	tcase_add_test(tcase, closing_discards_what_was_not_published);
	tcase_add_test(tcase, a_hidden_set_is_gone_for_everybody_and_its_mounts_with_it);
	tcase_add_test(tcase, stacked_mounts_are_all_taken_off);
	tcase_add_test(tcase, what_is_no_longer_plain_is_removed_all_the_same);
	tcase_add_test(tcase, a_link_in_a_set_is_removed_and_never_followed);
	return suite_run(suite, NEED_ROOT);
}
