/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include "lib/config.h"
#include "lib/passwd.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The files of a set are hostile input; here they are those of a root of the test's own. */
static void make_etc(void)
{
	make_dir(in_dir("etc"), 0755);
}

static int enter_root(void)
{
	return chroot(fixture.dir) < 0 || chdir("/") < 0;
}

static const char users[] = "root:x:0:0:root:/root:/bin/sh\n"
			    "web:x:1000:100::/:/bin/false\n"
			    "+::::::\n"
			    ":x:5:5::/:/bin/sh\n"
			    "# a remark\n"
			    "\n"
			    "short:x:6\n"
			    "signed:x:-1:0::/:\n"
			    "blank:x: 7:7::/:\n"
			    "all:x:4294967295:7::/:\n"
			    "letters:x:abc:7::/:\n"
			    "big:x:4294967294:2147483648::/:\n"
			    "web:x:2000:200::/:\n"
			    "last:x:3000:300";

static int find_users(void *data)
{
	static const char *const missing[] = { "nobody", "we", "webb", "short", "signed", "blank", "all", "letters",
					       "6",	 "-1", "4294967295", "+",   "# a remark", "1000x" };
	struct nsm_user user;
	char name[NSM_USER_NAME_SIZE];

	(void)data;
	CHILD_NEEDS(enter_root() == 0);
	CHILD_NEEDS(nsm_passwd_find("root", &user) == 0 && user.uid == 0 && user.gid == 0);
	CHILD_NEEDS(nsm_passwd_find("web", &user) == 0 && user.uid == 1000 && user.gid == 100);
	CHILD_NEEDS(nsm_passwd_find("1000", &user) == 0 && strcmp(user.name, "web") == 0);
	CHILD_NEEDS(nsm_passwd_find("2000", &user) == 0 && user.gid == 200);
	CHILD_NEEDS(nsm_passwd_find("big", &user) == 0 && user.uid == 4294967294u && user.gid == 2147483648u);
	CHILD_NEEDS(nsm_passwd_find("last", &user) == 0 && user.uid == 3000 && user.gid == 300);
	CHILD_NEEDS(nsm_passwd_name(1000, name, sizeof(name)) == 0 && strcmp(name, "web") == 0);
	CHILD_NEEDS(nsm_passwd_name(1000, name, 3) == -ENAMETOOLONG);
	CHILD_NEEDS(nsm_passwd_name(77, name, sizeof(name)) == -ENOENT);
	user.uid = 42;
	for (size_t i = 0; i < NSM_ARRAY_SIZE(missing); i++)
		CHILD_NEEDS(nsm_passwd_find(missing[i], &user) == -ENOENT);
	CHILD_NEEDS(user.uid == 42);
	return 0;
}

START_TEST(users_are_found_by_name_or_number_and_bad_lines_never)
{
	put_text(in_dir("etc/passwd"), users);
	ck_assert_child(find_users, NULL);
}
END_TEST

static const char groups[] = "root:x:0:\n"
			     "web:x:100:\n"
			     "adm:x:4:other,web\n"
			     "sudo:x:27:web,other\n"
			     "own:x:100:web\n"
			     "like:x:28:webb,we,xweb\n"
			     "empty::29:,,web,\n"
			     "bad:x:-3:web\n"
			     "none:x::web\n"
			     "+\n"
			     "last:x:30:web";

static int find_groups(void *data)
{
	uint32_t gids[8] = { 0 }, gid = 77;

	(void)data;
	CHILD_NEEDS(enter_root() == 0);
	CHILD_NEEDS(nsm_group_find("sudo", &gid) == 0 && gid == 27);
	CHILD_NEEDS(nsm_group_find("last", &gid) == 0 && gid == 30);
	CHILD_NEEDS(nsm_group_find("bad", &gid) == -ENOENT && nsm_group_find("none", &gid) == -ENOENT);
	CHILD_NEEDS(nsm_group_find("sud", &gid) == -ENOENT && nsm_group_find("+", &gid) == -ENOENT && gid == 30);
	CHILD_NEEDS(nsm_group_list("web", 100, gids, 8) == 5);
	CHILD_NEEDS(gids[0] == 100 && gids[1] == 4 && gids[2] == 27 && gids[3] == 29 && gids[4] == 30);
	CHILD_NEEDS(nsm_group_list("web", 100, gids, 5) == 5);
	CHILD_NEEDS(nsm_group_list("web", 100, gids, 4) == -E2BIG);
	CHILD_NEEDS(nsm_group_list("web", 100, gids, 0) == -E2BIG);
	CHILD_NEEDS(nsm_group_list("nobody", 65534, gids, 8) == 1 && gids[0] == 65534);
	return 0;
}

START_TEST(groups_are_those_that_list_the_user_and_no_look_alikes)
{
	put_text(in_dir("etc/group"), groups);
	ck_assert_child(find_groups, NULL);
}
END_TEST

