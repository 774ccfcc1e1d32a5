/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include "base/macro.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#define UTS NSMGR_MASK(NSMGR_UTS)
#define PID NSMGR_MASK(NSMGR_PID)

START_TEST(a_removed_set_is_gone_with_its_mounts_and_its_keeper)
{
	set_make("web", NSMGR_MASK_ALL);
	ck_assert_int_eq(mounts_below(fixture.root), 9);
	ck_assert_int_eq(nsmgr_remove(fixture.ctx, "web", 0, NULL), 0);
	ck_assert_int_eq(mounts_below(fixture.root), 1);
	ck_assert(!path_exists(in_root("web")));
	ck_assert_int_eq(nsmgr_remove(fixture.ctx, "web", 0, NULL), -ENOENT);
	ck_assert_int_eq(nsmgr_remove(fixture.ctx, "web", NSMGR_REMOVE_MISSING, NULL), 0);
}
END_TEST

START_TEST(a_store_that_does_not_exist_has_nothing_to_remove)
{
	ck_assert_int_eq(nsmgr_remove(fixture.ctx, "web", 0, NULL), -ENOENT);
	ck_assert_int_eq(nsmgr_remove(fixture.ctx, "web", NSMGR_REMOVE_MISSING, NULL), 0);
	ck_assert(!path_exists(fixture.root));
}
END_TEST

static int hold_copy(void *data)
{
	(void)data;
	return unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0;
}

/* KERNEL R5, LESSONS pain 1: a copy of the handle in another mount namespace does not keep it. */
START_TEST(copies_in_other_mount_namespaces_go_too)
{
	struct resident other;
	char path[64], line[512];
	FILE *mounts;

	set_make("web", UTS);
	other = resident_start(hold_copy, NULL);
	ck_assert_int_eq(nsmgr_remove(fixture.ctx, "web", 0, NULL), 0);
	snprintf(path, sizeof(path), "/proc/%d/mountinfo", other.pid);
	mounts = fopen(path, "re");
	while (fgets(line, sizeof(line), mounts))
		ck_assert_ptr_null(strstr(line, in_root("web")));
	fclose(mounts);
	resident_end(&other);
}
END_TEST

static int enter_web(void *data)
{
	struct nsmgr_set *set;
	int r;

	(void)data;
	CHILD_NEEDS(nsmgr_set_open(fixture.ctx, "web", NSMGR_MASK_ALL, NSMGR_OPEN_HOLD, &set) == 0);
	r = nsmgr_set_enter(set, NSMGR_MASK_ALL);
	nsmgr_set_close(set);
	return r;
}

START_TEST(a_set_with_somebody_inside_is_refused_with_his_pid)
{
	const struct timespec soon = { 0, 1000000 };
	struct resident inside;
	char pid[16];

	set_make("web", PID | UTS);
	inside = resident_start(enter_web, NULL);
	ck_assert_int_eq(nsmgr_remove(fixture.ctx, "web", 0, NULL), -EBUSY);
	snprintf(pid, sizeof(pid), " %d", inside.pid);
	ck_assert_ptr_nonnull(strstr(nsmgr_get_failure(fixture.ctx)->text, pid));
	ck_assert_int_eq(set_state("web", NSMGR_PID), NSMGR_LIVE);
	ck_assert_int_eq(nsmgr_remove(fixture.ctx, "web", NSMGR_REMOVE_WAIT, &soon), -ETIMEDOUT);
	ck_assert_int_eq(set_state("web", NSMGR_PID), NSMGR_LIVE);
	ck_assert_int_eq(nsmgr_remove(fixture.ctx, "web", NSMGR_REMOVE_KILL, NULL), 0);
	resident_end(&inside);
}
END_TEST

START_TEST(what_is_no_handle_keeps_a_set_from_being_removed)
{
	set_make("web", UTS);
	put_text(in_root("web/notes"), "mine");
	ck_assert_int_eq(nsmgr_remove(fixture.ctx, "web", 0, NULL), -ENOTEMPTY);
	ck_assert_ptr_nonnull(strstr(nsmgr_get_failure(fixture.ctx)->text, "notes"));
	ck_assert_int_eq(set_state("web", NSMGR_UTS), NSMGR_LIVE);
	unlink(in_root("web/notes"));
	set_drop("web");
}
END_TEST

START_TEST(a_pinned_pid_namespace_is_never_killed)
{
	struct nsmgr_config *config;

	ck_assert_int_eq(nsmgr_config_new(fixture.ctx, &config), 0);
	ck_assert_int_eq(nsmgr_config_pin(config, NSMGR_PID, "/proc/self/ns/pid"), 0);
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "web", config, 0), 0);
	nsmgr_config_free(config);
	ck_assert_int_eq(nsmgr_remove(fixture.ctx, "web", NSMGR_REMOVE_KILL, NULL), -EINVAL);
	ck_assert_int_eq(nsmgr_remove(fixture.ctx, "web", 0, NULL), 0);
}
END_TEST

START_TEST(stale_and_half_made_sets_are_removable)
{
	set_make("web", UTS | NSMGR_MASK(NSMGR_NET));
	ck_assert_int_eq(umount2(in_root("web/net"), MNT_DETACH), 0);
	unlink(in_root("web/.set"));
	ck_assert_int_eq(nsmgr_remove(fixture.ctx, "web", 0, NULL), 0);
	make_dir(in_root("empty"), 0755);
	ck_assert_int_eq(nsmgr_remove(fixture.ctx, "empty", 0, NULL), 0);
}
END_TEST

START_TEST(a_link_in_the_store_is_not_followed)
{
	set_make("web", UTS);
	ck_assert_int_eq(symlink("web", in_root("link")), 0);
	ck_assert_int_lt(nsmgr_remove(fixture.ctx, "link", 0, NULL), 0);
	ck_assert_int_eq(set_state("web", NSMGR_UTS), NSMGR_LIVE);
	unlink(in_root("link"));
	set_drop("web");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("remove");
	TCase *tcase = suite_case(suite, "remove");

	tcase_add_test(tcase, a_removed_set_is_gone_with_its_mounts_and_its_keeper);
	tcase_add_test(tcase, a_store_that_does_not_exist_has_nothing_to_remove);
	tcase_add_test(tcase, copies_in_other_mount_namespaces_go_too);
	tcase_add_test(tcase, a_set_with_somebody_inside_is_refused_with_his_pid);
	tcase_add_test(tcase, what_is_no_handle_keeps_a_set_from_being_removed);
	tcase_add_test(tcase, a_pinned_pid_namespace_is_never_killed);
	tcase_add_test(tcase, stale_and_half_made_sets_are_removable);
	tcase_add_test(tcase, a_link_in_the_store_is_not_followed);
	return suite_run(suite, NEED_ROOT);
}
