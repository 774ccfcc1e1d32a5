/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "watched.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define UTS NSMGR_MASK(NSMGR_UTS)
#define PID NSMGR_MASK(NSMGR_PID)

static void attach(const char *name)
{
	struct nsmgr_config *config;

	ck_assert_int_eq(nsmgr_config_new(fixture.ctx, &config), 0);
	ck_assert_int_eq(nsmgr_config_pin_process(config, UTS, getpid()), 0);
	ck_assert_int_eq(nsmgr_create(fixture.ctx, name, config, 0), 0);
	nsmgr_config_free(config);
}

static pid_t keeper_of(const char *name)
{
	struct nsmgr_handle handles[NSMGR_TYPE_COUNT];
	struct nsmgr_list *list;
	int count;

	ck_assert_int_eq(nsmgr_list_new(fixture.ctx, 0, &list), 0);
	count = nsmgr_list_handles(list, name, handles);
	nsmgr_list_free(list);
	for (int i = 0; i < count; i++)
		if (handles[i].type == NSMGR_PID)
			return handles[i].keeper;
	return 0;
}

START_TEST(kinds_have_names)
{
	ck_assert_str_eq(nsmgr_event_kind_name(NSMGR_EVENT_PRESENT), "present");
	ck_assert_str_eq(nsmgr_event_kind_name(NSMGR_EVENT_DIED), "died");
	ck_assert_ptr_null(nsmgr_event_kind_name((enum nsmgr_event_kind)99));
}
END_TEST

START_TEST(each_event_is_told_once)
{
	auto_account struct account account;

	set_make("before", UTS);
	account_begin(&account, 0);
	ck_assert_told(&account, "");
	account_end(&account);
	account_begin(&account, NSMGR_WATCH_INITIAL);
	ck_assert_told(&account, "present before");
	ck_assert_uint_eq(account.last.types, UTS);
	set_make("a", UTS | PID);
	ck_assert_told(&account, "created a");
	ck_assert_uint_eq(account.last.types, UTS | PID);
	attach("b");
	ck_assert_told(&account, "attached b");
	ck_assert_int_eq(nsmgr_rename(fixture.ctx, "a", "c"), 0);
	ck_assert_told(&account, "renamed a c");
	set_drop("b");
	set_drop("c");
	set_drop("before");
	ck_assert_told(&account, "removed b, removed c, removed before");
	ck_assert_told(&account, "");
	ck_assert_int_eq(account_is_ready(&account), false);
}
END_TEST

START_TEST(what_happened_meanwhile_comes_in_its_order)
{
	auto_account struct account account;

	make_dir(fixture.root, 0755);
	account_begin(&account, 0);
	set_make("a", UTS);
	ck_assert_int_eq(nsmgr_rename(fixture.ctx, "a", "b"), 0);
	set_make("a", UTS);
	set_drop("b");
	set_drop("a");
	set_make("a", UTS);
	ck_assert_told(&account, "created a, renamed a b, created a, removed b, removed a, created a");
	assert_account_is_right(&account);
	set_drop("a");
}
END_TEST

START_TEST(the_end_of_a_keeper_is_told)
{
	auto_account struct account account, late;
	pid_t keeper;

	account_begin(&account, 0);
	set_make("a", UTS | PID);
	set_make("b", PID);
	ck_assert_told(&account, "created a, created b");
	keeper = keeper_of("b");
	/* It is known under the name that the set has by then. */
	ck_assert_int_eq(nsmgr_rename(fixture.ctx, "b", "c"), 0);
	ck_assert_told(&account, "renamed b c");
	ck_assert_int_eq(kill(keeper, SIGKILL), 0);
	ck_assert_str_eq(account_await(&account), "died c");
	ck_assert_int_eq(account.last.init, keeper);
	ck_assert_told(&account, "");
	/* Dead it goes on to be, under another name too; and who comes later is told as well. */
	ck_assert_int_eq(nsmgr_rename(fixture.ctx, "c", "d"), 0);
	ck_assert_told(&account, "renamed c d");
	account_begin(&late, NSMGR_WATCH_INITIAL);
	ck_assert_told(&late, "present a, present d, died d");
	ck_assert_int_eq(late.last.init, keeper);
	/* Of a set that is removed nobody dies. */
	set_drop("a");
	set_drop("d");
	ck_assert_told(&account, "removed a, removed d");
	ck_assert_told(&late, "removed a, removed d");
}
END_TEST

