/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "unshared.h"

#include "base/macro.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

START_TEST(every_type_alone_is_new_and_of_its_type)
{
	enum nsmgr_type type = (enum nsmgr_type)_i;
	char own[64];

	snprintf(own, sizeof(own), "/proc/self/ns/%s", nsmgr_type_name(type));
	set_make("web", NSMGR_MASK(type));
	ck_assert_uint_ne(set_inode("web", type), inode_of(own));
	ck_assert_int_eq(mounts_below(in_root("web")), 1);
	ck_assert(has_no_children());
	set_drop("web");
}
END_TEST

START_TEST(all_types_together_are_made_and_owned_by_the_new_user_namespace)
{
	struct nsmgr_handle handles[NSMGR_TYPE_COUNT];
	struct nsmgr_list *list;

	set_make("web", NSMGR_MASK_ALL);
	ck_assert_int_eq(nsmgr_list_new(fixture.ctx, NSMGR_LIST_OWNERS, &list), 0);
	ck_assert_int_eq(nsmgr_list_handles(list, "web", handles), NSMGR_TYPE_COUNT);
	nsmgr_list_free(list);
	for (int i = 0; i < NSMGR_TYPE_COUNT; i++) {
		ck_assert_int_eq(handles[i].state, NSMGR_LIVE);
		ck_assert_uint_eq(handles[i].owner, handles[i].type == NSMGR_USER ? inode_of("/proc/self/ns/user")
										  : set_inode("web", NSMGR_USER));
	}
	set_drop("web");
}
END_TEST

START_TEST(a_pinned_namespace_is_the_source_and_nothing_is_made)
{
	ck_assert_int_eq(nsmgr_config_pin(wanted, NSMGR_NET, "/proc/self/ns/net"), 0);
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "web", wanted, 0), 0);
	ck_assert_uint_eq(set_inode("web", NSMGR_NET), inode_of("/proc/self/ns/net"));
	ck_assert_int_eq(set_state("web", NSMGR_UTS), -ENOENT);
	set_drop("web");
}
END_TEST

START_TEST(a_name_that_exists_is_refused_and_what_has_it_is_untouched)
{
	ino_t ino;

	set_make("web", NSMGR_MASK(NSMGR_UTS));
	ino = set_inode("web", NSMGR_UTS);
	nsmgr_config_make(wanted, NSMGR_UTS);
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "web", wanted, 0), -EEXIST);
	assert_failure(EEXIST, "publish", NSMGR_TYPE_NONE);
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "web", wanted, NSMGR_CREATE_EXIST_OK), 0);
	ck_assert_uint_eq(set_inode("web", NSMGR_UTS), ino);
	nsmgr_config_make(wanted, NSMGR_NET);
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "web", wanted, NSMGR_CREATE_EXIST_OK), -EEXIST);
	ck_assert_ptr_nonnull(strstr(nsmgr_get_failure(fixture.ctx)->text, "uts"));
	ck_assert_int_eq(mounts_below(fixture.root), 2);
	set_drop("web");
}
END_TEST

static int results[8];
static size_t result_count;

static void keep_result(void *data, const char *name, int result)
{
	ck_assert_str_eq(((const char *const *)data)[result_count], name);
	results[result_count++] = result;
}

START_TEST(of_many_each_is_whole_or_not_at_all)
{
	const char *names[] = { "a", "b", "b", "c" };

	nsmgr_config_make(wanted, NSMGR_UTS);
	if (_i)
		nsmgr_config_make(wanted, NSMGR_PID);
	ck_assert_int_eq(nsmgr_create_many(fixture.ctx, names, 4, wanted, 0, keep_result, names), 1);
	ck_assert_uint_eq(result_count, 4);
	ck_assert_int_eq(results[0], 0);
	ck_assert_int_eq(results[1], 0);
	ck_assert_int_eq(results[2], -EEXIST);
	ck_assert_int_eq(results[3], 0);
	ck_assert_uint_ne(set_inode("a", NSMGR_UTS), set_inode("b", NSMGR_UTS));
	set_drop("a");
	set_drop("b");
	set_drop("c");
	assert_nothing_is_left();
}
END_TEST

static volatile sig_atomic_t signals_seen;

static void count_signal(int sig)
{
	(void)sig;
	signals_seen++;
}

static int create_with_handler(void *data)
{
	struct sigaction action = { .sa_handler = count_signal };

	(void)data;
	sigaction(SIGCHLD, &action, NULL);
	set_make("web", NSMGR_MASK(NSMGR_NET) | NSMGR_MASK(NSMGR_USER));
	set_make("net", NSMGR_MASK(NSMGR_NET));
	CHILD_NEEDS(signals_seen == 0 && has_no_children());
	set_drop("web");
	set_drop("net");
	CHILD_NEEDS(signals_seen == 0);
	return 0;
}

START_TEST(the_callers_handler_of_sigchld_never_notices)
{
	ck_assert_child(create_with_handler, NULL);
}
END_TEST

START_TEST(modes_and_files_are_the_same_under_any_umask)
{
	static const mode_t masks[] = { 0, 022, 077 };

	for (size_t i = 0; i < NSM_ARRAY_SIZE(masks); i++) {
		mode_t old = umask(masks[i]);
		struct stat st;

		set_make("web", NSMGR_MASK(NSMGR_UTS));
		umask(old);
		ck_assert_int_eq(stat(in_root("web"), &st), 0);
		ck_assert_uint_eq(st.st_mode & 07777, 0755);
		ck_assert_int_eq(stat(in_root("web/.set"), &st), 0);
		ck_assert_uint_eq(st.st_mode & 07777, 0644);
		set_drop("web");
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("create");
	TCase *tcase = suite_case(suite, "create");

	tcase_add_checked_fixture(tcase, wanted_new, wanted_free);
	tcase_add_loop_test(tcase, every_type_alone_is_new_and_of_its_type, 0, NSMGR_TYPE_COUNT);
	tcase_add_test(tcase, all_types_together_are_made_and_owned_by_the_new_user_namespace);
	tcase_add_test(tcase, a_pinned_namespace_is_the_source_and_nothing_is_made);
	tcase_add_test(tcase, a_name_that_exists_is_refused_and_what_has_it_is_untouched);
	tcase_add_loop_test(tcase, of_many_each_is_whole_or_not_at_all, 0, 2);
	tcase_add_test(tcase, the_callers_handler_of_sigchld_never_notices);
	tcase_add_test(tcase, modes_and_files_are_the_same_under_any_umask);
	return suite_run(suite, NEED_ROOT);
}
