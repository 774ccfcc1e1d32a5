/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include "base/fd.h"
#include "lib/meta.h"
#include "lib/nstype.h"

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

static int write_meta(const struct nsm_meta *meta)
{
	return nsm_meta_write(dir, NSM_META_FILE, false, meta);
}

/* The longest that there can be: every field at its limit. */
static struct nsm_meta longest(void)
{
	struct nsm_meta meta = {
		.boot_id = "01234567-89ab-cdef-0123-456789abcdef",
		.mount_id = UINT64_MAX,
		.created = { 2305843009213693951, 999999999 },
		.keeper = INT32_MAX,
		.cgroup = { .origin = NSMGR_PINNED, .ino = UINT64_MAX },
	};

	memset(meta.cgroup.path, 'c', sizeof(meta.cgroup.path) - 1);
	meta.cgroup.path[10] = ' ';

	for NSM_EACH_TYPE (type)
		meta.types[type] = (struct nsm_record){
			.origin = type % 2 ? NSMGR_MADE : NSMGR_PINNED,
			.id = { .ino = UINT64_MAX - (ino_t)type, .id = UINT64_MAX },
			.mount_id = UINT64_MAX,
		};
	return meta;
}

START_TEST(what_was_written_is_read_back)
{
	struct nsm_meta written = longest(), read;

	ck_assert_int_eq(write_meta(&written), 0);
	ck_assert_int_eq(nsm_meta_read(dir, &read), 0);
	ck_assert_str_eq(read.boot_id, written.boot_id);
	ck_assert_uint_eq(read.mount_id, written.mount_id);
	ck_assert_int_eq(read.created.tv_sec, written.created.tv_sec);
	ck_assert_int_eq(read.created.tv_nsec, written.created.tv_nsec);
	ck_assert_int_eq(read.keeper, written.keeper);
	ck_assert_int_eq(read.cgroup.origin, written.cgroup.origin);
	ck_assert_uint_eq(read.cgroup.ino, written.cgroup.ino);
	ck_assert_str_eq(read.cgroup.path, written.cgroup.path);
	for NSM_EACH_TYPE (type) {
		ck_assert_int_eq(read.types[type].origin, written.types[type].origin);
		ck_assert_uint_eq(read.types[type].id.ino, written.types[type].id.ino);
		ck_assert_uint_eq(read.types[type].id.id, written.types[type].id.id);
		ck_assert_uint_eq(read.types[type].mount_id, written.types[type].mount_id);
		/* A device number is not kept: it may differ after the next mount of nsfs. */
		ck_assert_uint_eq(read.types[type].id.dev, 0);
	}
	ck_assert_uint_eq(nsm_meta_made(&read), NSMGR_MASK(NSMGR_IPC) | NSMGR_MASK(NSMGR_NET) |
							NSMGR_MASK(NSMGR_TIME) | NSMGR_MASK(NSMGR_UTS));
}
END_TEST

START_TEST(what_is_not_known_is_not_written)
{
	struct nsm_meta meta = { .boot_id = "b", .types[NSMGR_NET] = { .origin = NSMGR_MADE, .id = { .ino = 1, .id = 0 } } };
	char text[256];

	ck_assert_int_eq(write_meta(&meta), 0);
	ck_assert_int_gt(nsm_read_text_at(dir, ".set", text, sizeof(text)), 0);
	ck_assert_str_eq(text, "boot b\nmount 0\ncreated 0.000000000\nnet 1 0 made\nend\n");
}
END_TEST

START_TEST(it_is_readable_for_all_and_never_replaces_or_follows_anything)
{
	struct nsm_meta meta = longest();
	mode_t old = umask(0777);
	struct stat st;
	int r = write_meta(&meta);

	umask(old);
	ck_assert_int_eq(r, 0);
	ck_assert_int_eq(fstatat(dir, ".set", &st, AT_SYMLINK_NOFOLLOW), 0);
	ck_assert_uint_eq(st.st_mode, S_IFREG | 0644);
	ck_assert_int_eq(write_meta(&meta), -EEXIST);
	unlink(in_dir(".set"));
	ck_assert_int_eq(symlink("victim", in_dir(".set")), 0);
	ck_assert_int_eq(write_meta(&meta), -EEXIST);
	ck_assert(!path_exists(in_dir("victim")));
	ck_assert_int_eq(nsm_meta_read(dir, &meta), -EBADMSG);
}
END_TEST

START_TEST(a_set_made_by_hand_has_none)
{
	struct nsm_meta meta;

	ck_assert_int_eq(nsm_meta_read(dir, &meta), -ENOENT);
	ck_assert_int_eq(mkfifo(in_dir(".set"), 0644), 0);
	ck_assert_int_eq(nsm_meta_read(dir, &meta), -EBADMSG);
}
END_TEST