START_TEST(a_pinned_init_is_one_too)
{
	auto_account struct account account;
	struct nsmgr_config *config;

	set_make("a", PID);
	ck_assert_int_eq(nsmgr_config_new(fixture.ctx, &config), 0);
	ck_assert_int_eq(nsmgr_config_pin(config, NSMGR_PID, "@a"), 0);
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "b", config, 0), 0);
	nsmgr_config_free(config);
	account_begin(&account, NSMGR_WATCH_INITIAL);
	ck_assert_told(&account, "present a, present b");
	set_drop("a");
	ck_assert_str_eq(account_await(&account), "removed a, died b");
	ck_assert_int_eq(nsmgr_remove(fixture.ctx, "b", 0, NULL), 0);
}
END_TEST

static void label(const char *name, const char *value)
{
	const struct nsmgr_label change = { "key", value };

	ck_assert_msg(nsmgr_label_set(fixture.ctx, name, &change, 1) == 0, "%s: %s: %s", name,
		      nsmgr_get_failure(fixture.ctx)->step, nsmgr_get_failure(fixture.ctx)->text);
}

START_TEST(labels_are_told_where_they_are_asked_for)
{
	auto_account struct account account, other;

	set_make("a", UTS);
	account_begin(&account, NSMGR_WATCH_INITIAL | NSMGR_WATCH_LABELS);
	account_begin(&other, NSMGR_WATCH_INITIAL);
	ck_assert_told(&account, "present a");
	label("a", "1");
	ck_assert_int_eq(account_is_ready(&account), true);
	ck_assert_told(&account, "labelled a");
	set_make("b", UTS);
	ck_assert_int_eq(nsmgr_rename(fixture.ctx, "a", "c"), 0);
	ck_assert_told(&account, "created b, renamed a c");
	label("c", "2");
	label("b", "1");
	label("c", NULL);
	ck_assert_told(&account, "labelled c, labelled b, labelled c");
	set_drop("b");
	set_drop("c");
	ck_assert_told(&account, "removed b, removed c");
	ck_assert_told(&account, "");
	ck_assert_told(&other, "present a, created b, renamed a c, removed b, removed c");
}
END_TEST

START_TEST(what_is_no_set_is_not_told)
{
	auto_account struct account account;

	set_make("a", UTS);
	account_begin(&account, NSMGR_WATCH_INITIAL);
	ck_assert_told(&account, "present a");
	make_dir(in_root(".hidden"), 0755);
	make_dir(in_root("123"), 0755);
	make_dir(in_root("-x"), 0755);
	put_text(in_root("file"), "");
	ck_assert_told(&account, "");
	ck_assert_int_eq(rename(in_root("file"), in_root("other")), 0);
	ck_assert_int_eq(rename(in_root("123"), in_root("124")), 0);
	ck_assert_told(&account, "");
	/* Out of the names of sets, and into them. */
	ck_assert_int_eq(rename(in_root("a"), in_root("124")), 0);
	ck_assert_told(&account, "removed a");
	ck_assert_int_eq(rename(in_root("124"), in_root("a")), 0);
	ck_assert_told(&account, "created a");
	unlink(in_root("other"));
	rmdir(in_root(".hidden"));
	rmdir(in_root("-x"));
	ck_assert_told(&account, "");
	set_drop("a");
}
END_TEST

START_TEST(what_is_made_by_hand_is_told)
{
	auto_account struct account account;

	make_dir(fixture.root, 0755);
	account_begin(&account, 0);
	make_dir(in_root("a"), 0755);
	make_dir(in_root("b"), 0755);
	ck_assert_told(&account, "created a, created b");
	/* Replaced, where it is empty. */
	ck_assert_int_eq(rename(in_root("a"), in_root("b")), 0);
	ck_assert_told(&account, "removed b, renamed a b");
	make_dir(in_root("a"), 0755);
	ck_assert_told(&account, "created a");
	ck_assert_int_eq(syscall(SYS_renameat2, -1, in_root("a"), -1, in_root("b"), 2 /* RENAME_EXCHANGE */), 0);
	account_read(&account);
	assert_account_is_right(&account);
	ck_assert_uint_eq(account.count, 2);
	rmdir(in_root("a"));
	rmdir(in_root("b"));
	account_read(&account);
	assert_account_is_right(&account);
}
END_TEST

