/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include "base/fd.h"
#include "lib/nsfd.h"
#include "lib/nstype.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

START_TEST(every_type_is_a_file_of_proc_that_is_of_that_type)
{
	const struct nsm_nstype *type = &nsm_nstypes[_i];
	enum nsmgr_type is = NSMGR_TYPE_NONE;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/ns/%s", type->name);
	fd = nsm_nsfd_open(AT_FDCWD, path, false);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(nsm_nsfd_type(fd, &is), 0);
	ck_assert_int_eq((int)is, _i);
	ck_assert(nsm_nsfd_is_own(fd, is));
	close(fd);
	snprintf(path, sizeof(path), "/proc/self/ns/%s", type->children);
	ck_assert(path_exists(path));
}
END_TEST

START_TEST(names_and_flags_lead_back_to_their_type)
{
	enum nsmgr_type type = NSMGR_TYPE_NONE;

	ck_assert_str_eq(nsmgr_type_name((enum nsmgr_type)_i), nsm_nstypes[_i].name);
	ck_assert_int_eq(nsmgr_type_from_name(nsm_nstypes[_i].name, &type), 0);
	ck_assert_int_eq((int)type, _i);
	ck_assert_int_eq((int)nsm_nstype_from_flag(nsm_nstypes[_i].flag), _i);
	ck_assert_int_eq((int)nsm_nstype_from_file(nsm_nstypes[_i].name), _i);
}
END_TEST

START_TEST(only_exact_names_are_types)
{
	static const char *const bad[] = { "", "ne", "nets", "NET", "net ", " net",
					   "pid_for_children", "time_for_children" };
	enum nsmgr_type type = NSMGR_IPC;

	for (size_t i = 0; i < NSM_ARRAY_SIZE(bad); i++) {
		ck_assert_int_eq(nsmgr_type_from_name(bad[i], &type), -EINVAL);
		ck_assert_int_eq(nsm_nstype_from_file(bad[i]), NSMGR_TYPE_NONE);
	}
	ck_assert_int_eq(type, NSMGR_IPC);
	ck_assert_ptr_null(nsmgr_type_name(NSMGR_TYPE_COUNT));
	ck_assert_ptr_null(nsmgr_type_name(NSMGR_TYPE_NONE));
	ck_assert_int_eq(nsm_nstype_from_flag(0), NSMGR_TYPE_NONE);
	ck_assert_int_eq(nsm_nstype_from_flag(CLONE_NEWNET | CLONE_NEWUTS), NSMGR_TYPE_NONE);
	/* The alias is for people; a file of that name is no handle. */
	ck_assert_int_eq(nsmgr_type_from_name("mount", &type), 0);
	ck_assert_int_eq(type, NSMGR_MNT);
	ck_assert_int_eq(nsm_nstype_from_file("mount"), NSMGR_TYPE_NONE);
}
END_TEST

START_TEST(the_order_of_joining_holds_every_type_once_and_user_last)
{
	unsigned seen = 0;

	for NSM_EACH_TYPE (i)
		seen |= NSMGR_MASK(nsm_join_order[i]);
	ck_assert_uint_eq(seen, NSMGR_MASK_ALL);
	/* KERNEL R24 and section 8. */
	ck_assert_int_eq(nsm_join_order[NSMGR_TYPE_COUNT - 1], NSMGR_USER);
	ck_assert_int_eq(nsm_join_order[NSMGR_TYPE_COUNT - 2], NSMGR_MNT);
}
END_TEST

/* KERNEL R3: what is not nsfs answers ENOTTY. */
START_TEST(a_file_that_is_no_namespace_is_told)
{
	enum nsmgr_type type = NSMGR_IPC;
	int fds[2];

	put_text(in_dir("file"), "");
	nsm_autoclose int file = nsm_nsfd_open(AT_FDCWD, in_dir("file"), true);
	ck_assert_int_eq(nsm_nsfd_type(file, &type), -ENOTTY);
	ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
	ck_assert_int_eq(nsm_nsfd_type(fds[0], &type), -ENOTTY);
	close(fds[0]);
	close(fds[1]);
	ck_assert_int_eq(nsm_nsfd_type(-EBADF, &type), -EBADF);
	ck_assert_int_eq(type, NSMGR_IPC);
}
END_TEST

