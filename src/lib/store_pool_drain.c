/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/dir.h"
#include "lib/edge.h"
#include "lib/pool_dir.h"
#include "lib/removal.h"
#include "lib/stage.h"
#include "lib/store_pool.h"

/* Leaves nothing that can be taken away because of what cannot; the first failure is told. */
static int drain_one(void *data, struct nsm_pool_dir *pool, const char *options)
{
	nsm_autostage struct nsm_stage stage = NSM_STAGE_OF(&pool->view);
	int *count = data, failed = 0, r = nsm_pool_dir_begin_changes(pool);
	struct nsm_failure failure = { 0 };
	const char *entry;
	struct nsm_dir dir;

	(void)options;
	if (r < 0)
		return r;
	nsm_dir_begin(&dir, pool->view.root);
	while ((r = nsm_pool_dir_next(pool, &dir, &entry)) > 0) {
		r = nsm_remove_name(&stage, entry, NSM_REMOVE_READY, NULL);
		if (r == 0)
			++*count;
		if (r == 0 || failed < 0)
			continue;
		nsm_pool_dir_blame(pool, entry);
		failure = pool->view.ctx->failure;
		failed = r;
	}
	if (r == 0 && failed == 0)
		nsm_pool_dir_remove(pool);
	if (failed < 0)
		pool->view.ctx->failure = failure;
	return failed < 0 ? failed : r;
}

static int drain(struct nsmgr_ctx *ctx, struct nsmgr_config *config)
{
	nsm_autostore struct nsm_store store = NSM_STORE_INIT;
	nsm_autopool struct nsm_pool_dir pool = NSM_POOL_DIR_INIT;
	int count = 0, r = config ? nsm_config_refuse_labels(config) : 0;

	if (config && r == 0)
		r = nsm_config_refuse_profile(config);
	if (config && r == 0)
		r = nsm_config_prepare(config);
	if (config && r == 0 && nsm_config_has_cgroup(config))
		r = nsm_fail_text(ctx, -EINVAL, "pool", NSMGR_TYPE_NONE, NULL, "a set with a cgroup is in no pool");
	if (r < 0)
		return r;
	r = nsm_store_open_rw(ctx, false, false, &store);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	if (config) {
		r = nsm_pool_dir_open(&store, config, false, &pool);
		if (r == -ENOENT)
			return 0;
		r = r < 0 ? r : drain_one(&count, &pool, NULL);
	} else {
		r = nsm_pool_dir_each(&store, drain_one, &count);
	}
	return r < 0 ? r : count;
}

int nsmgr_store_drain(struct nsmgr_ctx *ctx, struct nsmgr_config *config)
{
	return nsm_edge(ctx, NSM_EDGE_store_drain, drain(ctx, config));
}

/* ---- looking ---- */

struct listing {
	nsmgr_store_pool_fn *found;
	void *data;
};

static int show(void *data, struct nsm_pool_dir *pool, const char *options)
{
	const struct listing *listing = data;
	const char *entry;
	struct nsm_dir dir;
	size_t count = 0;
	bool has_any = false;
	int r;

	nsm_dir_begin(&dir, pool->view.root);
	while ((r = nsm_pool_dir_next(pool, &dir, &entry)) > 0) {
		count += nsm_store_pool_check(&pool->view, entry, 0) == 0;
		has_any = true;
	}
	if (r == 0 && has_any)
		listing->found(listing->data, options, count);
	return r;
}

int nsmgr_store_pools(struct nsmgr_ctx *ctx, nsmgr_store_pool_fn *found, void *data)
{
	nsm_autostore struct nsm_store store = NSM_STORE_INIT;
	struct listing listing = { found, data };
	int r = nsm_store_open(ctx, &store);

	if (r == -ENOENT)
		return 0;
	return nsm_edge(ctx, NSM_EDGE_store_pools, r < 0 ? r : nsm_pool_dir_each(&store, show, &listing));
}
