/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "pinned.h"

#include "base/fd.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define NET NSMGR_MASK(NSMGR_NET)
#define UTS NSMGR_MASK(NSMGR_UTS)

static void assert_equal_sets(const struct nsmgr_set *a, const struct nsmgr_set *b)
{
	ck_assert_uint_eq(nsmgr_set_types(a), nsmgr_set_types(b));
	for (unsigned t = 0; t < NSMGR_TYPE_COUNT; t++) {
		struct nsmgr_id one, two;

		if (!(nsmgr_set_types(a) & NSMGR_MASK(t)))
			continue;
		ck_assert_int_eq(nsmgr_set_id(a, (enum nsmgr_type)t, &one), 0);
		ck_assert_int_eq(nsmgr_set_id(b, (enum nsmgr_type)t, &two), 0);
		ck_assert(nsmgr_id_equal(&one, &two));
		ck_assert(one.ino == two.ino && one.id == two.id);
	}
}

/* Pin, close all, reopen from the files. */
START_TEST(a_set_is_pinned_and_reopened)
{
	struct nsmgr_set *before = NULL;

	make_private();
	pinned_open_new(NSMGR_MASK_ALL);
	ck_assert_int_eq(nsmgr_set_dup(pinned, NSMGR_MASK_ALL, &before), 0);
	ck_assert_int_eq(nsmgr_set_mount(pinned, in_dir("d")), 0);
	pinned_close();
	ck_assert_int_eq(mounts_below(in_dir("d")), 1 + NSMGR_TYPE_COUNT);
	ck_assert_int_eq(nsmgr_set_from_dir(fixture.ctx, in_dir("d"), NSMGR_MASK_ALL, &pinned), 0);
	assert_equal_sets(pinned, before);
	pinned_close();
	nsmgr_set_close(before);
	set_drop("web");
	drop_private();
}
END_TEST

/* All that was done by the call is undone: the fifth of the types is in the way. */
START_TEST(a_target_that_does_not_fit_undoes_the_rest)
{
	make_private();
	pinned_open_new(NSMGR_MASK_ALL);
	put_text(in_dir("d/ipc"), "kept");
	make_dir(in_dir("d/pid"), 0755);
	ck_assert_int_eq(nsmgr_set_mount(pinned, in_dir("d")), -EISDIR);
	assert_failure(EISDIR, "bind", NSMGR_PID);
	ck_assert_str_eq(nsmgr_get_failure(fixture.ctx)->path, in_dir("d"));
	ck_assert_int_eq(mounts_below(in_dir("d")), 1);
	ck_assert_int_eq(entries_of(in_dir("d")), 2);
	pinned_close();
	set_drop("web");
	drop_private();
}
END_TEST

START_TEST(what_is_in_a_file_stays_in_it)
{
	char text[16];

	make_dir(in_dir("d"), 0755);
	put_text(in_dir("d/net"), "of a user's");
	pinned_open_own(NET | UTS);
	ck_assert_int_eq(nsmgr_set_mount(pinned, in_dir("d")), 0);
	ck_assert_uint_eq(inode_of(in_dir("d/net")), inode_of("/proc/self/ns/net"));
	ck_assert_uint_eq(inode_of(in_dir("d/uts")), inode_of("/proc/self/ns/uts"));
	/* Nothing is stacked (KERNEL R2), and what was there is not undone. */
	ck_assert_int_eq(nsmgr_set_mount(pinned, in_dir("d")), -EEXIST);
	assert_failure(EEXIST, "bind", NSMGR_NET);
	ck_assert_int_eq(mounts_below(in_dir("d")), 2);
	ck_assert_int_eq(umount2(in_dir("d/net"), UMOUNT_NOFOLLOW), 0);
	/* The one that fits is undone for the one that does not. */
	ck_assert_int_eq(nsmgr_set_mount(pinned, in_dir("d")), -EEXIST);
	assert_failure(EEXIST, "bind", NSMGR_UTS);
	ck_assert_int_eq(mounts_below(in_dir("d")), 1);
	ck_assert_int_eq(umount2(in_dir("d/uts"), UMOUNT_NOFOLLOW), 0);
	ck_assert_int_eq(nsm_read_text_at(AT_FDCWD, in_dir("d/net"), text, sizeof(text)), 11);
	ck_assert_str_eq(text, "of a user's");
	pinned_close();
}
END_TEST

