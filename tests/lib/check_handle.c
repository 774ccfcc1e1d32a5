/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include "base/fd.h"
#include "lib/init.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define NET NSMGR_MASK(NSMGR_NET)
#define UTS NSMGR_MASK(NSMGR_UTS)
#define PID NSMGR_MASK(NSMGR_PID)

static struct nsmgr_handle handles[NSMGR_TYPE_COUNT];

static int describe(const char *name)
{
	struct nsmgr_list *list;
	int count;

	ck_assert_int_eq(nsmgr_list_new(fixture.ctx, NSMGR_LIST_ALL | NSMGR_LIST_OWNERS, &list), 0);
	count = nsmgr_list_handles(list, name, handles);
	nsmgr_list_free(list);
	return count;
}

static void assert_refused(const char *name, int error, const char *word)
{
	struct nsmgr_set *set = NULL;

	ck_assert_int_eq(nsmgr_set_open(fixture.ctx, name, NSMGR_MASK_ALL, NSMGR_OPEN_HOLD, &set), error);
	ck_assert_ptr_null(set);
	ck_assert_ptr_nonnull(strstr(nsmgr_get_failure(fixture.ctx)->text, word));
}

START_TEST(a_live_handle_has_all_that_is_known_of_it)
{
	struct stat st;
	struct timespec now;

	set_make("web", NET | UTS);
	ck_assert_int_eq(describe("web"), 2);
	ck_assert_int_eq(handles[0].type, NSMGR_NET);
	ck_assert_int_eq(handles[1].type, NSMGR_UTS);
	clock_gettime(CLOCK_REALTIME, &now);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(stat(in_root("web/%s", nsmgr_type_name(handles[i].type)), &st), 0);
		ck_assert_int_eq(handles[i].state, NSMGR_LIVE);
		ck_assert_int_eq(handles[i].origin, NSMGR_MADE);
		ck_assert_uint_eq(handles[i].ino, st.st_ino);
		ck_assert_uint_eq(handles[i].dev, st.st_dev);
		ck_assert_uint_eq(handles[i].owner, inode_of("/proc/self/ns/user"));
		ck_assert_int_ge(now.tv_sec, handles[i].created.tv_sec);
		ck_assert_int_lt(now.tv_sec - handles[i].created.tv_sec, 100);
		ck_assert_int_eq(handles[i].keeper, 0);
	}
	ck_assert_uint_ne(handles[0].ino, inode_of("/proc/self/ns/net"));
	set_drop("web");
}
END_TEST

/* LESSONS pain 4: a plain file where a handle should be. */
START_TEST(a_file_without_its_mount_is_stale_and_refused_with_the_cure)
{
	set_make("web", NET);
	ck_assert_int_eq(umount2(in_root("web/net"), MNT_DETACH), 0);
	ck_assert_int_eq(set_state("web", NSMGR_NET), NSMGR_STALE);
	assert_refused("web", -ESTALE, "nsmgr rm");
	/* Whatever its mode is. */
	ck_assert_int_eq(chmod(in_root("web/net"), 0644), 0);
	ck_assert_int_eq(set_state("web", NSMGR_NET), NSMGR_STALE);
	set_drop("web");
}
END_TEST

START_TEST(a_pid_namespace_without_a_living_init_is_dead)
{
	set_make("web", PID);
	ck_assert_int_eq(describe("web"), 1);
	ck_assert_int_eq(handles[0].state, NSMGR_LIVE);
	ck_assert_int_gt(handles[0].keeper, 1);
	/* Killed, and perhaps not reaped by whom it fell to: dead either way (KERNEL R41). */
	nsm_autoclose int pidfd = nsm_sys_pidfd_open(handles[0].keeper);
	ck_assert_int_ge(pidfd, 0);
	nsm_pidfd_end(pidfd);
	ck_assert_int_eq(set_state("web", NSMGR_PID), NSMGR_DEAD);
	assert_refused("web", -ESRCH, "dead");
	set_drop("web");
}
END_TEST

static int look_from_sibling(void *data)
{
	(void)data;
	CHILD_NEEDS(set_state("web", NSMGR_PID) == NSMGR_UNKNOWN);
	return 0;
}

static int look_from_sibling_namespace(void *data)
{
	CHILD_NEEDS(unshare(CLONE_NEWPID) == 0);
	return child_status(look_from_sibling, data) != 0;
}

START_TEST(a_pid_namespace_outside_our_tree_is_unknown)
{
	set_make("web", PID);
	ck_assert_child(look_from_sibling_namespace, NULL);
	set_drop("web");
}
END_TEST

