/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include "base/fd.h"
#include "base/text.h"
#include "lib/storefile.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int dir = -EBADF;

static void open_dir(void)
{
	dir = open(fixture.dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static void close_dir(void)
{
	nsm_close(&dir);
}

static const struct nsm_storefile example = {
	.boot_id = "01234567-89ab-cdef-0123-456789abcdef",
	.mntns = { .ino = 4026531841u, .id = UINT64_MAX },
	.mount_id = 1u << 31,
	.short_id = 29,
};

START_TEST(tokens_end_at_each_separator_and_at_the_end)
{
	char text[] = "a::b", empty[] = "", trailing[] = "x:";
	char *cursor = text;

	ck_assert_str_eq(nsm_token(&cursor, ':'), "a");
	ck_assert_str_eq(nsm_token(&cursor, ':'), "");
	ck_assert_str_eq(nsm_token(&cursor, ':'), "b");
	ck_assert_ptr_null(nsm_token(&cursor, ':'));
	ck_assert_ptr_null(nsm_token(&cursor, ':'));
	cursor = empty;
	ck_assert_ptr_null(nsm_token(&cursor, ':'));
	cursor = trailing;
	ck_assert_str_eq(nsm_token(&cursor, ':'), "x");
	ck_assert_ptr_null(nsm_token(&cursor, ':'));
}
END_TEST

START_TEST(what_was_written_is_read_back)
{
	struct nsm_storefile file;

	ck_assert_int_eq(nsm_storefile_write(dir, &example), 0);
	ck_assert_int_eq(nsm_storefile_read(dir, &file), 0);
	ck_assert_str_eq(file.boot_id, example.boot_id);
	ck_assert_uint_eq(file.mntns.ino, example.mntns.ino);
	ck_assert_uint_eq(file.mntns.id, example.mntns.id);
	ck_assert_uint_eq(file.mount_id, example.mount_id);
	ck_assert_uint_eq(file.short_id, example.short_id);
}
END_TEST

START_TEST(it_is_readable_for_all_whatever_the_umask_and_leaves_no_other_file)
{
	struct stat st;
	mode_t old = umask(0777);
	int r = nsm_storefile_write(dir, &example);

	umask(old);
	ck_assert_int_eq(r, 0);
	ck_assert_int_eq(fstatat(dir, ".store", &st, AT_SYMLINK_NOFOLLOW), 0);
	ck_assert_uint_eq(st.st_mode, S_IFREG | 0644);
	ck_assert(!path_exists(in_dir(".store.new")));
}
END_TEST

START_TEST(a_half_written_one_of_a_killed_writer_is_replaced)
{
	struct nsm_storefile file;

	put_text(in_dir(".store.new"), "boot ");
	put_text(in_dir(".store"), "boot x\n");
	ck_assert_int_eq(nsm_storefile_write(dir, &example), 0);
	ck_assert_int_eq(nsm_storefile_read(dir, &file), 0);
}
END_TEST

START_TEST(the_temporary_file_is_never_written_through_a_link)
{
	put_text(in_dir("victim"), "precious");
	ck_assert_int_eq(symlink(in_dir("victim"), in_dir(".store.new")), 0);
	ck_assert_int_eq(nsm_storefile_write(dir, &example), 0);
	char text[16];
	ck_assert_int_gt(nsm_read_text_at(dir, "victim", text, sizeof(text)), 0);
	ck_assert_str_eq(text, "precious");
}
END_TEST

START_TEST(a_missing_one_is_told_from_one_that_is_not_ours)
{
	struct nsm_storefile file = example;

	ck_assert_int_eq(nsm_storefile_read(dir, &file), -ENOENT);
	ck_assert_int_eq(symlink("victim", in_dir(".store")), 0);
	put_text(in_dir("victim"), "boot x\nmntns 1 1\nmount 1 1\nend\n");
	ck_assert_int_eq(nsm_storefile_read(dir, &file), -EBADMSG);
	unlink(in_dir(".store"));
	ck_assert_int_eq(mkfifo(in_dir(".store"), 0644), 0);
	ck_assert_int_eq(nsm_storefile_read(dir, &file), -EBADMSG);
	unlink(in_dir(".store"));
	make_dir(in_dir(".store"), 0755);
	ck_assert_int_eq(nsm_storefile_read(dir, &file), -EBADMSG);
	ck_assert_uint_eq(file.short_id, 29);
}
END_TEST

static const char *const bad[] = {
	"",
	"\n",
	"end",
	"boot\nend\n",
	"boot x\nmntns 1 1\nmount 1 1\n",
	"boot x\nmntns 1\nend\n",
	"boot x\nmntns 1 x\nend\n",
	"boot x\nmntns -1 1\nend\n",
	"boot x\nmount 1 18446744073709551616\nend\n",
	"boot x\n\nend\n",
	"boot 0123456789012345678901234567890123456789\nend\n",
	"boot x\nmntns  1 1\nend\n",
};

START_TEST(a_cut_or_crafted_one_is_refused_and_fills_nothing)
{
	struct nsm_storefile file = example;
	/* "end" is complete by itself: nothing was recorded, and nothing fits. */
	int expected = strcmp(bad[_i], "end") == 0 ? 0 : -EBADMSG;

	put_text(in_dir(".store"), bad[_i]);
	ck_assert_int_eq(nsm_storefile_read(dir, &file), expected);
	ck_assert_str_eq(file.boot_id, expected ? example.boot_id : "");
}
END_TEST

START_TEST(a_huge_one_is_refused)
{
	static char text[1 << 16];
	struct nsm_storefile file;

	memset(text, 'a', sizeof(text));
	memcpy(text, "boot x\n", 7);
	memcpy(text + sizeof(text) - 5, "\nend\n", 5);
	put_bytes(in_dir(".store"), text, sizeof(text));
	ck_assert_int_eq(nsm_storefile_read(dir, &file), -EBADMSG);
	/* Without any newline, and with a zero byte in it. */
	memset(text, 'a', sizeof(text));
	put_bytes(in_dir(".store"), text, 511);
	ck_assert_int_eq(nsm_storefile_read(dir, &file), -EBADMSG);
	put_bytes(in_dir(".store"), "boot x\0\nend\n", 12);
	ck_assert_int_eq(nsm_storefile_read(dir, &file), -EBADMSG);
}
END_TEST

START_TEST(a_line_of_a_later_version_is_passed_over)
{
	struct nsm_storefile file;

	put_text(in_dir(".store"), "boot x\nlayout 7 8\nmntns 1 2\nmount 3 4\nend\n");
	ck_assert_int_eq(nsm_storefile_read(dir, &file), 0);
	ck_assert_uint_eq(file.mount_id, 3);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("storefile");
	TCase *tcase = suite_case(suite, "storefile");

	tcase_add_checked_fixture(tcase, open_dir, close_dir);
	tcase_add_test(tcase, tokens_end_at_each_separator_and_at_the_end);
	tcase_add_test(tcase, what_was_written_is_read_back);
	tcase_add_test(tcase, it_is_readable_for_all_whatever_the_umask_and_leaves_no_other_file);
	tcase_add_test(tcase, a_half_written_one_of_a_killed_writer_is_replaced);
	tcase_add_test(tcase, the_temporary_file_is_never_written_through_a_link);
	tcase_add_test(tcase, a_missing_one_is_told_from_one_that_is_not_ours);
	tcase_add_loop_test(tcase, a_cut_or_crafted_one_is_refused_and_fills_nothing, 0, (int)NSM_ARRAY_SIZE(bad));
	tcase_add_test(tcase, a_huge_one_is_refused);
	tcase_add_test(tcase, a_line_of_a_later_version_is_passed_over);
	return suite_run(suite, NEED_NOTHING);
}