START_TEST(watches_do_not_mind_each_other)
{
	struct account accounts[20];

	make_dir(fixture.root, 0755);
	for (size_t i = 0; i < NSM_ARRAY_SIZE(accounts); i++)
		account_begin(&accounts[i], NSMGR_WATCH_INITIAL);
	set_make("a", PID);
	for (size_t i = 0; i < NSM_ARRAY_SIZE(accounts) / 2; i++)
		ck_assert_told(&accounts[i], "created a");
	ck_assert_int_eq(nsmgr_rename(fixture.ctx, "a", "b"), 0);
	set_drop("b");
	for (size_t i = 0; i < NSM_ARRAY_SIZE(accounts); i++) {
		ck_assert_told(&accounts[i], i < NSM_ARRAY_SIZE(accounts) / 2 ? "renamed a b, removed b" :
										"created a, renamed a b, removed b");
		account_end(&accounts[i]);
	}
}
END_TEST

START_TEST(a_watch_stays_with_its_store)
{
	auto_account struct account account;

	account_begin(&account, 0);
	set_make("a", UTS);
	ck_assert_int_eq(nsmgr_set_root(fixture.ctx, in_dir("other")), 0);
	ck_assert_told(&account, "created a");
	ck_assert_int_eq(nsmgr_set_root(fixture.ctx, fixture.root), 0);
	set_drop("a");
	ck_assert_told(&account, "removed a");
}
END_TEST

START_TEST(what_cannot_be_watched_is_refused)
{
	struct nsmgr_watch *watch = NULL;

	ck_assert_int_eq(nsmgr_watch_new(fixture.ctx, 1u << 31, &watch), -EINVAL);
	ck_assert_int_eq(nsmgr_set_root(fixture.ctx, "/"), 0);
	ck_assert_int_eq(nsmgr_watch_new(fixture.ctx, 0, &watch), -EINVAL);
	put_text(in_dir("file"), "");
	ck_assert_int_eq(nsmgr_set_root(fixture.ctx, in_dir("file/store")), 0);
	ck_assert_int_eq(nsmgr_watch_new(fixture.ctx, 0, &watch), -ENOTDIR);
	ck_assert_int_eq(symlink(fixture.dir, in_dir("link")), 0);
	ck_assert_int_eq(nsmgr_set_root(fixture.ctx, in_dir("link/store")), 0);
	ck_assert_int_eq(nsmgr_watch_new(fixture.ctx, 0, &watch), -ENOTDIR);
	ck_assert_int_eq(nsmgr_set_root(fixture.ctx, fixture.root), 0);
	make_dir(fixture.root, 0777);
	ck_assert_int_eq(nsmgr_watch_new(fixture.ctx, 0, &watch), -EPERM);
	assert_failure(EPERM, "store", NSMGR_TYPE_NONE);
	ck_assert_ptr_null(watch);
	nsmgr_watch_free(NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("watch");
	TCase *tcase = suite_case(suite, "events");

	tcase_add_test(tcase, kinds_have_names);
	tcase_add_test(tcase, each_event_is_told_once);
	tcase_add_test(tcase, what_happened_meanwhile_comes_in_its_order);
	tcase_add_test(tcase, the_end_of_a_keeper_is_told);
	tcase_add_test(tcase, a_pinned_init_is_one_too);
	tcase_add_test(tcase, labels_are_told_where_they_are_asked_for);
	tcase_add_test(tcase, what_is_no_set_is_not_told);
	tcase_add_test(tcase, what_is_made_by_hand_is_told);
	tcase_add_test(tcase, watches_do_not_mind_each_other);
	tcase_add_test(tcase, a_watch_stays_with_its_store);
	tcase_add_test(tcase, what_cannot_be_watched_is_refused);
	return suite_run(suite, NEED_ROOT);
}
