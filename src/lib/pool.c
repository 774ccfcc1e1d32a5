/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/config.h"
#include "lib/edge.h"
#include "lib/hook.h"
#include "lib/init.h"
#include "lib/set.h"
#include "lib/sys.h"

#include <pthread.h>
#include <time.h>

#define RETRY_SECONDS 1

/* One lock for all; it is not held while a set is made, which only one thread does at a time, for the configuration and its
 * context are one's at a time. Sets that are ready belong to no context. */
struct nsmgr_pool {
	struct nsmgr_config *config;
	nsmgr_pool_fn *hook;
	void *hook_data;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool making;
	bool has_thread, stopping;
	pthread_t thread;
	size_t size, count;
	struct nsmgr_set *ready[];
};

static void belong_to(struct nsmgr_set *set, struct nsmgr_ctx *ctx)
{
	nsmgr_unref(set->ctx);
	set->ctx = ctx ? nsmgr_ref(ctx) : NULL;
}

int nsmgr_pool_new(struct nsmgr_config *config, size_t size, struct nsmgr_pool **ret_pool)
{
	struct nsmgr_pool *pool;
	pthread_condattr_t clock;
	int r = nsmgr_config_check(config);

	if (r < 0)
		return r;
	if (size == 0 || size > INT32_MAX)
		return nsm_fail_text(config->ctx, -EINVAL, "pool", NSMGR_TYPE_NONE, NULL,
				     "a pool has room for 1 to %d sets", INT32_MAX);
	pool = calloc(1, sizeof(*pool) + size * sizeof(struct nsmgr_set *));
	if (!pool)
		return nsm_fail(config->ctx, -ENOMEM, "pool", NSMGR_TYPE_NONE, NULL);
	pool->config = config;
	pool->size = size;
	pthread_mutex_init(&pool->lock, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&pool->changed, &clock);
	pthread_condattr_destroy(&clock);
	*ret_pool = pool;
	return 0;
}

void nsmgr_pool_free(struct nsmgr_pool *pool)
{
	if (!pool)
		return;
	nsmgr_pool_stop(pool);
	while (pool->count)
		nsmgr_set_close(pool->ready[--pool->count]);
	nsmgr_config_free(pool->config);
	pthread_cond_destroy(&pool->changed);
	pthread_mutex_destroy(&pool->lock);
	free(pool);
}

void nsmgr_pool_hook(struct nsmgr_pool *pool, nsmgr_pool_fn *hook, void *data)
{
	pool->hook = hook;
	pool->hook_data = data;
}

/* One set, by the only thread that makes one now; called without the lock. */
static int make(struct nsmgr_pool *pool, struct nsmgr_set **ret)
{
	struct nsmgr_set *set;
	int r = nsmgr_unshare(pool->config, &set);

	if (r < 0)
		return r;
	if (pool->hook) {
		r = nsm_hook_result(pool->hook(pool->hook_data, set));
		if (r < 0) {
			nsmgr_set_close(set);
			return nsm_fail_hook(pool->config->ctx, r);
		}
	}
	belong_to(set, NULL);
	*ret = set;
	return 0;
}

/* The same with the lock, which is given up meanwhile. The failure is told to `ctx`, if there is one. */
static int make_locked(struct nsmgr_pool *pool, struct nsmgr_ctx *ctx, struct nsmgr_set **ret)
{
	int r;

	pool->making = true;
	pthread_mutex_unlock(&pool->lock);
	r = make(pool, ret);
	if (r < 0 && ctx)
		ctx->failure = pool->config->ctx->failure;
	pthread_mutex_lock(&pool->lock);
	pool->making = false;
	pthread_cond_broadcast(&pool->changed);
	return r;
}

/* With the lock: until nobody makes one. */
static void wait_for_turn(struct nsmgr_pool *pool)
{
	while (pool->making)
		pthread_cond_wait(&pool->changed, &pool->lock);
}

static bool is_alive(const struct nsmgr_set *set)
{
	return set->fds[NSMGR_PID] < 0 || nsm_init_find(set->fds[NSMGR_PID], set->keeper, NULL, NULL) != 0;
}

/* The newest that is ready, with the lock. */
static struct nsmgr_set *take_ready(struct nsmgr_pool *pool)
{
	while (pool->count) {
		struct nsmgr_set *set = pool->ready[--pool->count];

		pthread_cond_broadcast(&pool->changed);
		if (is_alive(set))
			return set;
		nsmgr_set_close(set);
	}
	return NULL;
}

