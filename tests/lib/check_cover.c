/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"
#include "fixture.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A directory with two others in it, "from" and "over", and files in these. */
static char place[64], from[80], over[80];

static void make_file(const char *directory, const char *name, const char *text)
{
	char path[160];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

static void make(void)
{
	command_make();
	snprintf(place, sizeof(place), "/tmp/nsmgr-check-cover.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(place));
	snprintf(from, sizeof(from), "%s/from", place);
	snprintf(over, sizeof(over), "%s/over", place);
	ck_assert_int_eq(mkdir(from, 0755), 0);
	ck_assert_int_eq(mkdir(over, 0755), 0);
	make_file(over, "a", "old a\n");
	make_file(over, "b", "old b\n");
	make_file(from, "a", "new a\n");
	make_file(from, "c", "new c\n");
	make_file(from, ".b", "hidden b\n");
}

static void drop(void)
{
	char line[128];

	snprintf(line, sizeof(line), "rm -rf %s", place);
	ck_assert_int_eq(system(line), 0);
	command_drop();
}

static const char *shown(struct nsmgr_set *set)
{
	char line[256];

	snprintf(line, sizeof(line), "cd %s && cat a b && ls", over);
	return output_of(set, line);
}

START_TEST(entries_cover_those_of_the_same_name_for_the_command_alone)
{
	static const unsigned types[] = { NSMGR_MASK(NSMGR_UTS), NSMGR_MASK(NSMGR_USER) | NSMGR_MASK(NSMGR_NET), NSMGR_MASK_ALL };
	struct nsmgr_set *set;

	set_make("web", types[_i]);
	set = set_open("web");
	ck_assert_int_eq(nsmgr_command_cover(command, from, over), 0);
	ck_assert_str_eq(shown(set), "new a\nold b\na\nb\n");
	ck_assert_str_eq(shown(NULL), "new a\nold b\na\nb\n");
	ck_assert_int_eq(nsmgr_command_cover(command, NULL, NULL), 0);
	ck_assert_str_eq(shown(set), "old a\nold b\na\nb\n");
	nsmgr_set_close(set);
	set_drop("web");
}
END_TEST

START_TEST(the_last_one_is_seen_and_there_are_four_at_most)
{
	char more[96];

	snprintf(more, sizeof(more), "%s/more", place);
	ck_assert_int_eq(mkdir(more, 0755), 0);
	make_file(more, "a", "last a\n");
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(nsmgr_command_cover(command, from, over), 0);
	ck_assert_int_eq(nsmgr_command_cover(command, more, over), 0);
	ck_assert_str_eq(shown(NULL), "last a\nold b\na\nb\n");
	ck_assert_int_eq(nsmgr_command_cover(command, more, over), -E2BIG);
	ck_assert_str_eq(nsmgr_get_failure(fixture.ctx)->step, "cover");
	ck_assert_str_eq(shown(NULL), "last a\nold b\na\nb\n");
}
END_TEST

START_TEST(what_cannot_be_covered_is_a_failure)
{
	char path[128];

	ck_assert_int_eq(nsmgr_command_cover(command, "/no/such/directory", over), 0);
	assert_start_fails(NULL, "true", ENOENT, "cover", NSMGR_TYPE_NONE);
	ck_assert_int_eq(nsmgr_command_cover(command, NULL, NULL), 0);
	snprintf(path, sizeof(path), "%s/b", from);
	ck_assert_int_eq(mkdir(path, 0755), 0);
	ck_assert_int_eq(nsmgr_command_cover(command, from, over), 0);
	assert_start_fails(NULL, "true", ENOTDIR, "cover", NSMGR_TYPE_NONE);
	ck_assert_int_eq(rmdir(path), 0);
	for (int i = 0; i < 70; i++) {
		snprintf(path, sizeof(path), "x%d", i);
		make_file(from, path, "");
	}
	assert_start_fails(NULL, "true", E2BIG, "cover", NSMGR_TYPE_NONE);
}
END_TEST

START_TEST(a_sysfs_is_of_the_network_namespace)
{
	static const char line[] = "ls /sys/class/net; ls -d /sys/fs/cgroup";
	struct nsmgr_set *set;

	set_make("web", NSMGR_MASK(NSMGR_NET));
	set = set_open("web");
	nsmgr_command_sysfs(command);
	ck_assert_ptr_nonnull(strstr(output_of(set, line), "lo\n"));
	ck_assert_int_eq(status_of(start_shell(set, "ip link add nsmgrcheck type veth && test -e /sys/class/net/nsmgrcheck")), 0);
	ck_assert_int_ne(access("/sys/class/net/nsmgrcheck", F_OK), 0);
	/* It stays when covers are taken back. */
	ck_assert_int_eq(nsmgr_command_cover(command, NULL, NULL), 0);
	ck_assert_ptr_nonnull(strstr(output_of(set, line), "nsmgrcheck\n"));
	nsmgr_command_root(command, from);
	assert_start_fails(set, "true", ENOENT, "sysfs", NSMGR_TYPE_NONE);
	nsmgr_set_close(set);
	set_drop("web");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cover");
	TCase *tcase = suite_case(suite, "cover");

	tcase_add_checked_fixture(tcase, make, drop);
	tcase_add_loop_test(tcase, entries_cover_those_of_the_same_name_for_the_command_alone, 0, 3);
	tcase_add_test(tcase, the_last_one_is_seen_and_there_are_four_at_most);
	tcase_add_test(tcase, what_cannot_be_covered_is_a_failure);
	tcase_add_test(tcase, a_sysfs_is_of_the_network_namespace);
	return suite_run(suite, NEED_ROOT);
}
