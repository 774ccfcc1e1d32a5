/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_SET_H
#define NSM_LIB_SET_H

#include "lib/cgroup.h"
#include "lib/leash.h"
#include "lib/nstype.h"
#include "lib/store.h"

struct nsmgr_set {
	struct nsmgr_ctx *ctx;
	char name[NSM_NAME_LENGTH + 1]; /* "" where it has none */
	int fds[NSMGR_TYPE_COUNT];
	pid_t keeper;		   /* that nsmgr_unshare() made, or 0 */
	struct nsm_leash *leash;   /* what ends it; NULL where it goes on by itself */
	struct nsm_cgroup cgroup;  /* that commands join */
	int dir;		   /* of a named one with defaults for commands, else -EBADF */
	uint64_t defaults;	   /* bytes of the file that has them */
	struct nsm_store store;	   /* keeps the shared lock, if the set is held */
};

/* No namespace of any type: for arrays indexed by it. */
#define NSM_NO_FDS { -EBADF, -EBADF, -EBADF, -EBADF, -EBADF, -EBADF, -EBADF, -EBADF }

/* The one constructor; nsmgr_set_close() is the one destructor. The set is empty. */
int nsm_set_new(struct nsmgr_ctx *ctx, struct nsmgr_set **ret_set);

/* Gives the set a descriptor of its own for a namespace of that type that somebody has open. */
int nsm_set_add_copy(struct nsmgr_set *set, enum nsmgr_type type, int fd);

static inline void nsm_set_close(struct nsmgr_set **set)
{
	nsmgr_set_close(*set);
}

#define nsm_autoset nsm_cleanup(nsm_set_close)

/* nsmgr_set_enter() for use inside: fit for a child of a threaded program. enter.c */
int nsm_set_enter(struct nsmgr_set *set, unsigned types);

/* Joins those of `types`, for a child of ours: it has one thread, and root and directory of its own, so nothing is checked.
 * Does not allocate. enter.c */
int nsm_set_join(struct nsmgr_set *set, unsigned types);

#endif
