/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include "base/fd.h"
#include "lib/root.h"

#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* LESSONS security 15, CVE-2015-1335: each component of the store's path is root's or ours, and nobody else's to
 * write to. */

static int open_root(const char *path, bool make)
{
	struct nsm_root root = NSM_ROOT_INIT;
	int r;

	ck_assert_int_eq(nsmgr_set_root(fixture.ctx, path), 0);
	r = nsm_root_open(fixture.ctx, make, &root);
	ck_assert_int_eq(root.fd >= 0, r == 0);
	nsm_close(&root.fd);
	return r;
}

static void assert_text(const char *part)
{
	const char *text = nsmgr_get_failure(fixture.ctx)->text;

	ck_assert_msg(strstr(text, part) != NULL, "'%s' is not in '%s'", part, text);
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	ck_assert_int_eq(lstat(path, &st), 0);
	return st.st_mode & 07777;
}

START_TEST(a_missing_store_is_made_only_when_asked)
{
	ck_assert_int_eq(open_root(in_dir("a/b/c"), false), -ENOENT);
	ck_assert(!path_exists(in_dir("a")));
	ck_assert_int_eq(open_root(in_dir("a/b/c"), true), 0);
	ck_assert_int_eq(open_root(in_dir("a/b/c"), false), 0);
}
END_TEST

START_TEST(what_is_made_has_mode_755_whatever_the_umask)
{
	static const mode_t masks[] = { 0, 077, 0777 };

	for (size_t i = 0; i < NSM_ARRAY_SIZE(masks); i++) {
		mode_t old = umask(masks[i]);
		int r = open_root(in_dir("m%zu/store", i), true);

		umask(old);
		ck_assert_int_eq(r, 0);
		ck_assert_uint_eq(mode_of(in_dir("m%zu", i)), 0755);
		ck_assert_uint_eq(mode_of(in_dir("m%zu/store", i)), 0755);
	}
}
END_TEST

START_TEST(modes_of_what_exists_are_left_alone)
{
	make_dir(in_dir("old"), 0711);
	ck_assert_int_eq(open_root(in_dir("old/store"), true), 0);
	ck_assert_uint_eq(mode_of(in_dir("old")), 0711);
}
END_TEST

START_TEST(slashes_and_single_dots_change_nothing)
{
	make_dir(in_dir("a"), 0755);
	make_dir(in_dir("a/b"), 0755);
	ck_assert_int_eq(open_root(in_dir("a//b"), false), 0);
	ck_assert_int_eq(open_root(in_dir("a/./b/"), false), 0);
	ck_assert_int_eq(open_root(in_dir("./a/b/."), false), 0);
	ck_assert_int_eq(open_root(in_dir("a/b///././"), false), 0);
	/* The root of the file system is no store. */
	ck_assert_int_eq(open_root("/", true), -EINVAL);
	ck_assert_int_eq(open_root("/./", true), -EINVAL);
}
END_TEST

static const mode_t open_modes[] = { 0775, 0757, 0777, 0720, 0702 };

START_TEST(a_component_that_others_can_write_to_is_refused_by_name)
{
	make_dir(in_dir("loose"), open_modes[_i]);
	make_dir(in_dir("loose/store"), 0755);
	ck_assert_int_eq(open_root(in_dir("loose/store"), false), -EPERM);
	assert_failure(EPERM, "store", NSMGR_TYPE_NONE);
	assert_text(in_dir("loose"));
	assert_text("writable by others");
	/* Nor is anything made in it. */
	ck_assert_int_eq(open_root(in_dir("loose/other"), true), -EPERM);
	ck_assert(!path_exists(in_dir("loose/other")));
	/* The store itself is judged as well. */
	ck_assert_int_eq(chmod(in_dir("loose"), 0755), 0);
	ck_assert_int_eq(chmod(in_dir("loose/store"), open_modes[_i]), 0);
	ck_assert_int_eq(open_root(in_dir("loose/store"), false), -EPERM);
}
END_TEST

START_TEST(a_sticky_directory_passes_on_the_way_and_not_as_the_store)
{
	make_dir(in_dir("sticky"), 01777);
	make_dir(in_dir("sticky/store"), 0755);
	ck_assert_int_eq(open_root(in_dir("sticky/store"), false), 0);
	ck_assert_int_eq(open_root(in_dir("sticky/made"), true), 0);
	ck_assert_int_eq(open_root(in_dir("sticky"), false), -EPERM);
	/* What another user has put there is his. */
	make_dir(in_dir("sticky/his"), 0755);
	ck_assert_int_eq(chown(in_dir("sticky/his"), 4242, 4242), 0);
	make_dir(in_dir("sticky/his/store"), 0755);
	ck_assert_int_eq(open_root(in_dir("sticky/his/store"), false), -EPERM);
	assert_text("uid 4242");
}
END_TEST

START_TEST(a_component_of_another_user_is_refused)
{
	make_dir(in_dir("his"), 0755);
	make_dir(in_dir("his/store"), 0755);
	ck_assert_int_eq(chown(in_dir("his"), 4242, 0), 0);
	ck_assert_int_eq(open_root(in_dir("his/store"), false), -EPERM);
	assert_text(in_dir("his"));
	ck_assert_int_eq(chown(in_dir("his"), 0, 4242), 0);
	ck_assert_int_eq(chown(in_dir("his/store"), 4242, 0), 0);
	ck_assert_int_eq(open_root(in_dir("his/store"), false), -EPERM);
	ck_assert_int_eq(chown(in_dir("his/store"), 0, 4242), 0);
	ck_assert_int_eq(open_root(in_dir("his/store"), false), 0);
	/* 65534 is somebody, where every id is mapped. */
	ck_assert_int_eq(chown(in_dir("his"), 65534, 65534), 0);
	ck_assert_int_eq(open_root(in_dir("his/store"), false), -EPERM);
}
END_TEST

