/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge_ops.h"

#include "edge_world.h"
#include "fixture.h"

static struct nsmgr_pool *pool;

/* With a context of its own, as is its right. */
static int make_pool(unsigned types)
{
	struct nsmgr_config *config;
	struct nsmgr_ctx *own;
	int r = nsmgr_new(&own);

	if (r < 0)
		return r;
	r = nsmgr_config_new(own, &config);
	nsmgr_unref(own);
	if (r < 0)
		return r;
	for (unsigned t = 0; t < NSMGR_TYPE_COUNT; t++)
		if (types & NSMGR_MASK(t))
			nsmgr_config_make(config, (enum nsmgr_type)t);
	return nsmgr_pool_new(config, 2, &pool);
}

static int make_plain_pool(void)
{
	return make_pool(NSMGR_MASK(NSMGR_UTS));
}

static int make_pool_of_keepers(void)
{
	return make_pool(NSMGR_MASK(NSMGR_UTS) | NSMGR_MASK(NSMGR_PID));
}

static int get_one(void)
{
	struct nsmgr_set *set = NULL;
	int r = nsmgr_pool_get(pool, fixture.ctx, &set);

	nsmgr_set_close(set);
	return r;
}

static int free_pool(int r)
{
	nsmgr_pool_free(pool);
	return r;
}

static int run_pool_get(void)
{
	return free_pool(get_one());
}

static int run_pool_fill(void)
{
	return free_pool(nsmgr_pool_fill(pool, fixture.ctx));
}

static int run_pool_start(void)
{
	return free_pool(nsmgr_pool_start(pool, fixture.ctx));
}

/* Of the two the second alone is looked at. The thread has the same denied. */
static int run_pool_get_beside_thread(void)
{
	return free_pool(nsmgr_pool_start(pool, fixture.ctx) < 0 ? 0 : get_one());
}

const struct op pool_ops[] = {
	{ "pool_get", NSM_EDGE_pool_get, run_pool_get, make_plain_pool },
	{ "pool_get with a keeper", NSM_EDGE_pool_get, run_pool_get, make_pool_of_keepers },
	{ "pool_get beside its thread", NSM_EDGE_pool_get, run_pool_get_beside_thread, make_pool_of_keepers },
	{ "pool_fill", NSM_EDGE_pool_fill, run_pool_fill, make_plain_pool },
	{ "pool_fill with keepers", NSM_EDGE_pool_fill, run_pool_fill, make_pool_of_keepers },
	{ "pool_start", NSM_EDGE_pool_start, run_pool_start, make_plain_pool },
	{ 0 },
};
