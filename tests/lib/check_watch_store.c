/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "watched.h"

#include "base/fd.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* A store that comes, goes, is covered, and comes again. */

#define UTS NSMGR_MASK(NSMGR_UTS)

/* Two levels of directories that are not there yet; the fixture's own store is not used. */
static const char *deep_root(void)
{
	const char *root = in_dir("deep/er/store");

	ck_assert_int_eq(nsmgr_set_root(fixture.ctx, root), 0);
	return nsmgr_get_root(fixture.ctx);
}

static void take_down(const char *root)
{
	ck_assert_int_eq(umount2(root, UMOUNT_NOFOLLOW), 0);
	clear_away(root);
}

START_TEST(a_store_can_be_made_later)
{
	auto_account struct account account, late;
	const char *root = deep_root();

	account_begin(&account, NSMGR_WATCH_INITIAL);
	ck_assert_told(&account, "");
	make_dir(in_dir("other"), 0755);
	ck_assert_told(&account, "");
	make_dir(in_dir("deep"), 0755);
	account_begin(&late, 0);
	set_make("a", UTS);
	ck_assert_told(&account, "created a");
	ck_assert_told(&late, "created a");
	set_drop("a");
	ck_assert_told(&account, "removed a");
	take_down(root);
}
END_TEST

START_TEST(a_store_can_be_removed_and_made_again)
{
	auto_account struct account account;
	const char *root = deep_root();

	set_make("a", UTS);
	account_begin(&account, NSMGR_WATCH_INITIAL);
	ck_assert_told(&account, "present a");
	for (int i = 0; i < 3; i++) {
		set_drop("a");
		ck_assert_told(&account, "removed a");
		/* Without MNT_DETACH: no watch keeps it busy. */
		take_down(root);
		if (i > 0)
			ck_assert_told(&account, "");
		if (i > 1)
			clear_away(in_dir("deep"));
		set_make("a", UTS);
		ck_assert_told(&account, "created a");
		assert_account_is_right(&account);
	}
	set_drop("a");
	ck_assert_told(&account, "removed a");
	take_down(root);
}
END_TEST