START_TEST(no_link_is_followed_anywhere)
{
	make_dir(in_dir("real"), 0755);
	make_dir(in_dir("real/store"), 0755);
	ck_assert_int_eq(symlink("real", in_dir("link")), 0);
	ck_assert_int_eq(symlink("store", in_dir("real/last")), 0);
	ck_assert_int_eq(open_root(in_dir("link/store"), false), -ENOTDIR);
	assert_text("link is not followed");
	ck_assert_int_eq(open_root(in_dir("real/last"), false), -ENOTDIR);
	ck_assert_int_eq(open_root(in_dir("link/new"), true), -ENOTDIR);
	ck_assert(!path_exists(in_dir("real/new")));
	/* A dangling one is not made into a directory. */
	ck_assert_int_eq(symlink(in_dir("nowhere"), in_dir("dangling")), 0);
	ck_assert_int_eq(open_root(in_dir("dangling"), true), -ENOTDIR);
	ck_assert(!path_exists(in_dir("nowhere")));
	put_text(in_dir("file"), "");
	ck_assert_int_eq(open_root(in_dir("file"), true), -ENOTDIR);
	ck_assert_int_eq(open_root(in_dir("file/store"), true), -ENOTDIR);
}
END_TEST

START_TEST(the_mount_that_the_store_is_in_is_known)
{
	struct nsm_root plain = NSM_ROOT_INIT, mounted = NSM_ROOT_INIT;

	make_dir(in_dir("at"), 0755);
	ck_assert_int_eq(nsmgr_set_root(fixture.ctx, in_dir("at")), 0);
	ck_assert_int_eq(nsm_root_open(fixture.ctx, false, &plain), 0);
	ck_assert(!plain.is_mount);
	ck_assert_int_eq(mount(in_dir("at"), in_dir("at"), NULL, MS_BIND, NULL), 0);
	ck_assert_int_eq(nsm_root_open(fixture.ctx, false, &mounted), 0);
	ck_assert(mounted.is_mount);
	ck_assert_uint_ne(mounted.mount_id, plain.mount_id);
	nsm_close(&plain.fd);
	nsm_close(&mounted.fd);
	ck_assert_int_eq(umount2(in_dir("at"), 0), 0);
}
END_TEST

static int open_as_user(void *data)
{
	(void)data;
	CHILD_NEEDS(setresgid(4242, 4242, 4242) == 0 && setresuid(4242, 4242, 4242) == 0);
	CHILD_NEEDS(nsmgr_set_root(fixture.ctx, in_dir("mine/store")) == 0);
	nsm_cleanup(nsm_close) int fd = -EBADF;
	struct nsm_root root = NSM_ROOT_INIT;
	CHILD_NEEDS(nsm_root_open(fixture.ctx, false, &root) == 0);
	fd = root.fd;
	CHILD_NEEDS(nsmgr_set_root(fixture.ctx, in_dir("another/store")) == 0);
	CHILD_NEEDS(nsm_root_open(fixture.ctx, false, &root) == -EPERM);
	return 0;
}

START_TEST(our_own_directories_pass_when_we_are_not_root)
{
	make_dir(in_dir("mine"), 0755);
	make_dir(in_dir("mine/store"), 0755);
	make_dir(in_dir("another"), 0755);
	make_dir(in_dir("another/store"), 0755);
	ck_assert_int_eq(chown(in_dir("mine"), 4242, 4242), 0);
	ck_assert_int_eq(chown(in_dir("another"), 4243, 4243), 0);
	ck_assert_child(open_as_user, NULL);
}
END_TEST

static int open_with_unmapped_owners(void *data)
{
	struct nsm_root root = NSM_ROOT_INIT;

	(void)data;
	/* Root of the host, who owns / and /tmp, is nobody here: no map at all is written. */
	CHILD_NEEDS(setresuid(4242, 4242, 4242) == 0 && unshare(CLONE_NEWUSER) == 0);
	CHILD_NEEDS(nsmgr_set_root(fixture.ctx, in_dir("mine")) == 0);
	CHILD_NEEDS(nsm_root_open(fixture.ctx, false, &root) == 0);
	nsm_close(&root.fd);
	return 0;
}

START_TEST(unmapped_owners_pass_in_a_user_namespace)
{
	make_dir(in_dir("mine"), 0755);
	ck_assert_int_eq(chown(in_dir("mine"), 4242, 4242), 0);
	ck_assert_child(open_with_unmapped_owners, NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("root");
	TCase *tcase = suite_case(suite, "root");

	tcase_add_test(tcase, a_missing_store_is_made_only_when_asked);
	tcase_add_test(tcase, what_is_made_has_mode_755_whatever_the_umask);
	tcase_add_test(tcase, modes_of_what_exists_are_left_alone);
	tcase_add_test(tcase, slashes_and_single_dots_change_nothing);
	tcase_add_loop_test(tcase, a_component_that_others_can_write_to_is_refused_by_name, 0,
			    (int)NSM_ARRAY_SIZE(open_modes));
	add_test_needing(NEED_IDS, tcase, a_sticky_directory_passes_on_the_way_and_not_as_the_store);
	add_test_needing(NEED_IDS, tcase, a_component_of_another_user_is_refused);
	tcase_add_test(tcase, no_link_is_followed_anywhere);
	tcase_add_test(tcase, the_mount_that_the_store_is_in_is_known);
	add_test_needing(NEED_IDS, tcase, our_own_directories_pass_when_we_are_not_root);
	add_test_needing(NEED_IDS, tcase, unmapped_owners_pass_in_a_user_namespace);
	return suite_run(suite, NEED_ROOT);
}
