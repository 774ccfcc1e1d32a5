/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "pools.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

static void await(int event)
{
	struct pollfd poll_fd = { .fd = event, .events = POLLIN };
	uint64_t value;

	ck_assert_int_eq(poll(&poll_fd, 1, 20000), 1);
	ck_assert_int_eq(read(event, &value, sizeof(value)), 8);
}

START_TEST(a_thread_makes_up_for_what_is_taken)
{
	struct hook hook = { .event = eventfd(0, EFD_CLOEXEC | EFD_SEMAPHORE) };
	struct nsmgr_set *set;

	new_pool(UTS, 2);
	nsmgr_pool_hook(pool, count_set, &hook);
	ck_assert_int_eq(nsmgr_pool_start(pool, fixture.ctx), 0);
	ck_assert_int_eq(nsmgr_pool_start(pool, fixture.ctx), -EALREADY);
	for (int i = 0; i < 6; i++) {
		await(hook.event);
		take_inode(&set);
		nsmgr_set_close(set);
	}
	nsmgr_pool_stop(pool);
	nsmgr_pool_stop(pool);
	ck_assert_uint_le(nsmgr_pool_length(pool), 2);
	ck_assert_int_eq(nsmgr_pool_start(pool, fixture.ctx), 0);
	nsmgr_pool_free(pool);
	close(hook.event);
}
END_TEST

/* After a failure the thread goes on, at the latest when a set is taken. */
START_TEST(a_thread_survives_failures)
{
	struct hook hook = { .event = eventfd(0, EFD_CLOEXEC | EFD_SEMAPHORE), .fail_at = 1 };

	new_pool(UTS, 2);
	nsmgr_pool_hook(pool, count_set, &hook);
	ck_assert_int_eq(nsmgr_pool_start(pool, fixture.ctx), 0);
	for (int i = 0; i < 3; i++)
		await(hook.event);
	nsmgr_pool_stop(pool);
	ck_assert_uint_eq(nsmgr_pool_length(pool), 2);
	nsmgr_pool_free(pool);
	close(hook.event);
}
END_TEST

#define THREADS 8
#define ROUNDS 40

/* Takes, looks, and gives every other back. */
static void *use(void *data)
{
	struct nsmgr_ctx *ctx;

	if (nsmgr_new(&ctx) < 0)
		return data;
	for (int i = 0; i < ROUNDS; i++) {
		struct nsmgr_set *set;

		if (nsmgr_pool_get(pool, ctx, &set) < 0 || nsmgr_set_types(set) != UTS)
			return data;
		if (i % 2)
			nsmgr_pool_put(pool, set);
		else
			nsmgr_set_close(set);
	}
	nsmgr_unref(ctx);
	return NULL;
}

START_TEST(many_threads_use_one_pool)
{
	pthread_t threads[THREADS];
	void *wrong;

	new_pool(UTS, 4);
	ck_assert_int_eq(nsmgr_pool_start(pool, fixture.ctx), 0);
	for (size_t i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, use, pool), 0);
	for (size_t i = 0; i < THREADS; i++) {
		ck_assert_int_eq(pthread_join(threads[i], &wrong), 0);
		ck_assert_ptr_null(wrong);
	}
	nsmgr_pool_free(pool);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pool_threads");
	TCase *tcase = suite_case(suite, "threads");

	tcase_add_test(tcase, a_thread_makes_up_for_what_is_taken);
	tcase_add_test(tcase, a_thread_survives_failures);
	tcase_add_test(tcase, many_threads_use_one_pool);
	return suite_run(suite, NEED_ROOT);
}