static const char *const bad[] = {
	"",
	"\n",
	"boot x\n",
	"boot\nend\n",
	"boot x\nnet\nend\n",
	"boot x\nnet \nend\n",
	"boot x\nnet 1\nend\n",
	"boot x\nnet 1 2\nend\n",
	"boot x\nnet 1 2 \nend\n",
	"boot x\nnet 1 2 stolen\nend\n",
	"boot x\nnet x 2 made\nend\n",
	"boot x\nnet 1 x made\nend\n",
	"boot x\nnet -1 2 made\nend\n",
	"boot x\nnet 18446744073709551616 2 made\nend\n",
	"boot x\nnet  1 2 made\nend\n",
	"boot x\nmount x\nend\n",
	"boot x\nmount -1\nend\n",
	"boot x\ncreated x\nend\n",
	"boot x\ncreated -1\nend\n",
	"boot x\ncreated 1.0000000000\nend\n",
	"end\n",
	"net 1 2 made\nend\n",
	"boot x\nkeeper -1\nend\n",
	"boot x\nkeeper 0x1\nend\n",
	"boot x\nkeeper 2147483648\nend\n",
	"boot x\nkeeper 4294967297\nend\n",
	"boot x\ncgroup2\nend\n",
	"boot x\ncgroup2 made\nend\n",
	"boot x\ncgroup2 made 1\nend\n",
	"boot x\ncgroup2 odd 1 nsmgr/x\nend\n",
	"boot x\ncgroup2 made x nsmgr/x\nend\n",
	"boot 0123456789012345678901234567890123456789\nend\n",
	" end\n",
	"boot x\n\nend\n",
	"ended\n",
};

START_TEST(a_crafted_one_is_refused)
{
	struct nsm_meta meta;

	put_text(in_dir(".set"), bad[_i]);
	ck_assert_int_eq(nsm_meta_read(dir, &meta), -EBADMSG);
}
END_TEST

START_TEST(a_cut_one_is_refused_wherever_it_was_cut)
{
	struct nsm_meta meta = longest();
	char text[2048];
	ssize_t len;

	ck_assert_int_eq(write_meta(&meta), 0);
	len = nsm_read_text_at(dir, ".set", text, sizeof(text));
	ck_assert_int_gt(len, 100);
	/* Its last byte is the newline behind "end", without which nothing is missing. */
	for (ssize_t cut = 0; cut < len - 1; cut++) {
		put_bytes(in_dir(".set"), text, (size_t)cut);
		ck_assert_int_eq(nsm_meta_read(dir, &meta), -EBADMSG);
	}
	put_bytes(in_dir(".set"), text, (size_t)len);
	ck_assert_int_eq(nsm_meta_read(dir, &meta), 0);
}
END_TEST

START_TEST(a_huge_one_is_refused_without_reading_it)
{
	static char text[1 << 20];
	struct nsm_meta meta;

	memset(text, 'x', sizeof(text));
	put_bytes(in_dir(".set"), text, sizeof(text));
	ck_assert_int_eq(nsm_meta_read(dir, &meta), -EBADMSG);
	/* The end beyond what is read does not count. */
	memset(text, 'x', sizeof(text));
	text[1] = ' ';
	memcpy(text + 1532, "\nend\n", 5);
	put_bytes(in_dir(".set"), text, 1537);
	ck_assert_int_eq(nsm_meta_read(dir, &meta), -EBADMSG);
	/* A hole of zero bytes, as after a crash. */
	memset(text, 0, sizeof(text));
	put_bytes(in_dir(".set"), text, 600);
	ck_assert_int_eq(nsm_meta_read(dir, &meta), -EBADMSG);
}
END_TEST

START_TEST(a_refused_one_leaves_the_output_empty)
{
	/* It is filled in place; who goes on without metadata must not find half of it. */
	struct nsm_meta meta = { .keeper = 7 };

	put_text(in_dir(".set"), "keeper 1\nmount 3\nnet 1 2 made\n");
	ck_assert_int_eq(nsm_meta_read(dir, &meta), -EBADMSG);
	ck_assert_int_eq(meta.keeper, 0);
	ck_assert_int_eq(meta.types[NSMGR_NET].origin, NSMGR_ORIGIN_UNKNOWN);
	meta.keeper = 7;
	ck_assert_int_eq(unlink(in_dir(".set")), 0);
	ck_assert_int_eq(nsm_meta_read(dir, &meta), -ENOENT);
	ck_assert_int_eq(meta.keeper, 0);
}
END_TEST

START_TEST(a_line_of_a_later_version_and_what_follows_the_end_is_passed_over)
{
	struct nsm_meta meta;

	put_text(in_dir(".set"), "boot x\nlabel a b c\nnet 1 2 made later\nend\nkeeper nonsense\n");
	ck_assert_int_eq(nsm_meta_read(dir, &meta), 0);
	ck_assert_uint_eq(nsm_meta_made(&meta), NSMGR_MASK(NSMGR_NET));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("meta");
	TCase *tcase = suite_case(suite, "meta");

	tcase_add_checked_fixture(tcase, open_dir, close_dir);
	tcase_add_test(tcase, what_was_written_is_read_back);
	tcase_add_test(tcase, what_is_not_known_is_not_written);
	tcase_add_test(tcase, it_is_readable_for_all_and_never_replaces_or_follows_anything);
	tcase_add_test(tcase, a_set_made_by_hand_has_none);
	tcase_add_loop_test(tcase, a_crafted_one_is_refused, 0, (int)NSM_ARRAY_SIZE(bad));
	tcase_add_test(tcase, a_cut_one_is_refused_wherever_it_was_cut);
	tcase_add_test(tcase, a_huge_one_is_refused_without_reading_it);
	tcase_add_test(tcase, a_refused_one_leaves_the_output_empty);
	tcase_add_test(tcase, a_line_of_a_later_version_and_what_follows_the_end_is_passed_over);
	return suite_run(suite, NEED_NOTHING);
}
