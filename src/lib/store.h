/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_STORE_H
#define NSM_LIB_STORE_H

#include "base/fd.h"
#include "lib/boot.h"
#include "lib/ctx.h"

#define NSM_STAGE_DIR ".stage"
#define NSM_LOCK_FILE ".lock"

/* Whether the directories of a store tell how many entries they have: glance.h */
enum nsm_counts {
	NSM_COUNTS_UNKNOWN,
	NSM_COUNTS,
	NSM_COUNTS_NOT,
};

/* The opened store. */
struct nsm_store {
	struct nsmgr_ctx *ctx;
	int root;	   /* O_PATH of the directory */
	uint64_t mount_id; /* of its mount, as we see it */
	int lock;	   /* .lock, once it was needed */
	int stages;	   /* .stage, once it was needed */
	enum nsm_counts counts; /* once it was needed */
	bool elsewhere;	   /* its handles are, and it was opened all the same */
	char boot_id[NSM_BOOT_ID_SIZE]; /* filled when opened for changes */
};

#define NSM_STORE_INIT { .root = -EBADF, .lock = -EBADF, .stages = -EBADF }

void nsm_store_close(struct nsm_store *store);
#define nsm_autostore nsm_cleanup(nsm_store_close)

/* For reading: nothing is made or mounted. -ENOENT when there is no such directory. */
int nsm_store_open(struct nsmgr_ctx *ctx, struct nsm_store *ret);

/* The same for a set of that name, which is checked here: without a store there is no such set either. */
int nsm_store_open_for(struct nsmgr_ctx *ctx, const char *name, struct nsm_store *ret);

/* For changes: with `make` the directory is made, mounted on itself and made private, once, under the lock. Refused with -EXDEV
 * where the handles live in another mount namespace, unless `force`. */
int nsm_store_open_rw(struct nsmgr_ctx *ctx, bool make, bool force, struct nsm_store *ret);

/* Opens .stage, unless it is open, and makes it where it is missing. */
int nsm_store_open_stages(struct nsm_store *store);

/* The same for who is about to make or remove sets: the stages that were left are swept. For a store that was opened for
 * changes. */
int nsm_store_begin_changes(struct nsm_store *store);

/* Whether the store's handles are mounted in another mount namespace than ours (its .store says so). */
bool nsm_store_is_elsewhere(struct nsm_store *store);

/* Refuses with the cure. Used by whoever found a handle unusable. */
int nsm_store_refuse_elsewhere(struct nsm_store *store);

/* flock(2) of .lock, shared or exclusive. It is held while the root mount is made, while
 * a pid set is joined (shared), and while a set is hidden or renamed (exclusive). The file is 0600, so that nobody else can
 * hold us up with it. */
int nsm_store_lock(struct nsm_store *store, bool exclusive);

/* The same, exclusive, without waiting: -EWOULDBLOCK, with no failure recorded. */
int nsm_store_try_lock(struct nsm_store *store);

/* Opens it, for who shares it. */
int nsm_store_open_lock(struct nsm_store *store);
void nsm_store_unlock(struct nsm_store *store);

#endif
