/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include "lib/ctx.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

START_TEST(a_new_context_is_for_the_literal_run_nsmgr_and_has_failed_at_nothing)
{
	struct nsmgr_ctx *ctx;
	const struct nsmgr_failure *failure;

	ck_assert_int_eq(nsmgr_new(&ctx), 0);
	ck_assert_str_eq(nsmgr_get_root(ctx), "/run/nsmgr");
	failure = nsmgr_get_failure(ctx);
	ck_assert_int_eq(failure->error, 0);
	ck_assert_int_eq(failure->type, NSMGR_TYPE_NONE);
	ck_assert_str_eq(failure->step, "");
	ck_assert_str_eq(failure->path, "");
	ck_assert_ptr_nonnull(failure->text);
	ck_assert_str_eq(failure->hint, "");
	nsmgr_unref(ctx);
	nsmgr_unref(NULL);
}
END_TEST

START_TEST(a_context_lives_as_long_as_its_last_reference)
{
	struct nsmgr_ctx *ctx;

	ck_assert_int_eq(nsmgr_new(&ctx), 0);
	ck_assert_ptr_eq(nsmgr_ref(ctx), ctx);
	nsmgr_unref(ctx);
	ck_assert_str_eq(nsmgr_get_root(ctx), "/run/nsmgr");
	nsmgr_unref(ctx);
}
END_TEST

START_TEST(a_store_is_refused_that_is_empty_too_long_or_has_a_parent_component)
{
	static const char *const bad[] = { "", "..", "/..", "/a/..", "/a/../b", "../a", "a/..", "a/../b",
					   "/a/b/../.." };
	char long_path[PATH_MAX + 10];

	for (size_t i = 0; i < NSM_ARRAY_SIZE(bad); i++) {
		ck_assert_int_eq(nsmgr_set_root(fixture.ctx, bad[i]), -EINVAL);
		assert_failure(EINVAL, "store", NSMGR_TYPE_NONE);
	}
	memset(long_path, 'a', sizeof(long_path));
	long_path[0] = '/';
	long_path[PATH_MAX] = '\0';
	ck_assert_int_eq(nsmgr_set_root(fixture.ctx, long_path), -ENAMETOOLONG);
	ck_assert_str_eq(nsmgr_get_root(fixture.ctx), fixture.root);
}
END_TEST

START_TEST(dots_that_are_part_of_a_name_are_fine)
{
	static const char *const good[] = { "/..a", "/a..", "/a..b/c", "/...", "/..../x", "/.a", "/a/.b/c" };

	for (size_t i = 0; i < NSM_ARRAY_SIZE(good); i++) {
		ck_assert_int_eq(nsmgr_set_root(fixture.ctx, good[i]), 0);
		ck_assert_str_eq(nsmgr_get_root(fixture.ctx), good[i]);
	}
}
END_TEST

static int set_relative_root(void *data)
{
	char expected[256];

	(void)data;
	snprintf(expected, sizeof(expected), "%s/x/y", fixture.dir);
	CHILD_NEEDS(chdir(fixture.dir) == 0);
	CHILD_NEEDS(nsmgr_set_root(fixture.ctx, "x/y") == 0);
	CHILD_NEEDS(chdir("/") == 0);
	CHILD_NEEDS(strcmp(nsmgr_get_root(fixture.ctx), expected) == 0);
	return 0;
}

START_TEST(a_relative_store_is_that_of_the_directory_of_the_moment)
{
	ck_assert_child(set_relative_root, NULL);
}
END_TEST

START_TEST(a_failure_is_kept_as_it_was_recorded)
{
	const struct nsmgr_failure *failure;

	ck_assert_int_eq(nsm_fail(fixture.ctx, -ENOENT, "open", NSMGR_NET, "/a/path"), -ENOENT);
	failure = nsmgr_get_failure(fixture.ctx);
	ck_assert_int_eq(failure->error, ENOENT);
	ck_assert_int_eq(failure->type, NSMGR_NET);
	ck_assert_str_eq(failure->step, "open");
	ck_assert_str_eq(failure->path, "/a/path");
	ck_assert_str_eq(failure->text, strerror(ENOENT));
	/* A later one without words does not keep those of an earlier. */
	nsm_fail_text(fixture.ctx, -EPERM, "bind", NSMGR_MNT, NULL, "%d %s", 7, "words");
	ck_assert_str_eq(nsmgr_get_failure(fixture.ctx)->text, "7 words");
	ck_assert_str_eq(nsmgr_get_failure(fixture.ctx)->path, "");
	nsm_fail(fixture.ctx, -EPERM, "enter", NSMGR_TYPE_NONE, NULL);
	ck_assert_str_eq(nsmgr_get_failure(fixture.ctx)->text, strerror(EPERM));
}
END_TEST

START_TEST(a_failure_of_any_length_is_cut_and_not_overrun)
{
	static char big[4096];
	const struct nsmgr_failure *failure;

	memset(big, 'x', sizeof(big) - 1);
	nsm_fail_text(fixture.ctx, -EIO, big, NSMGR_NET, big, "%s", big);
	failure = nsmgr_get_failure(fixture.ctx);
	ck_assert_uint_eq(strlen(failure->step), sizeof(((struct nsm_failure *)0)->step) - 1);
	ck_assert_uint_eq(strlen(failure->path), sizeof(((struct nsm_failure *)0)->path) - 1);
	ck_assert_uint_eq(strlen(failure->text), sizeof(((struct nsm_failure *)0)->text) - 1);
}
END_TEST

