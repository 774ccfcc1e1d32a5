/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Who ends the keeper of a set in memory: the last copy, wherever it is, and nobody else. */

static struct nsmgr_set *make_set(struct nsmgr_ctx *ctx)
{
	struct nsmgr_config *config;
	struct nsmgr_set *set = NULL;

	ck_assert_int_eq(nsmgr_config_new(ctx, &config), 0);
	nsmgr_config_make(config, NSMGR_PID);
	ck_assert_int_eq(nsmgr_unshare(config, &set), 0);
	nsmgr_config_free(config);
	return set;
}

static void *get_and_close(void *data)
{
	struct nsmgr_pool *pool = data;
	struct nsmgr_set *set;
	struct nsmgr_ctx *ctx;

	if (nsmgr_new(&ctx) < 0)
		return data;
	if (nsmgr_pool_get(pool, ctx, &set) < 0)
		return data;
	nsmgr_set_close(set);
	nsmgr_unref(ctx);
	return NULL;
}

/* A pool carries a copy to another thread, while this one closes its own. */
START_TEST(copies_may_part_between_threads)
{
	struct nsmgr_config *config;
	struct nsmgr_pool *pool;
	struct nsmgr_ctx *own;

	ck_assert_int_eq(nsmgr_new(&own), 0);
	ck_assert_int_eq(nsmgr_config_new(own, &config), 0);
	nsmgr_unref(own);
	nsmgr_config_make(config, NSMGR_PID);
	ck_assert_int_eq(nsmgr_pool_new(config, 1, &pool), 0);
	for (int i = 0; i < 50; i++) {
		struct nsmgr_set *set = make_set(fixture.ctx), *copy;
		pid_t keeper = nsmgr_set_keeper(set);
		pthread_t thread;
		void *wrong;

		ck_assert_int_eq(nsmgr_set_dup(set, NSMGR_MASK_ALL, &copy), 0);
		nsmgr_pool_put(pool, copy);
		ck_assert_int_eq(pthread_create(&thread, NULL, get_and_close, pool), 0);
		nsmgr_set_close(set);
		ck_assert_int_eq(pthread_join(thread, &wrong), 0);
		ck_assert_ptr_null(wrong);
		ck_assert_int_lt(kill(keeper, 0), 0);
	}
	nsmgr_pool_free(pool);
}
END_TEST

static int close_set(void *data)
{
	nsmgr_set_close(data);
	return 0;
}

/* A child of a fork(2) has a copy of everything; what it closes is its own. */
START_TEST(a_forked_child_does_not_end_it)
{
	struct nsmgr_set *set = make_set(fixture.ctx);
	pid_t keeper = nsmgr_set_keeper(set);

	ck_assert_child(close_set, set);
	ck_assert_int_eq(kill(keeper, 0), 0);
	nsmgr_set_close(set);
	ck_assert_int_lt(kill(keeper, 0), 0);
}
END_TEST

/* ---- the parent's death ---- */

static void ignore(int signal)
{
	(void)signal;
}

/* Becomes /bin/true with a handled signal coming all the time. */
static int become_under_signals(void *data)
{
	const char *const argv[] = { "/bin/true", NULL };
	struct sigaction action = { .sa_handler = ignore };
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGURG };
	const struct itimerspec often = { .it_interval.tv_nsec = 20000, .it_value.tv_nsec = 20000 };
	struct nsmgr_command *becoming;
	timer_t timer;

	(void)data;
	CHILD_NEEDS(nsmgr_command_new(fixture.ctx, &becoming) == 0);
	nsmgr_command_parent_death(becoming, SIGTERM);
	CHILD_NEEDS(sigaction(SIGURG, &action, NULL) == 0 && timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
	CHILD_NEEDS(timer_settime(timer, 0, &often, NULL) == 0);
	CHILD_NEEDS(nsmgr_command_enter(becoming, NULL) == 0);
	nsmgr_command_exec(becoming, argv);
	return 1;
}

START_TEST(a_signal_is_not_the_end_of_the_parent)
{
	for (int i = 0; i < 100; i++)
		ck_assert_child(become_under_signals, NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("leash");
	TCase *tcase = suite_case(suite, "keepers");

	tcase_add_test(tcase, copies_may_part_between_threads);
	tcase_add_test(tcase, a_forked_child_does_not_end_it);
	tcase = suite_case(suite, "parents");
	tcase_add_test(tcase, a_signal_is_not_the_end_of_the_parent);
	return suite_run(suite, NEED_ROOT);
}
