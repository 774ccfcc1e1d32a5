/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_POOL_DIR_H
#define NSM_LIB_POOL_DIR_H

#include "lib/config.h"
#include "lib/store.h"

#define NSM_POOL_DIR ".pool"
#define NSM_POOL_CONFIG ".config"
#define NSM_POOL_CONFIG_NEW ".config.new"

/* ROOT/.pool/HASH: the ready sets of one configuration, and .config, which is that configuration in words. */
struct nsm_pool_dir {
	struct nsm_store *store;
	struct nsm_store view; /* the store as if this directory were its root, which alone is its own: all else is borrowed */
	char path[24];	       /* below the store: .pool/HASH */
};

#define NSM_POOL_DIR_INIT { .view = NSM_STORE_INIT }

/* That of a configuration, which is prepared. -ENOENT without a failure recorded: there is none; with `make` it is made. */
int nsm_pool_dir_open(struct nsm_store *store, struct nsmgr_config *config, bool make, struct nsm_pool_dir *ret);
void nsm_pool_dir_close(struct nsm_pool_dir *pool);
#define nsm_autopool nsm_cleanup(nsm_pool_dir_close)

/* Before anything in it is made or removed: the view shares the stages and the lock of the store. */
int nsm_pool_dir_begin_changes(struct nsm_pool_dir *pool);

/* The one of that name, with its configuration in words, which the caller frees. -ENOENT without a failure recorded: it is gone,
 * or being made or taken away just now. */
int nsm_pool_dir_open_named(struct nsm_store *store, const char *hash, struct nsm_pool_dir *ret, char **ret_options);

/* Says in the failure recorded last that it was this one, or a set in it (else NULL). */
void nsm_pool_dir_blame(const struct nsm_pool_dir *pool, const char *entry);

/* All of them, with the configuration in words; -errno of the first that `visit` failed with, or that cannot be read, at the end. */
typedef int nsm_pool_dir_fn(void *data, struct nsm_pool_dir *pool, const char *options);
int nsm_pool_dir_each(struct nsm_store *store, nsm_pool_dir_fn *visit, void *data);

/* The next entry of it that is a set: 1, 0 at the end, -errno. `dir` was begun with view.root. */
struct nsm_dir;
int nsm_pool_dir_next(struct nsm_pool_dir *pool, struct nsm_dir *dir, const char **ret_entry);

/* Waits for all others who fill it: a descriptor that keeps them waiting until it is closed. For one that was opened with `make`,
 * of which .config is not replaced. Whoever has it may take the store's lock, and nobody the other way round. */
int nsm_pool_dir_lock(struct nsm_pool_dir *pool);

/* Takes the directory away if nothing is left in it. */
void nsm_pool_dir_remove(struct nsm_pool_dir *pool);

#endif