/* LESSONS security 6: what was put there by somebody else is not what was recorded. */
START_TEST(another_namespace_than_the_recorded_one_is_foreign_and_refused)
{
	set_make("web", NET);
	ck_assert_int_eq(umount2(in_root("web/net"), MNT_DETACH), 0);
	ck_assert_int_eq(mount("/proc/self/ns/net", in_root("web/net"), NULL, MS_BIND, NULL), 0);
	ck_assert_int_eq(set_state("web", NSMGR_NET), NSMGR_FOREIGN);
	assert_refused("web", -ESTALE, "foreign");
	set_drop("web");
}
END_TEST

START_TEST(a_namespace_of_another_type_is_foreign_with_and_without_a_record)
{
	set_make("web", NET);
	ck_assert_int_eq(mount("/proc/self/ns/uts", in_root("web/net"), NULL, MS_BIND, NULL), 0);
	ck_assert_int_eq(set_state("web", NSMGR_NET), NSMGR_FOREIGN);
	unlink(in_root("web/.set"));
	ck_assert_int_eq(set_state("web", NSMGR_NET), NSMGR_FOREIGN);
	assert_refused("web", -ESTALE, "foreign");
	set_drop("web");
}
END_TEST

START_TEST(a_set_made_by_hand_is_live_with_nothing_recorded)
{
	set_make("web", NET);
	set_drop("web");
	make_dir(in_root("hand"), 0755);
	put_text(in_root("hand/uts"), "");
	ck_assert_int_eq(mount("/proc/self/ns/uts", in_root("hand/uts"), NULL, MS_BIND, NULL), 0);
	ck_assert_int_eq(describe("hand"), 1);
	ck_assert_int_eq(handles[0].state, NSMGR_LIVE);
	ck_assert_int_eq(handles[0].origin, NSMGR_ORIGIN_UNKNOWN);
	ck_assert_int_eq(handles[0].created.tv_sec, 0);
	ck_assert_uint_eq(handles[0].ino, inode_of("/proc/self/ns/uts"));
	set_drop("hand");
}
END_TEST

START_TEST(links_fifos_and_directories_are_no_handles)
{
	set_make("web", UTS);
	ck_assert_int_eq(symlink("/proc/self/ns/net", in_root("web/net")), 0);
	ck_assert_int_eq(mkfifo(in_root("web/ipc"), 0644), 0);
	make_dir(in_root("web/user"), 0755);
	ck_assert_int_eq(describe("web"), 1);
	ck_assert_int_eq(handles[0].type, NSMGR_UTS);
	/* Nor is a set with such things in it taken apart. */
	ck_assert_int_eq(nsmgr_remove(fixture.ctx, "web", 0, NULL), -ENOTEMPTY);
	ck_assert_int_eq(set_state("web", NSMGR_UTS), NSMGR_LIVE);
	unlink(in_root("web/net"));
	unlink(in_root("web/ipc"));
	rmdir(in_root("web/user"));
	set_drop("web");
}
END_TEST

START_TEST(what_a_record_of_an_older_boot_says_of_ids_means_nothing)
{
	char text[1024];

	set_make("web", UTS);
	ck_assert_int_gt(nsm_read_text_at(AT_FDCWD, in_root("web/.set"), text, sizeof(text)), 5);
	text[5] = text[5] == 'a' ? 'b' : 'a';
	put_text(in_root("web/.set"), text);
	ck_assert_int_eq(umount2(in_root("web/uts"), MNT_DETACH), 0);
	ck_assert_int_eq(mount("/proc/self/ns/uts", in_root("web/uts"), NULL, MS_BIND, NULL), 0);
	ck_assert_int_eq(set_state("web", NSMGR_UTS), NSMGR_LIVE);
	set_drop("web");
}
END_TEST

/* ---- the list ---- */

static int next_name(struct nsmgr_list *list, const char **ret)
{
	*ret = "";
	return nsmgr_list_next(list, ret);
}

START_TEST(a_store_that_does_not_exist_has_no_sets)
{
	struct nsmgr_list *list;
	const char *name;
	size_t count = 7;

	ck_assert_int_eq(nsmgr_list_new(fixture.ctx, 4, &list), -EINVAL);
	ck_assert_int_eq(nsmgr_list_new(fixture.ctx, 0, &list), 0);
	ck_assert_int_eq(next_name(list, &name), 1);
	ck_assert_ptr_null(nsmgr_list_names(list, &count)[0]);
	ck_assert_uint_eq(count, 0);
	ck_assert_int_eq(nsmgr_list_handles(list, "web", handles), -ENOENT);
	nsmgr_list_free(list);
	nsmgr_list_free(NULL);
	ck_assert(!path_exists(fixture.root));
}
END_TEST