int nsmgr_pool_get(struct nsmgr_pool *pool, struct nsmgr_ctx *ctx, struct nsmgr_set **ret_set)
{
	struct nsmgr_set *set;
	int r = 0;

	pthread_mutex_lock(&pool->lock);
	while (!(set = take_ready(pool))) {
		/* What another makes just now may be for us. */
		if (pool->making) {
			wait_for_turn(pool);
			continue;
		}
		r = make_locked(pool, ctx, &set);
		break;
	}
	pthread_mutex_unlock(&pool->lock);
	if (r < 0)
		return nsm_edge(ctx, NSM_EDGE_pool_get, r);
	belong_to(set, ctx);
	*ret_set = set;
	return 0;
}

/* Takes it in, with the lock, if there is room. */
static bool add_ready(struct nsmgr_pool *pool, struct nsmgr_set *set)
{
	if (pool->count == pool->size)
		return false;
	pool->ready[pool->count++] = set;
	return true;
}

void nsmgr_pool_put(struct nsmgr_pool *pool, struct nsmgr_set *set)
{
	bool added;

	belong_to(set, NULL);
	pthread_mutex_lock(&pool->lock);
	added = add_ready(pool, set);
	pthread_mutex_unlock(&pool->lock);
	if (!added)
		nsmgr_set_close(set);
}

size_t nsmgr_pool_length(struct nsmgr_pool *pool)
{
	size_t count;

	pthread_mutex_lock(&pool->lock);
	count = pool->count;
	pthread_mutex_unlock(&pool->lock);
	return count;
}

/* ---- filling ---- */

/* Makes one more, with the lock. 1: it is full. */
static int add_one(struct nsmgr_pool *pool, struct nsmgr_ctx *ctx)
{
	struct nsmgr_set *set = NULL;
	int r;

	wait_for_turn(pool);
	if (pool->count == pool->size)
		return 1;
	r = make_locked(pool, ctx, &set);
	/* Somebody may have given one back meanwhile. */
	if (r == 0 && !add_ready(pool, set))
		nsmgr_set_close(set);
	return r;
}

int nsmgr_pool_fill(struct nsmgr_pool *pool, struct nsmgr_ctx *ctx)
{
	int r;

	pthread_mutex_lock(&pool->lock);
	do
		r = add_one(pool, ctx);
	while (r == 0);
	pthread_mutex_unlock(&pool->lock);
	return r < 0 ? nsm_edge(ctx, NSM_EDGE_pool_fill, r) : 0;
}

static void *run_thread(void *data)
{
	struct nsmgr_pool *pool = data;

	pthread_mutex_lock(&pool->lock);
	while (!pool->stopping) {
		int r = add_one(pool, NULL);
		struct timespec until;

		if (r == 0 || pool->stopping)
			continue;
		if (r > 0) {
			pthread_cond_wait(&pool->changed, &pool->lock);
			continue;
		}
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += RETRY_SECONDS;
		while (!pool->stopping && pthread_cond_timedwait(&pool->changed, &pool->lock, &until) == 0)
			;
	}
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

static int start_thread(struct nsmgr_pool *pool, struct nsmgr_ctx *ctx)
{
	sigset_t signals;
	int error;

	if (pool->has_thread)
		return nsm_fail_text(ctx, -EALREADY, "pool", NSMGR_TYPE_NONE, NULL, "a thread fills it already");
	/* No handler of the program is to run there. */
	nsm_sys_block_signals(&signals);
	pool->stopping = false;
	error = pthread_create(&pool->thread, NULL, run_thread, pool);
	nsm_sys_restore_signals(&signals);
	if (error)
		return nsm_fail(ctx, -error, "pool", NSMGR_TYPE_NONE, NULL);
	pool->has_thread = true;
	return 0;
}

int nsmgr_pool_start(struct nsmgr_pool *pool, struct nsmgr_ctx *ctx)
{
	int r;

	pthread_mutex_lock(&pool->lock);
	r = start_thread(pool, ctx);
	pthread_mutex_unlock(&pool->lock);
	return nsm_edge(ctx, NSM_EDGE_pool_start, r);
}

void nsmgr_pool_stop(struct nsmgr_pool *pool)
{
	pthread_t thread;
	bool joins;

	pthread_mutex_lock(&pool->lock);
	joins = pool->has_thread && !pool->stopping;
	thread = pool->thread;
	pool->stopping = true;
	pthread_cond_broadcast(&pool->changed);
	pthread_mutex_unlock(&pool->lock);
	if (!joins)
		return;
	pthread_join(thread, NULL);
	pthread_mutex_lock(&pool->lock);
	pool->has_thread = false;
	pthread_mutex_unlock(&pool->lock);
}
