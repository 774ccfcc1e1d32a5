/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSMGR_POOL_H
#define NSMGR_POOL_H

/* Sets that are ready before they are needed: in memory, and in the store. */

#include <nsmgr/set.h>
#include <nsmgr/store.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- In memory ---- */

struct nsmgr_pool;

/* A pool of up to `size` sets, as `config` asks for; the configuration is the pool's from then on, and its context is used by
 * nobody else while the pool has it; after a failure it stays the caller's. Nothing is made yet. The functions of a pool can be
 * called from any thread, but nsmgr_pool_free(). -EINVAL: the configuration does not fit together, or size is 0. */
int nsmgr_pool_new(struct nsmgr_config *config, size_t size, struct nsmgr_pool **ret_pool);
void nsmgr_pool_free(struct nsmgr_pool *pool); /* stops it, and closes the sets that it has; NULL is fine */

/* Run for each set that was made, before it is given out, in the thread that made it: below 0 is a -errno that fails it, with
 * the step "hook". The set is of the pool's context meanwhile, and the pool may not be asked for another. Set before anything
 * is made. */
typedef int nsmgr_pool_fn(void *data, struct nsmgr_set *set);
void nsmgr_pool_hook(struct nsmgr_pool *pool, nsmgr_pool_fn *hook, void *data);

/* A ready set, or one that is made on the spot. It is the caller's, and belongs to `ctx`, where a failure is recorded; the
 * errors of nsmgr_unshare(). A set of which the keeper has ended is never given out. */
int nsmgr_pool_get(struct nsmgr_pool *pool, struct nsmgr_ctx *ctx, struct nsmgr_set **ret_set);

/* Gives a set (back) to the pool, which closes it when it is full; as it is, so that nobody may be left in it. It belongs to no
 * context until it is given out. */
void nsmgr_pool_put(struct nsmgr_pool *pool, struct nsmgr_set *set);

/* How many are ready. */
size_t nsmgr_pool_length(struct nsmgr_pool *pool);

/* Makes sets until it is full: now, in the calling thread; or from now on by a thread of its own, in which every signal is
 * blocked, until nsmgr_pool_stop(), which waits for it, if there is one. That one goes on trying after a failure, a second
 * later, and each time that a set is taken. The errors of nsmgr_unshare(), recorded in `ctx`; -EALREADY: it has a thread;
 * -EAGAIN: no thread to be had. */
int nsmgr_pool_fill(struct nsmgr_pool *pool, struct nsmgr_ctx *ctx);
int nsmgr_pool_start(struct nsmgr_pool *pool, struct nsmgr_ctx *ctx);
void nsmgr_pool_stop(struct nsmgr_pool *pool);

/* ---- In the store ---- */

/* Has `count` sets of a configuration, in all, ready in the store, for nsmgr_create() with NSMGR_CREATE_FROM_POOL and the same
 * configuration: that takes one by a single rename(2), and makes one where none is left. They are no sets yet: they have no
 * names and are not listed. Gives how many were made. The errors of nsmgr_create(). -EINVAL: a configuration with hooks,
 * of which nobody can tell whether they are the same. */
int nsmgr_store_fill(struct nsmgr_ctx *ctx, struct nsmgr_config *config, size_t count);

/* Called for each configuration that has a pool: in words, as options of nsmgr(8), and how many sets are ready. */
typedef void nsmgr_store_pool_fn(void *data, const char *options, size_t ready);
int nsmgr_store_pools(struct nsmgr_ctx *ctx, nsmgr_store_pool_fn *pool, void *data);

/* Takes the ready sets of a configuration apart, or of all with NULL; processes in them are ended. Gives their number, 0 for a
 * store that is not there. The errors of nsmgr_remove(). */
int nsmgr_store_drain(struct nsmgr_ctx *ctx, struct nsmgr_config *config);

#ifdef __cplusplus
}
#endif

#endif