START_TEST(sets_come_in_order_and_bad_names_only_when_asked_for)
{
	static const char *const dirs[] = { "b", "a", "C", "10a", "42", "a b", ".hidden", "-x", "a.b" };
	static const char *const valid[] = { "10a", "C", "a", "a.b", "b" };
	static const char *const all[] = { "-x", "10a", "42", "C", "a", "a b", "a.b", "b" };
	struct nsmgr_list *list;
	const char *name;

	make_dir(fixture.root, 0755);
	for (size_t i = 0; i < NSM_ARRAY_SIZE(dirs); i++)
		make_dir(in_root("%s", dirs[i]), 0755);
	put_text(in_root("file"), "");
	ck_assert_int_eq(symlink("a", in_root("link")), 0);
	ck_assert_int_eq(nsmgr_list_new(fixture.ctx, 0, &list), 0);
	for (size_t i = 0; i < NSM_ARRAY_SIZE(valid); i++) {
		ck_assert_int_eq(next_name(list, &name), 0);
		ck_assert_str_eq(name, valid[i]);
	}
	ck_assert_int_eq(next_name(list, &name), 1);
	ck_assert_int_eq(next_name(list, &name), 1);
	nsmgr_list_free(list);
	ck_assert_int_eq(nsmgr_list_new(fixture.ctx, NSMGR_LIST_ALL, &list), 0);
	for (size_t i = 0; i < NSM_ARRAY_SIZE(all); i++) {
		ck_assert_int_eq(next_name(list, &name), 0);
		ck_assert_str_eq(name, all[i]);
	}
	ck_assert_int_eq(next_name(list, &name), 1);
	/* Not a set, though it is in the directory. */
	ck_assert_int_eq(nsmgr_list_handles(list, "file", handles), -ENOTDIR);
	ck_assert_int_eq(nsmgr_list_handles(list, "link", handles), -ENOTDIR);
	ck_assert_int_eq(nsmgr_list_handles(list, "a", handles), 0);
	nsmgr_list_free(list);
	clear_away(fixture.root);
}
END_TEST

START_TEST(a_list_of_thousands_is_whole)
{
	enum { COUNT = 2000 };
	struct nsmgr_list *list;
	const char *const *names;
	size_t count;

	make_dir(fixture.root, 0755);
	for (int i = 0; i < COUNT; i++)
		make_dir(in_root("set-with-a-long-name-%04d", i), 0755);
	ck_assert_int_eq(nsmgr_list_new(fixture.ctx, 0, &list), 0);
	names = nsmgr_list_names(list, &count);
	ck_assert_uint_eq(count, COUNT);
	for (size_t i = 1; i < count; i++)
		ck_assert_int_lt(strcmp(names[i - 1], names[i]), 0);
	ck_assert_ptr_null(names[COUNT]);
	nsmgr_list_free(list);
	clear_away(fixture.root);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("handle");
	TCase *tcase = suite_case(suite, "states");

	tcase_add_test(tcase, a_live_handle_has_all_that_is_known_of_it);
	tcase_add_test(tcase, a_file_without_its_mount_is_stale_and_refused_with_the_cure);
	tcase_add_test(tcase, a_pid_namespace_without_a_living_init_is_dead);
	tcase_add_test(tcase, a_pid_namespace_outside_our_tree_is_unknown);
	tcase_add_test(tcase, another_namespace_than_the_recorded_one_is_foreign_and_refused);
	tcase_add_test(tcase, a_namespace_of_another_type_is_foreign_with_and_without_a_record);
	tcase_add_test(tcase, a_set_made_by_hand_is_live_with_nothing_recorded);
	tcase_add_test(tcase, links_fifos_and_directories_are_no_handles);
	tcase_add_test(tcase, what_a_record_of_an_older_boot_says_of_ids_means_nothing);
	tcase = suite_case(suite, "list");
	tcase_add_test(tcase, a_store_that_does_not_exist_has_no_sets);
	tcase_add_test(tcase, sets_come_in_order_and_bad_names_only_when_asked_for);
	tcase_add_test(tcase, a_list_of_thousands_is_whole);
	return suite_run(suite, NEED_ROOT);
}
