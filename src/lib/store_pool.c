/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/store_pool.h"

#include "lib/create.h"
#include "lib/dir.h"
#include "lib/edge.h"
#include "lib/glance.h"
#include "lib/handle.h"
#include "lib/pool_dir.h"
#include "lib/profile.h"
#include "lib/removal.h"
#include "lib/stage.h"
#include "lib/sys.h"

#include <unistd.h>

int nsm_store_pool_check(struct nsm_store *pool, const char *entry, unsigned types)
{
	nsm_autosetdir struct nsm_setdir set = NSM_SETDIR_INIT;
	int r = nsm_setdir_open_recorded(pool, entry, &set);

	if (r == 0 && types && set.types != types)
		r = -ESTALE;
	if (r < 0)
		return r;
	r = nsm_setdir_check(&set);
	/* A handle is gone, not the set. */
	return r == -ENOENT && nsm_setdir_is_current(&set) ? -ESTALE : r;
}

/* What says nothing about the set that was looked at, and would be so with any other. */
static bool is_general(int r)
{
	return r == -EMFILE || r == -ENFILE || r == -ENOMEM || r == -EACCES || r == -EPERM || r == -EXDEV;
}

static int remove_entry(struct nsm_pool_dir *pool, const char *entry)
{
	nsm_autostage struct nsm_stage stage = NSM_STAGE_OF(&pool->view);
	int r = nsm_pool_dir_begin_changes(pool);

	return r < 0 ? r : nsm_remove_name(&stage, entry, NSM_REMOVE_READY, NULL);
}

/* Whether a ready set can be handed out: all its namespaces are there, as recorded, and its keeper lives. 1: it can; 0: it cannot,
 * and was taken away if that was possible; -errno says nothing about the set. */
static int is_usable(struct nsm_pool_dir *pool, const char *entry, const struct nsmgr_config *config)
{
	int r = nsm_store_pool_check(&pool->view, entry, nsmgr_config_types(config));

	if (r == 0)
		return 1;
	if (is_general(r))
		return r;
	if (r == -ESTALE || r == -ESRCH)
		r = remove_entry(pool, entry);
	if (r < 0 && r != -ENOENT)
		nsm_log(pool->view.ctx, "'%s/%s/%s' is passed over: %s", pool->view.ctx->root, pool->path, entry,
			nsmgr_get_failure(pool->view.ctx)->text);
	return 0;
}

/* With labels or a profile it is taken into a stage first, where nobody else can have it, and comes out with them. */
static int give_with(struct nsm_pool_dir *pool, const char *entry, const struct nsmgr_config *config, const char *name)
{
	nsm_autostage struct nsm_stage stage = NSM_STAGE_OF(&pool->view);
	struct nsmgr_ctx *ctx = pool->store->ctx;
	struct nsm_failure failure;
	int r = nsm_pool_dir_begin_changes(pool);

	if (r == 0)
		r = nsm_stage_hide(&stage, entry);
	if (r < 0)
		return r;
	if (config->labels)
		r = nsm_stage_write_labels(&stage, config->labels);
	if (r == 0 && config->profile)
		r = nsm_profile_write(&stage, config->profile);
	stage.store = pool->store;
	if (r == 0)
		r = nsm_stage_publish(&stage, name);
	if (r == 0)
		return 0;
	/* As good as before, for whoever comes next. */
	failure = ctx->failure;
	stage.store = &pool->view;
	if (nsm_stage_drop_labels(&stage) == 0 && nsm_profile_drop(&stage) == 0)
		nsm_stage_publish(&stage, entry);
	ctx->failure = failure;
	return r;
}

static int give(struct nsm_pool_dir *pool, const char *entry, const struct nsmgr_config *config, const char *name)
{
	struct nsm_store *store = pool->store;
	int r;

	if (config->labels || config->profile)
		return give_with(pool, entry, config, name);
	r = nsm_sys_renameat2(pool->view.root, entry, store->root, name, NSM_RENAME_NOREPLACE);
	if (r == -EEXIST)
		return nsm_fail_text(store->ctx, r, "publish", NSMGR_TYPE_NONE, NULL, "a set of that name exists");
	return r < 0 ? nsm_fail(store->ctx, r, "publish", NSMGR_TYPE_NONE, NULL) : 0;
}

/* Whether nothing is to be asked: it is as it was made, on this very mount. */
static bool is_usable_at_a_glance(struct nsm_pool_dir *pool, const char *entry, const struct nsmgr_config *config)
{
	struct nsmgr_handle handles[NSMGR_TYPE_COUNT];
	unsigned types = 0;
	int count = nsm_glance(&pool->view, entry, handles);

	for (int i = 0; i < count; i++)
		types |= NSMGR_MASK(handles[i].type);
	return types && types == nsmgr_config_types(config);
}

static int take_at_a_glance(struct nsm_pool_dir *pool, const struct nsmgr_config *config, const char *name)
{
	const char *entry;
	struct nsm_dir dir;
	int r = -ENOENT;

	nsm_dir_begin_few(&dir, pool->view.root);
	/* Another may be faster with one. */
	while (r == -ENOENT && nsm_pool_dir_next(pool, &dir, &entry) > 0 && is_usable_at_a_glance(pool, entry, config))
		r = nsm_sys_renameat2(pool->view.root, entry, pool->store->root, name, NSM_RENAME_NOREPLACE);
	return r == 0 ? 0 : 1;
}

