/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include "lib/store.h"
#include "lib/storefile.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static int open_and_close(bool make, bool force)
{
	nsm_autostore struct nsm_store store = NSM_STORE_INIT;

	return nsm_store_open_rw(fixture.ctx, make, force, &store);
}

/* ---- elsewhere ---- */

static int leave_mount_namespace(void)
{
	return unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0;
}

static int use_from_elsewhere(void *data)
{
	struct nsmgr_set *set;

	(void)data;
	CHILD_NEEDS(leave_mount_namespace() == 0);
	/* A copy of the mount came along, but the handles made from now on would be seen here only. */
	CHILD_NEEDS(open_and_close(true, false) == -EXDEV);
	CHILD_NEEDS(strstr(nsmgr_get_failure(fixture.ctx)->text, "nsenter"));
	CHILD_NEEDS(umount2(fixture.root, MNT_DETACH) == 0);
	CHILD_NEEDS(open_and_close(true, false) == -EXDEV);
	CHILD_NEEDS(mounts_below(fixture.root) == 0);
	CHILD_NEEDS(set_state("web", NSMGR_UTS) == NSMGR_ELSEWHERE);
	CHILD_NEEDS(nsmgr_set_open(fixture.ctx, "web", NSMGR_MASK_ALL, NSMGR_OPEN_HOLD, &set) == -EXDEV);
	CHILD_NEEDS(nsmgr_remove(fixture.ctx, "web", 0, NULL) == -EXDEV);
	CHILD_NEEDS(open_and_close(false, true) == 0);
	return 0;
}

START_TEST(from_another_mount_namespace_everything_is_refused_with_the_cure)
{
	set_make("web", NSMGR_MASK(NSMGR_UTS));
	ck_assert_child(use_from_elsewhere, NULL);
	ck_assert_int_eq(set_state("web", NSMGR_UTS), NSMGR_LIVE);
	set_drop("web");
}
END_TEST

static int remove_by_force(void *data)
{
	(void)data;
	CHILD_NEEDS(leave_mount_namespace() == 0);
	CHILD_NEEDS(nsmgr_remove(fixture.ctx, "web", NSMGR_REMOVE_FORCE, NULL) == 0);
	return 0;
}

START_TEST(force_removes_from_elsewhere_and_frees_the_handle_here)
{
	/* KERNEL R5: the unlink detaches the copies in other mount namespaces. */
	set_make("web", NSMGR_MASK(NSMGR_UTS));
	ck_assert_int_eq(mounts_below(fixture.root), 2);
	ck_assert_child(remove_by_force, NULL);
	ck_assert_int_eq(mounts_below(fixture.root), 1);
	ck_assert(!path_exists(in_root("web")));
}
END_TEST

/* ---- afresh ---- */

static void rewrite_storefile(void (*change)(struct nsm_storefile *))
{
	struct nsm_storefile file;
	int root = open(fixture.root, O_PATH | O_DIRECTORY | O_CLOEXEC);

	ck_assert_int_eq(nsm_storefile_read(root, &file), 0);
	change(&file);
	ck_assert_int_eq(nsm_storefile_write(root, &file), 0);
	close(root);
}

static void make_older_boot(struct nsm_storefile *file)
{
	file->boot_id[0] = file->boot_id[0] == 'a' ? 'b' : 'a';
	file->mount_id++;
}

START_TEST(after_a_reboot_it_starts_afresh)
{
	ck_assert_int_eq(open_and_close(true, false), 0);
	rewrite_storefile(make_older_boot);
	ck_assert_int_eq(umount2(fixture.root, MNT_DETACH), 0);
	ck_assert_int_eq(open_and_close(true, false), 0);
	ck_assert_int_eq(mounts_below(fixture.root), 1);
}
END_TEST

START_TEST(a_root_mount_that_was_taken_away_here_is_made_again)
{
	ck_assert_int_eq(open_and_close(true, false), 0);
	ck_assert_int_eq(umount2(fixture.root, MNT_DETACH), 0);
	ck_assert_int_eq(open_and_close(true, false), 0);
	ck_assert_int_eq(mounts_below(fixture.root), 1);
}
END_TEST

/* The kernel gives the number of an unmounted one to the next. */
START_TEST(a_mount_that_got_the_number_of_a_lost_root_is_not_taken_for_it)
{
	ck_assert_int_eq(open_and_close(true, false), 0);
	ck_assert_int_eq(umount2(fixture.root, MNT_DETACH), 0);
	for (int i = 0; i < 16; i++) {
		make_dir(in_dir("%d", i), 0755);
		ck_assert_int_eq(mount("none", in_dir("%d", i), "tmpfs", 0, NULL), 0);
	}
	ck_assert_int_eq(open_and_close(true, false), 0);
	for (int i = 0; i < 16; i++)
		ck_assert_int_eq(umount2(in_dir("%d", i), 0), 0);
}
END_TEST

START_TEST(a_spoilt_store_file_is_written_anew_without_another_mount)
{
	set_make("web", NSMGR_MASK(NSMGR_UTS));
	put_text(in_root(".store"), "nonsense\n");
	ck_assert_int_eq(set_state("web", NSMGR_UTS), NSMGR_LIVE);
	set_make("next", NSMGR_MASK(NSMGR_UTS));
	ck_assert_int_eq(mounts_below(fixture.root), 3);
	set_drop("web");
	set_drop("next");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("place");
	TCase *tcase = suite_case(suite, "place");

	tcase_add_test(tcase, from_another_mount_namespace_everything_is_refused_with_the_cure);
	tcase_add_test(tcase, force_removes_from_elsewhere_and_frees_the_handle_here);
	tcase_add_test(tcase, after_a_reboot_it_starts_afresh);
	tcase_add_test(tcase, a_root_mount_that_was_taken_away_here_is_made_again);
	tcase_add_test(tcase, a_mount_that_got_the_number_of_a_lost_root_is_not_taken_for_it);
	tcase_add_test(tcase, a_spoilt_store_file_is_written_anew_without_another_mount);
	return suite_run(suite, NEED_ROOT);
}