/* KERNEL R73: the limit behind ENOSPC is named, for each type its own. */
START_TEST(a_full_limit_is_named_by_its_sysctl)
{
	char sysctl[64];

	snprintf(sysctl, sizeof(sysctl), "/proc/sys/user/max_%s_namespaces", nsmgr_type_name((enum nsmgr_type)_i));
	nsm_fail(fixture.ctx, -ENOSPC, "unshare", (enum nsmgr_type)_i, NULL);
	ck_assert_ptr_nonnull(strstr(nsmgr_get_failure(fixture.ctx)->hint, sysctl));
	/* and it is a file */
		ck_assert(path_exists(sysctl));
}
END_TEST

START_TEST(a_hint_fits_its_step_its_error_and_its_type)
{
	nsm_fail(fixture.ctx, -EPERM, "unshare", NSMGR_NET, NULL);
	ck_assert_ptr_nonnull(strstr(nsmgr_get_failure(fixture.ctx)->hint, "CAP_SYS_ADMIN"));
	nsm_fail(fixture.ctx, -EINVAL, "bind", NSMGR_MNT, NULL);
	ck_assert_str_ne(nsmgr_get_failure(fixture.ctx)->hint, "");
	nsm_fail(fixture.ctx, -EINVAL, "bind", NSMGR_NET, NULL);
	ck_assert_str_eq(nsmgr_get_failure(fixture.ctx)->hint, "");
	nsm_fail(fixture.ctx, -EMFILE, "no such step", NSMGR_NET, NULL);
	ck_assert_ptr_nonnull(strstr(nsmgr_get_failure(fixture.ctx)->hint, "ulimit"));
	nsm_fail(fixture.ctx, -EXDEV, "unshare", NSMGR_NET, NULL);
	ck_assert_str_eq(nsmgr_get_failure(fixture.ctx)->hint, "");
	/* Words say it better than a guess. */
	nsm_fail_text(fixture.ctx, -EPERM, "unshare", NSMGR_NET, NULL, "because");
	ck_assert_str_eq(nsmgr_get_failure(fixture.ctx)->hint, "");
}
END_TEST

static void keep_line(void *data, const char *line)
{
	snprintf(data, 600, "%s", line);
}

START_TEST(remarks_go_to_the_log_or_nowhere)
{
	static char big[4096];
	char line[600] = "nothing";

	nsm_log(fixture.ctx, "%s", "dropped");
	nsmgr_set_log(fixture.ctx, keep_line, line);
	nsm_log(fixture.ctx, "%s %d", "kept", 1);
	ck_assert_str_eq(line, "kept 1");
	memset(big, 'y', sizeof(big) - 1);
	nsm_log(fixture.ctx, "%s", big);
	ck_assert_uint_eq(strspn(line, "y"), strlen(line));
	nsmgr_set_log(fixture.ctx, NULL, NULL);
	nsm_log(fixture.ctx, "%s", "dropped");
	ck_assert_ptr_null(strstr(line, "dropped"));
}
END_TEST

START_TEST(every_state_has_a_name_and_nothing_else_has)
{
	for (int state = NSMGR_LIVE; state <= NSMGR_ELSEWHERE; state++)
		ck_assert_ptr_nonnull(nsmgr_state_name((enum nsmgr_state)state));
	ck_assert_str_eq(nsmgr_state_name(NSMGR_LIVE), "live");
	ck_assert_str_eq(nsmgr_state_name(NSMGR_ELSEWHERE), "elsewhere");
	ck_assert_ptr_null(nsmgr_state_name((enum nsmgr_state)(NSMGR_ELSEWHERE + 1)));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ctx");
	TCase *tcase = suite_case(suite, "root");

	tcase_add_test(tcase, a_new_context_is_for_the_literal_run_nsmgr_and_has_failed_at_nothing);
	tcase_add_test(tcase, a_context_lives_as_long_as_its_last_reference);
	tcase_add_test(tcase, a_store_is_refused_that_is_empty_too_long_or_has_a_parent_component);
	tcase_add_test(tcase, dots_that_are_part_of_a_name_are_fine);
	tcase_add_test(tcase, a_relative_store_is_that_of_the_directory_of_the_moment);
	tcase = suite_case(suite, "failure");
	tcase_add_test(tcase, a_failure_is_kept_as_it_was_recorded);
	tcase_add_test(tcase, a_failure_of_any_length_is_cut_and_not_overrun);
	tcase_add_loop_test(tcase, a_full_limit_is_named_by_its_sysctl, 0, NSMGR_TYPE_COUNT);
	tcase_add_test(tcase, a_hint_fits_its_step_its_error_and_its_type);
	tcase_add_test(tcase, remarks_go_to_the_log_or_nowhere);
	tcase_add_test(tcase, every_state_has_a_name_and_nothing_else_has);
	return suite_run(suite, NEED_NOTHING);
}