static int take(struct nsm_pool_dir *pool, const struct nsmgr_config *config, const char *name)
{
	const char *entry;
	struct nsm_dir dir;
	int r;

	nsm_dir_begin_few(&dir, pool->view.root);
	while ((r = nsm_pool_dir_next(pool, &dir, &entry)) > 0) {
		r = is_usable(pool, entry, config);
		if (r < 0)
			return r;
		if (r == 0)
			continue;
		r = give(pool, entry, config, name);
		/* Another was faster with this one. */
		if (r != -ENOENT)
			return r;
	}
	return r < 0 ? r : 1;
}

int nsm_store_pool_take(struct nsm_store *store, struct nsmgr_config *config, const char *name, bool glance)
{
	nsm_autopool struct nsm_pool_dir pool = NSM_POOL_DIR_INIT;
	int r;

	/* Hooks are run for a set of their own, and a second name is given before the first. That there are defaults for commands, or a
	 * cgroup, stands in .set, which is not written again. */
	if (config->outside || config->inside || config->ip_netns || config->defaults || nsm_config_has_cgroup(config))
		return 1;
	if (glance && (config->labels || config->profile))
		return 1;
	r = nsm_pool_dir_open(store, config, false, &pool);
	/* Too long to be filled is not there either. */
	if (r == -ENOENT || r == -E2BIG)
		return 1;
	if (r == 0)
		r = glance ? take_at_a_glance(&pool, config, name) : take(&pool, config, name);
	return r;
}

/* ---- filling ---- */

/* How many are ready. Those that are not usable any more make room. */
static int count_usable(struct nsm_pool_dir *pool, const struct nsmgr_config *config, size_t *ret)
{
	const char *entry;
	struct nsm_dir dir;
	int r;

	*ret = 0;
	nsm_dir_begin(&dir, pool->view.root);
	while ((r = nsm_pool_dir_next(pool, &dir, &entry)) > 0) {
		r = is_usable(pool, entry, config);
		if (r < 0)
			return r;
		*ret += (size_t)r;
	}
	return r;
}

struct filling {
	struct nsmgr_ctx *ctx;
	int made, result;
	struct nsm_failure failure; /* the first */
};

static void note(void *data, const char *name, int result)
{
	struct filling *filling = data;

	(void)name;
	filling->made += result == 0;
	if (result == 0 || filling->result < 0)
		return;
	filling->result = result;
	filling->failure = filling->ctx->failure;
}

static int make(struct nsm_pool_dir *pool, struct nsmgr_config *config, size_t count)
{
	struct filling filling = { .ctx = config->ctx };
	nsm_autofree char(*text)[16] = calloc(count, sizeof(*text));
	nsm_autofree const char **names = calloc(count, sizeof(*names));
	int begun;

	if (!text || !names)
		return nsm_fail(config->ctx, -ENOMEM, "pool", NSMGR_TYPE_NONE, NULL);
	for (size_t i = 0; i < count; i++) {
		nsm_stage_random_name(text[i]);
		names[i] = text[i];
	}
	begun = nsm_pool_dir_begin_changes(pool);
	if (begun < 0)
		return begun;
	begun = nsm_create_batch(&pool->view, names, count, config, 0, note, &filling);
	if (begun < 0)
		return begun;
	if (filling.result < 0)
		config->ctx->failure = filling.failure;
	return filling.result < 0 ? filling.result : filling.made;
}

static bool is_empty(struct nsm_pool_dir *pool)
{
	const char *entry;
	struct nsm_dir dir;

	nsm_dir_begin(&dir, pool->view.root);
	/* It was read to count. */
	return lseek(pool->view.root, 0, SEEK_SET) == 0 && nsm_pool_dir_next(pool, &dir, &entry) == 0;
}

/* Of several at once each counts what those before have made. */
static int fill_up(struct nsm_pool_dir *pool, struct nsmgr_config *config, size_t count)
{
	nsm_autoclose int lock = nsm_pool_dir_lock(pool);
	struct nsm_failure failure;
	size_t ready = 0;
	int r = lock < 0 ? lock : count_usable(pool, config, &ready);

	if (r == 0 && ready < count)
		r = make(pool, config, count - ready);
	failure = config->ctx->failure;
	if (r < 0 && is_empty(pool))
		nsm_pool_dir_remove(pool);
	config->ctx->failure = failure;
	return r;
}

static int fill(struct nsmgr_ctx *ctx, struct nsmgr_config *config, size_t count)
{
	nsm_autostore struct nsm_store store = NSM_STORE_INIT;
	nsm_autopool struct nsm_pool_dir pool = NSM_POOL_DIR_INIT;
	int r = nsm_config_refuse_labels(config);

	if (r == 0)
		r = nsm_config_refuse_profile(config);
	if (r == 0)
		r = nsm_config_prepare(config);
	if (r == 0 && (config->outside || config->inside))
		r = nsm_fail_text(ctx, -EINVAL, "pool", NSMGR_TYPE_NONE, NULL, "a set with hooks, mounts or pasta cannot be made in advance");
	if (r == 0 && config->ip_netns)
		r = nsm_fail_text(ctx, -EINVAL, "pool", NSMGR_NET, NULL, "a set without a name has none for ip netns either");
	if (r == 0 && nsm_config_has_cgroup(config))
		r = nsm_fail_text(ctx, -EINVAL, "pool", NSMGR_TYPE_NONE, NULL, "a set with a cgroup cannot be made in advance");
	if (r == 0)
		r = nsm_store_open_rw(ctx, true, false, &store);
	if (r == 0)
		r = nsm_pool_dir_open(&store, config, true, &pool);
	return r < 0 ? r : fill_up(&pool, config, count);
}

int nsmgr_store_fill(struct nsmgr_ctx *ctx, struct nsmgr_config *config, size_t count)
{
	return nsm_edge(ctx, NSM_EDGE_store_fill, fill(ctx, config, count));
}
