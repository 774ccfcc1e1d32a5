/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "opened.h"

#include "base/fd.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define NET NSMGR_MASK(NSMGR_NET)
#define UTS NSMGR_MASK(NSMGR_UTS)

START_TEST(a_directory_of_another_tools_is_read)
{
	auto_set struct nsmgr_set *set = NULL, *links = NULL;
	struct nsmgr_id id;

	set_make("web", NSMGR_MASK_ALL);
	ck_assert_int_eq(nsmgr_set_from_dir(fixture.ctx, in_root("web"), NSMGR_MASK_ALL, &set), 0);
	ck_assert_uint_eq(nsmgr_set_types(set), NSMGR_MASK_ALL);
	for (unsigned t = 0; t < NSMGR_TYPE_COUNT; t++) {
		ck_assert_int_eq(nsmgr_set_id(set, (enum nsmgr_type)t, &id), 0);
		ck_assert_uint_eq(id.ino, set_inode("web", (enum nsmgr_type)t));
	}
	close_set(&set);
	ck_assert_int_eq(nsmgr_set_from_dir(fixture.ctx, in_root("web"), NET | UTS, &set), 0);
	ck_assert_uint_eq(nsmgr_set_types(set), NET | UTS);
	set_drop("web");
	ck_assert_int_eq(nsmgr_set_from_dir(fixture.ctx, "/proc/self/ns", NSMGR_MASK_ALL, &links), 0);
	assert_is_of(links, getpid(), NSMGR_MASK_ALL);
}
END_TEST

static void assert_dir_gives(int error, enum nsmgr_type type)
{
	struct nsmgr_set *set = NULL;

	ck_assert_int_eq(nsmgr_set_from_dir(fixture.ctx, in_dir("d"), NSMGR_MASK_ALL, &set), error);
	ck_assert_ptr_null(set);
	assert_failure(-error, "source", type);
	ck_assert_str_eq(nsmgr_get_failure(fixture.ctx)->path, in_dir("d"));
}

START_TEST(what_is_no_namespace_of_its_name_is_refused)
{
	assert_dir_gives(-ENOENT, NSMGR_TYPE_NONE);
	make_dir(in_dir("d"), 0755);
	assert_dir_gives(-ENOENT, NSMGR_TYPE_NONE);
	put_text(in_dir("d/other"), "");
	assert_dir_gives(-ENOENT, NSMGR_TYPE_NONE);
	/* What fits is opened before the other is met, and closed again. */
	ck_assert_int_eq(symlink("/proc/self/ns/ipc", in_dir("d/ipc")), 0);
	put_text(in_dir("d/net"), "x");
	assert_dir_gives(-EINVAL, NSMGR_NET);
	ck_assert_int_eq(unlink(in_dir("d/net")), 0);
	ck_assert_int_eq(mkfifo(in_dir("d/net"), 0600), 0);
	assert_dir_gives(-EINVAL, NSMGR_NET);
	ck_assert_int_eq(unlink(in_dir("d/net")), 0);
	make_dir(in_dir("d/net"), 0755);
	assert_dir_gives(-EINVAL, NSMGR_NET);
	ck_assert_int_eq(rmdir(in_dir("d/net")), 0);
	ck_assert_int_eq(symlink("/proc/self/ns/uts", in_dir("d/net")), 0);
	assert_dir_gives(-EINVAL, NSMGR_NET);
	ck_assert_str_eq(nsmgr_get_failure(fixture.ctx)->text, "is a uts namespace, not net");
}
END_TEST

START_TEST(a_socket_in_its_place_is_no_namespace)
{
	nsm_autoclose int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	make_dir(in_dir("d"), 0755);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", in_dir("d/net"));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_dir_gives(-EINVAL, NSMGR_NET);
}
END_TEST

START_TEST(the_way_to_a_directory_can_fail)
{
	static char long_name[5000];
	struct nsmgr_set *set = NULL;

	memset(long_name, 'x', sizeof(long_name) - 1);
	put_text(in_dir("file"), "");
	ck_assert_int_eq(symlink("loop", in_dir("loop")), 0);
	ck_assert_int_eq(nsmgr_set_from_dir(fixture.ctx, in_dir("file"), NSMGR_MASK_ALL, &set), -ENOTDIR);
	ck_assert_int_eq(nsmgr_set_from_dir(fixture.ctx, in_dir("loop"), NSMGR_MASK_ALL, &set), -ELOOP);
	ck_assert_int_eq(nsmgr_set_from_dir(fixture.ctx, long_name, NSMGR_MASK_ALL, &set), -ENAMETOOLONG);
	ck_assert_int_eq(nsmgr_set_from_dir(fixture.ctx, "", NSMGR_MASK_ALL, &set), -ENOENT);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("set_dir");
	TCase *tcase = suite_case(suite, "set_dir");

	tcase_add_test(tcase, a_directory_of_another_tools_is_read);
	tcase_add_test(tcase, what_is_no_namespace_of_its_name_is_refused);
	tcase_add_test(tcase, a_socket_in_its_place_is_no_namespace);
	tcase_add_test(tcase, the_way_to_a_directory_can_fail);
	return suite_run(suite, NEED_ROOT);
}