static int find_without_files(void *data)
{
	struct nsm_user user;
	uint32_t gid;

	(void)data;
	CHILD_NEEDS(enter_root() == 0);
	CHILD_NEEDS(nsm_passwd_find("root", &user) == -ENOENT);
	CHILD_NEEDS(nsm_group_find("root", &gid) == -ENOENT);
	CHILD_NEEDS(nsm_group_list("root", 9, &gid, 1) == 1 && gid == 9);
	return 0;
}

START_TEST(a_set_without_the_files_has_no_names)
{
	ck_assert_child(find_without_files, NULL);
}
END_TEST

static int find_behind_long_line(void *data)
{
	struct nsm_user user;

	(void)data;
	CHILD_NEEDS(enter_root() == 0);
	CHILD_NEEDS(nsm_passwd_find("web", &user) == 0 && user.uid == 1000);
	CHILD_NEEDS(nsm_passwd_find("hidden", &user) == -ENOENT);
	return 0;
}

/* What is behind a line's 65535th byte is no line of its own, wherever the buffer ends. */
START_TEST(an_overlong_line_is_passed_over_whole)
{
	static const int lengths[] = { 65520, 65533, 65534, 65535, 65536, 65537, 131069, 131070, 131071, 200000 };

	for (size_t i = 0; i < NSM_ARRAY_SIZE(lengths); i++) {
		FILE *file = fopen(in_dir("etc/passwd"), "we");

		fprintf(file, "%0*dhidden:x:0:0::/:\nweb:x:1000:100::/:\n", lengths[i], 0);
		fclose(file);
		ck_assert_child(find_behind_long_line, NULL);
	}
}
END_TEST

static int find_at_end(void *data)
{
	struct nsm_user user;

	CHILD_NEEDS(enter_root() == 0);
	CHILD_NEEDS(nsm_passwd_find("web", &user) == *(int *)data);
	return 0;
}

START_TEST(an_endless_last_line_and_zero_bytes_are_no_users)
{
	static char text[200000];
	int missing = -ENOENT, no_file = -EBADMSG;

	memset(text, 'a', sizeof(text));
	put_bytes(in_dir("etc/passwd"), text, sizeof(text));
	ck_assert_child(find_at_end, &missing);
	put_bytes(in_dir("etc/passwd"), "\0web:x:1000:100\n\0", 17);
	ck_assert_child(find_at_end, &missing);
	unlink(in_dir("etc/passwd"));
	/* Nor does a fifo without a writer hold us up, or a device without an end. */
	ck_assert_int_eq(mkfifo(in_dir("etc/passwd"), 0644), 0);
	ck_assert_child(find_at_end, &no_file);
}
END_TEST

static int find_ranges(void *data)
{
	uint32_t start = 0, count = 0;

	(void)data;
	CHILD_NEEDS(enter_root() == 0);
	CHILD_NEEDS(nsm_subid_range(fixture.ctx, NSMGR_UID, 1000, &start, &count) == 0);
	CHILD_NEEDS(start == 100000 && count == 65536);
	/* By number, in the file of groups too: that of the *user*. */
	CHILD_NEEDS(nsm_subid_range(fixture.ctx, NSMGR_GID, 1000, &start, &count) == 0);
	CHILD_NEEDS(start == 200000 && count == 10);
	CHILD_NEEDS(nsm_subid_range(fixture.ctx, NSMGR_UID, 77, &start, &count) == -ENOENT);
	CHILD_NEEDS(strstr(nsmgr_get_failure(fixture.ctx)->text, "usermod"));
	return 0;
}

START_TEST(subordinate_ids_are_the_first_good_range_of_the_user)
{
	put_text(in_dir("etc/passwd"), users);
	put_text(in_dir("etc/subuid"), "root:1:1\nwebb:5:5\nweb:\nweb:x:1\nweb:5:0\nweb:100000:65536\nweb:7:7\n");
	put_text(in_dir("etc/subgid"), "100:3:3\n1000:200000:10\n");
	ck_assert_child(find_ranges, NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("passwd");
	TCase *tcase = suite_case(suite, "passwd");

	tcase_add_checked_fixture(tcase, make_etc, NULL);
	tcase_add_test(tcase, users_are_found_by_name_or_number_and_bad_lines_never);
	tcase_add_test(tcase, groups_are_those_that_list_the_user_and_no_look_alikes);
	tcase_add_test(tcase, a_set_without_the_files_has_no_names);
	tcase_add_test(tcase, an_overlong_line_is_passed_over_whole);
	tcase_add_test(tcase, an_endless_last_line_and_zero_bytes_are_no_users);
	tcase_add_test(tcase, subordinate_ids_are_the_first_good_range_of_the_user);
	return suite_run(suite, NEED_ROOT);
}