START_TEST(opening_never_waits_and_never_follows_a_last_link_unasked)
{
	ck_assert_int_eq(mkfifo(in_dir("fifo"), 0600), 0);
	nsm_autoclose int fifo = nsm_nsfd_open(AT_FDCWD, in_dir("fifo"), true);
	ck_assert_int_ge(fifo, 0);
	ck_assert_int_eq(symlink("/proc/self/ns/net", in_dir("link")), 0);
	ck_assert_int_eq(nsm_nsfd_open(AT_FDCWD, in_dir("link"), true), -ELOOP);
	ck_assert_int_eq(nsm_nsfd_open(AT_FDCWD, "/proc/self/ns/net", true), -ELOOP);
	ck_assert_int_eq(nsm_nsfd_open(AT_FDCWD, in_dir("none"), false), -ENOENT);
}
END_TEST

static int compare_with_new(void *data)
{
	nsm_autoclose int old = nsm_nsfd_open(AT_FDCWD, "/proc/self/ns/uts", false), new = -EBADF;
	struct nsmgr_id old_id, new_id;

	(void)data;
	CHILD_NEEDS(nsm_nsfd_id(old, &old_id) == 0 && nsm_nsfd_is(old, &old_id));
	CHILD_NEEDS(unshare(CLONE_NEWUTS) == 0);
	new = nsm_nsfd_open(AT_FDCWD, "/proc/self/ns/uts", false);
	CHILD_NEEDS(nsm_nsfd_id(new, &new_id) == 0);
	CHILD_NEEDS(nsm_nsfd_is(new, &new_id) && !nsm_nsfd_is(new, &old_id) && !nsm_nsfd_is(old, &new_id));
	CHILD_NEEDS(nsm_nsfd_is_own(new, NSMGR_UTS) && !nsm_nsfd_is_own(old, NSMGR_UTS));
	CHILD_NEEDS(nsm_nsfd_owner(new) == inode_of("/proc/self/ns/user"));
	/* A record without the id, as an older kernel makes it: device and inode decide, both of them. */
	new_id.id = 0;
	CHILD_NEEDS(nsm_nsfd_is(new, &new_id));
	new_id.dev++;
	CHILD_NEEDS(!nsm_nsfd_is(new, &new_id));
	new_id.dev = 0;
	CHILD_NEEDS(nsm_nsfd_is(new, &new_id));
	new_id.ino++;
	CHILD_NEEDS(!nsm_nsfd_is(new, &new_id));
	return 0;
}

START_TEST(a_namespace_is_told_from_another_of_its_type)
{
	ck_assert_child(compare_with_new, NULL);
}
END_TEST

/* KERNEL R8: an inode number is given out again at once; the id decides where there is one. */
START_TEST(a_reused_inode_does_not_make_another_namespace_the_same)
{
	nsm_autoclose int fd = nsm_nsfd_open(AT_FDCWD, "/proc/self/ns/net", false);
	struct nsmgr_id id;

	ck_assert_int_eq(nsm_nsfd_id(fd, &id), 0);
	if (id.id == 0)
		return; /* before Linux 6.18 */
	id.id++;
	ck_assert(!nsm_nsfd_is(fd, &id));
	ck_assert_int_eq(nsm_nsfd_id(-EBADF, &id), -EBADF);
	ck_assert_uint_eq(nsm_nsfd_owner(-EBADF), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("nstype");
	TCase *tcase = suite_case(suite, "types");

	tcase_add_loop_test(tcase, every_type_is_a_file_of_proc_that_is_of_that_type, 0, NSMGR_TYPE_COUNT);
	tcase_add_loop_test(tcase, names_and_flags_lead_back_to_their_type, 0, NSMGR_TYPE_COUNT);
	tcase_add_test(tcase, only_exact_names_are_types);
	tcase_add_test(tcase, the_order_of_joining_holds_every_type_once_and_user_last);
	tcase = suite_case(suite, "descriptors");
	tcase_add_test(tcase, a_file_that_is_no_namespace_is_told);
	tcase_add_test(tcase, opening_never_waits_and_never_follows_a_last_link_unasked);
	tcase_add_test(tcase, a_namespace_is_told_from_another_of_its_type);
	tcase_add_test(tcase, a_reused_inode_does_not_make_another_namespace_the_same);
	return suite_run(suite, NEED_ROOT);
}
