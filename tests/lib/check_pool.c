/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "pools.h"

#include <signal.h>
#include <unistd.h>

#define PID NSMGR_MASK(NSMGR_PID)

START_TEST(it_is_filled_up_to_its_size_and_emptied_one_by_one)
{
	struct nsmgr_set *sets[5];
	ino_t inodes[5];

	new_pool(UTS, 3);
	ck_assert_uint_eq(nsmgr_pool_length(pool), 0);
	ck_assert_int_eq(nsmgr_pool_fill(pool, fixture.ctx), 0);
	ck_assert_uint_eq(nsmgr_pool_length(pool), 3);
	ck_assert_int_eq(nsmgr_pool_fill(pool, fixture.ctx), 0);
	ck_assert_uint_eq(nsmgr_pool_length(pool), 3);
	/* The last two are made on the spot. */
	for (size_t i = 0; i < 5; i++) {
		inodes[i] = take_inode(&sets[i]);
		for (size_t j = 0; j < i; j++)
			ck_assert_uint_ne(inodes[i], inodes[j]);
		ck_assert_uint_eq(nsmgr_pool_length(pool), i < 3 ? 2 - i : 0);
	}
	for (size_t i = 0; i < 5; i++)
		nsmgr_set_close(sets[i]);
	nsmgr_pool_free(pool);
}
END_TEST

START_TEST(what_is_given_back_is_given_out_again)
{
	struct nsmgr_set *set, *other;
	ino_t inode;

	new_pool(UTS, 1);
	inode = take_inode(&set);
	nsmgr_pool_put(pool, set);
	ck_assert_uint_eq(nsmgr_pool_length(pool), 1);
	ck_assert_uint_eq(take_inode(&set), inode);
	ck_assert_uint_ne(take_inode(&other), inode);
	nsmgr_pool_put(pool, set);
	nsmgr_pool_put(pool, other); /* there is no room */
	ck_assert_uint_eq(nsmgr_pool_length(pool), 1);
	ck_assert_uint_eq(take_inode(&set), inode);
	nsmgr_set_close(set);
	nsmgr_pool_free(pool);
	nsmgr_pool_free(NULL);
}
END_TEST

/* What it has belongs to nobody's context meanwhile: the taker's is the one that a failure is told to. */
START_TEST(a_set_belongs_to_whom_it_is_given)
{
	struct nsmgr_set *set;

	new_pool(UTS, 1);
	ck_assert_int_eq(nsmgr_pool_fill(pool, fixture.ctx), 0);
	take_inode(&set);
	nsmgr_pool_free(pool);
	ck_assert_int_eq(nsmgr_set_fd(set, NSMGR_NET), -ENOENT);
	assert_failure(ENOENT, "set", NSMGR_NET);
	nsmgr_set_close(set);
}
END_TEST

START_TEST(one_whose_keeper_was_killed_is_not_given_out)
{
	struct nsmgr_set *set;
	pid_t keeper;
	int pidfd;

	new_pool(PID | UTS, 1);
	ck_assert_int_eq(nsmgr_pool_get(pool, fixture.ctx, &set), 0);
	keeper = nsmgr_set_keeper(set);
	nsmgr_pool_put(pool, set);
	pidfd = pidfd_of(keeper);
	ck_assert_int_ge(pidfd, 0);
	ck_assert_int_eq(kill(keeper, SIGKILL), 0);
	ck_assert(has_ended_within(pidfd, 10));
	close(pidfd);
	ck_assert_int_eq(nsmgr_pool_get(pool, fixture.ctx, &set), 0);
	ck_assert_int_ne(nsmgr_set_keeper(set), keeper);
	nsmgr_set_close(set);
	nsmgr_pool_free(pool);
}
END_TEST

/* ---- the hook ---- */

START_TEST(the_hook_sees_each_set_once_before_it_is_given_out)
{
	struct hook hook = { .event = -1 };
	struct nsmgr_set *set;

	new_pool(UTS, 2);
	nsmgr_pool_hook(pool, count_set, &hook);
	ck_assert_int_eq(nsmgr_pool_fill(pool, fixture.ctx), 0);
	ck_assert_int_eq(hook.calls, 2);
	for (int i = 1; i <= 3; i++) {
		take_inode(&set);
		nsmgr_set_close(set);
		ck_assert_int_eq(hook.calls, i < 3 ? 2 : 3);
	}
	nsmgr_pool_free(pool);
}
END_TEST

START_TEST(a_set_that_its_hook_refuses_is_not_given_out)
{
	struct hook hook = { .event = -1, .fail_at = 2 };
	struct nsmgr_set *set = NULL;

	new_pool(UTS, 3);
	nsmgr_pool_hook(pool, count_set, &hook);
	ck_assert_int_eq(nsmgr_pool_fill(pool, fixture.ctx), -EXFULL);
	assert_failure(EXFULL, "hook", NSMGR_TYPE_NONE);
	ck_assert_uint_eq(nsmgr_pool_length(pool), 1);
	take_inode(&set);
	nsmgr_set_close(set);
	hook.fail_at = 3;
	ck_assert_int_eq(nsmgr_pool_get(pool, fixture.ctx, &set), -EXFULL);
	assert_failure(EXFULL, "hook", NSMGR_TYPE_NONE);
	nsmgr_pool_free(pool);
}
END_TEST

/* ---- refusals ---- */

START_TEST(what_cannot_be_is_refused)
{
	struct nsmgr_config *config;

	ck_assert_int_eq(nsmgr_config_new(fixture.ctx, &config), 0);
	pool = NULL;
	ck_assert_int_eq(nsmgr_pool_new(config, 1, &pool), -EINVAL);
	nsmgr_config_make(config, NSMGR_UTS);
	ck_assert_int_eq(nsmgr_pool_new(config, 0, &pool), -EINVAL);
	assert_failure(EINVAL, "pool", NSMGR_TYPE_NONE);
	ck_assert_ptr_null(pool);
	nsmgr_config_free(config);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pool");
	TCase *tcase = suite_case(suite, "sets");

	tcase_add_test(tcase, it_is_filled_up_to_its_size_and_emptied_one_by_one);
	tcase_add_test(tcase, what_is_given_back_is_given_out_again);
	tcase_add_test(tcase, a_set_belongs_to_whom_it_is_given);
	tcase_add_test(tcase, one_whose_keeper_was_killed_is_not_given_out);
	tcase_add_test(tcase, what_cannot_be_is_refused);
	tcase = suite_case(suite, "hook");
	tcase_add_test(tcase, the_hook_sees_each_set_once_before_it_is_given_out);
	tcase_add_test(tcase, a_set_that_its_hook_refuses_is_not_given_out);
	return suite_run(suite, NEED_ROOT);
}