/* A directory that somebody is in tells of its deletion when he leaves it; the new store's mount tells before. */
START_TEST(a_store_that_somebody_is_in_can_be_made_again)
{
	auto_account struct account account;
	nsm_autoclose int fd = -EBADF;
	const char *root = deep_root();

	set_make("a", UTS);
	account_begin(&account, NSMGR_WATCH_INITIAL);
	ck_assert_told(&account, "present a");
	set_drop("a");
	ck_assert_int_eq(umount2(root, UMOUNT_NOFOLLOW), 0);
	fd = open(root, O_PATH | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	clear_away(root);
	set_make("b", UTS);
	ck_assert_str_eq(account_read(&account), "removed a, created b");
	set_drop("b");
	ck_assert_told(&account, "removed b");
	take_down(root);
}
END_TEST

START_TEST(a_way_that_is_moved_leads_elsewhere)
{
	auto_account struct account account;
	const char *root = deep_root();

	set_make("a", UTS);
	account_begin(&account, NSMGR_WATCH_INITIAL);
	ck_assert_told(&account, "present a");
	ck_assert_int_eq(rename(in_dir("deep"), in_dir("away")), 0);
	ck_assert_int_eq(account_is_ready(&account), true);
	ck_assert_told(&account, "removed a");
	make_dir(in_dir("deep"), 0755);
	make_dir(in_dir("deep/er"), 0755);
	make_dir(in_dir("deep/er/store"), 0755);
	make_dir(in_dir("deep/er/store/b"), 0755);
	ck_assert_told(&account, "created b");
	ck_assert_int_eq(rmdir(in_dir("deep/er/store/b")), 0);
	ck_assert_int_eq(rmdir(in_dir("deep/er/store")), 0);
	ck_assert_int_eq(rmdir(in_dir("deep/er")), 0);
	ck_assert_told(&account, "removed b");
	ck_assert_int_eq(rmdir(in_dir("deep")), 0);
	ck_assert_int_eq(rename(in_dir("away"), in_dir("deep")), 0);
	ck_assert_told(&account, "created a");
	set_drop("a");
	ck_assert_told(&account, "removed a");
	take_down(root);
}
END_TEST

static void cover(const char *path)
{
	ck_assert_int_eq(mount("none", path, "tmpfs", 0, "mode=755"), 0);
}

/* Nothing happens in any directory: the mount table alone tells. */
START_TEST(a_mount_can_cover_the_store)
{
	auto_account struct account account;
	const char *root = deep_root();

	set_make("a", UTS);
	account_begin(&account, NSMGR_WATCH_INITIAL);
	ck_assert_told(&account, "present a");
	for (int i = 0; i < 3; i++) {
		const char *where = i == 0 ? root : i == 1 ? in_dir("deep/er") : in_dir("deep");

		/* What others mount meanwhile wakes it too, with nothing to tell. */
		ck_assert_str_eq(account_read(&account), "");
		cover(where);
		/* Asked twice: a question takes the answer away. */
		ck_assert_int_eq(account_is_ready(&account), true);
		account_is_ready(&account);
		ck_assert_told(&account, "removed a");
		ck_assert_int_eq(umount(where), 0);
		ck_assert_int_eq(account_is_ready(&account), true);
		ck_assert_told(&account, "created a");
	}
	set_drop("a");
	ck_assert_told(&account, "removed a");
	take_down(root);
}
END_TEST

START_TEST(a_store_can_be_made_in_a_new_mount)
{
	auto_account struct account account;
	const char *root = deep_root();

	make_dir(in_dir("deep"), 0755);
	account_begin(&account, 0);
	cover(in_dir("deep"));
	ck_assert_told(&account, "");
	set_make("a", UTS);
	ck_assert_told(&account, "created a");
	set_drop("a");
	ck_assert_told(&account, "removed a");
	ck_assert_int_eq(umount2(root, UMOUNT_NOFOLLOW), 0);
	ck_assert_told(&account, "");
	/* With the file system goes what is in it. */
	ck_assert_int_eq(mkdir(in_dir("deep/er/store/b"), 0755), 0);
	ck_assert_told(&account, "created b");
	ck_assert_int_eq(umount(in_dir("deep")), 0);
	ck_assert_told(&account, "removed b");
	make_dir(in_dir("deep/er"), 0755);
	make_dir(root, 0755);
	set_make("a", UTS);
	ck_assert_told(&account, "created a");
	set_drop("a");
	take_down(root);
}
END_TEST

/* In a mount namespace of its own, as whoever mounts something in ours does wake us. */
static int watch_idly(void *data)
{
	auto_account struct account account;
	const char *root;

	(void)data;
	CHILD_NEEDS(unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	root = deep_root();
	set_make("a", UTS | NSMGR_MASK(NSMGR_PID));
	account_begin(&account, NSMGR_WATCH_INITIAL);
	account_read(&account);
	CHILD_NEEDS(!account_is_ready(&account));
	make_dir(in_dir("other"), 0755);
	make_dir(in_dir("deep/other"), 0755);
	make_dir(in_dir("deep/er/other"), 0755);
	rmdir(in_dir("deep/er/other"));
	put_text(in_dir("deep/er/store/a/notes"), "");
	unlink(in_dir("deep/er/store/a/notes"));
	CHILD_NEEDS(!account_is_ready(&account));
	set_drop("a");
	ck_assert_told(&account, "removed a");
	CHILD_NEEDS(!account_is_ready(&account));
	take_down(root);
	return 0;
}

/* What happens beside the store wakes nobody; nor does the watch itself. */
START_TEST(nobody_is_woken_for_nothing)
{
	ck_assert_int_eq(child_status(watch_idly, NULL), 0);
}
END_TEST

/* After a failure it is tried again. */
START_TEST(a_store_that_cannot_be_trusted_is_no_end)
{
	auto_account struct account account;
	struct nsmgr_event event;

	set_make("a", UTS);
	account_begin(&account, NSMGR_WATCH_INITIAL);
	ck_assert_told(&account, "present a");
	ck_assert_int_eq(chmod(fixture.root, 0777), 0);
	ck_assert_int_eq(mkdir(in_root("b"), 0755), 0);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(nsmgr_watch_next(account.watch, &event), -EPERM);
		assert_failure(EPERM, "store", NSMGR_TYPE_NONE);
	}
	ck_assert_int_eq(rmdir(in_root("b")), 0);
	ck_assert_int_eq(mkdir(in_root("c"), 0755), 0);
	ck_assert_int_eq(chmod(fixture.root, 0755), 0);
	ck_assert_told(&account, "created c");
	ck_assert_int_eq(rmdir(in_root("c")), 0);
	set_drop("a");
	ck_assert_told(&account, "removed c, removed a");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("watch of a store that comes and goes");
	TCase *tcase = suite_case(suite, "store");

	tcase_add_test(tcase, a_store_can_be_made_later);
	tcase_add_test(tcase, a_store_can_be_removed_and_made_again);
	tcase_add_test(tcase, a_store_that_somebody_is_in_can_be_made_again);
	tcase_add_test(tcase, a_way_that_is_moved_leads_elsewhere);
	tcase_add_test(tcase, a_mount_can_cover_the_store);
	tcase_add_test(tcase, a_store_can_be_made_in_a_new_mount);
	tcase_add_test(tcase, nobody_is_woken_for_nothing);
	tcase_add_test(tcase, a_store_that_cannot_be_trusted_is_no_end);
	return suite_run(suite, NEED_ROOT);
}