START_TEST(one_is_bound_to_one_file)
{
	struct stat st;

	pinned_open_own(NET | UTS);
	ck_assert_int_eq(nsmgr_set_mount_one(pinned, NSMGR_UTS, in_dir("u")), 0);
	ck_assert_uint_eq(inode_of(in_dir("u")), inode_of("/proc/self/ns/uts"));
	ck_assert_int_eq(nsmgr_set_mount_one(pinned, NSMGR_NET, in_dir("u")), -EEXIST);
	ck_assert_int_eq(umount2(in_dir("u"), UMOUNT_NOFOLLOW), 0);
	ck_assert(stat(in_dir("u"), &st) == 0 && (st.st_mode & 07777) == 0);
	/* Only one that is the only one need not be named. */
	ck_assert_int_eq(nsmgr_set_mount_one(pinned, NSMGR_TYPE_NONE, in_dir("n")), -EINVAL);
	ck_assert_int_eq(nsmgr_set_mount_one(pinned, NSMGR_MNT, in_dir("n")), -ENOENT);
	ck_assert_int_eq(nsmgr_set_mount_one(pinned, NSMGR_TYPE_COUNT, in_dir("n")), -ENOENT);
	ck_assert(!path_exists(in_dir("n")));
	pinned_close();
	pinned_open_own(NET);
	ck_assert_int_eq(nsmgr_set_mount_one(pinned, NSMGR_TYPE_NONE, in_dir("n")), 0);
	ck_assert_uint_eq(inode_of(in_dir("n")), inode_of("/proc/self/ns/net"));
	ck_assert_int_eq(umount2(in_dir("n"), UMOUNT_NOFOLLOW), 0);
	pinned_close();
	ck_assert_int_eq(nsmgr_set_new(fixture.ctx, &pinned), 0);
	ck_assert_int_eq(nsmgr_set_mount_one(pinned, NSMGR_TYPE_NONE, in_dir("n")), -EINVAL);
	ck_assert_int_eq(nsmgr_set_mount(pinned, fixture.dir), -ENOENT);
	pinned_close();
}
END_TEST

static int bind_relative(void *data)
{
	(void)data;
	CHILD_NEEDS(chdir(in_dir("d")) == 0);
	CHILD_NEEDS(nsmgr_set_mount_one(pinned, NSMGR_NET, "here") == 0);
	CHILD_NEEDS(nsmgr_set_mount_one(pinned, NSMGR_NET, "../there") == 0);
	CHILD_NEEDS(inode_of("here") == inode_of("/proc/self/ns/net"));
	CHILD_NEEDS(umount2("here", UMOUNT_NOFOLLOW) == 0 && umount2("../there", UMOUNT_NOFOLLOW) == 0);
	CHILD_NEEDS(nsmgr_set_mount(pinned, ".") == 0);
	CHILD_NEEDS(umount2("net", UMOUNT_NOFOLLOW) == 0);
	return 0;
}

START_TEST(a_relative_path_is_from_the_present_directory)
{
	make_dir(in_dir("d"), 0755);
	pinned_open_own(NET);
	ck_assert_child(bind_relative, NULL);
	pinned_close();
}
END_TEST

START_TEST(a_target_that_is_no_plain_file_is_refused)
{
	static char long_path[5000], long_name[400];

	pinned_open_own(NET);
	make_dir(in_dir("d"), 0755);
	put_text(in_dir("file"), "");
	ck_assert_int_eq(symlink(in_dir("file"), in_dir("link")), 0);
	ck_assert_int_eq(symlink(in_dir("none"), in_dir("dangling")), 0);
	ck_assert_int_eq(mkfifo(in_dir("fifo"), 0600), 0);
	ck_assert_int_eq(nsmgr_set_mount_one(pinned, NSMGR_NET, in_dir("link")), -ELOOP);
	ck_assert_int_eq(nsmgr_set_mount_one(pinned, NSMGR_NET, in_dir("dangling")), -ELOOP);
	ck_assert_int_eq(nsmgr_set_mount_one(pinned, NSMGR_NET, in_dir("fifo")), -EINVAL);
	ck_assert_int_eq(nsmgr_set_mount_one(pinned, NSMGR_NET, in_dir("d")), -EISDIR);
	ck_assert_int_eq(nsmgr_set_mount_one(pinned, NSMGR_NET, in_dir("d/")), -EISDIR);
	ck_assert_int_eq(nsmgr_set_mount_one(pinned, NSMGR_NET, in_dir("d/..")), -EISDIR);
	ck_assert_int_eq(nsmgr_set_mount_one(pinned, NSMGR_NET, "/"), -EISDIR);
	ck_assert_int_eq(nsmgr_set_mount_one(pinned, NSMGR_NET, ""), -ENOENT);
	ck_assert_int_eq(nsmgr_set_mount_one(pinned, NSMGR_NET, in_dir("none/net")), -ENOENT);
	ck_assert_int_eq(nsmgr_set_mount_one(pinned, NSMGR_NET, in_dir("file/net")), -ENOTDIR);
	memset(long_path, 'x', sizeof(long_path) - 1);
	long_path[10] = '/';
	ck_assert_int_eq(nsmgr_set_mount_one(pinned, NSMGR_NET, long_path), -ENAMETOOLONG);
	memset(long_name, 'x', sizeof(long_name) - 1);
	ck_assert_int_eq(nsmgr_set_mount_one(pinned, NSMGR_NET, long_name), -ENAMETOOLONG);
	ck_assert_int_eq(nsmgr_set_mount(pinned, in_dir("file")), -ENOTDIR);
	ck_assert_int_eq(nsmgr_set_mount(pinned, in_dir("none")), -ENOENT);
	assert_failure(ENOENT, "bind", NSMGR_TYPE_NONE);
	ck_assert_int_eq(mounts_below(fixture.dir), 0);
	ck_assert(!path_exists(in_dir("none")));
	pinned_close();
}
END_TEST

START_TEST(a_link_to_the_directory_is_the_users_own)
{
	pinned_open_own(NET);
	make_dir(in_dir("d"), 0755);
	ck_assert_int_eq(symlink("d", in_dir("link")), 0);
	ck_assert_int_eq(nsmgr_set_mount(pinned, in_dir("link")), 0);
	ck_assert_uint_eq(inode_of(in_dir("d/net")), inode_of("/proc/self/ns/net"));
	ck_assert_int_eq(umount2(in_dir("d/net"), UMOUNT_NOFOLLOW), 0);
	ck_assert_int_eq(nsmgr_set_mount_one(pinned, NSMGR_NET, in_dir("link/other")), 0);
	ck_assert_int_eq(umount2(in_dir("d/other"), UMOUNT_NOFOLLOW), 0);
	pinned_close();
}
END_TEST

START_TEST(a_read_only_place_is_named)
{
	make_private();
	put_text(in_dir("d/uts"), "");
	ck_assert_int_eq(mount(NULL, in_dir("d"), NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL), 0);
	pinned_open_own(NET);
	ck_assert_int_eq(nsmgr_set_mount(pinned, in_dir("d")), -EROFS);
	assert_failure(EROFS, "bind", NSMGR_NET);
	pinned_close();
	/* A file that is there needs nothing written. */
	pinned_open_own(UTS);
	ck_assert_int_eq(nsmgr_set_mount(pinned, in_dir("d")), 0);
	pinned_close();
	drop_private();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("set_mount");
	TCase *tcase = suite_case(suite, "mount");

	tcase_add_test(tcase, a_set_is_pinned_and_reopened);
	tcase_add_test(tcase, a_target_that_does_not_fit_undoes_the_rest);
	tcase_add_test(tcase, what_is_in_a_file_stays_in_it);
	tcase_add_test(tcase, one_is_bound_to_one_file);
	tcase_add_test(tcase, a_relative_path_is_from_the_present_directory);
	tcase_add_test(tcase, a_target_that_is_no_plain_file_is_refused);
	tcase_add_test(tcase, a_link_to_the_directory_is_the_users_own);
	tcase_add_test(tcase, a_read_only_place_is_named);
	return suite_run(suite, NEED_ROOT);
}
