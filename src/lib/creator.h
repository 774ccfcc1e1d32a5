/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_CREATOR_H
#define NSM_LIB_CREATOR_H

#include "lib/config.h"

/* The short-lived child that unshares; killed and reaped when its scope ends, its keeper with it unless that was
 * released. Types that change nothing for whoever binds them (all but user, mnt and pid) need none: the process
 * unshares itself, if it is one of our own making. */
struct nsm_creator {
	pid_t pid;
	int pidfd;
	int socket; /* a keeper lives only as long as it is open, until it is released */
	int proc;   /* its directory in /proc, and the number that it has there */
	pid_t proc_pid;
	pid_t keeper;
	int keeper_pidfd;
};

#define NSM_CREATOR_INIT { .pidfd = -EBADF, .socket = -EBADF, .proc = -EBADF, .keeper_pidfd = -EBADF }

/* Whether a set of this configuration needs a creator of its own. */
bool nsm_creator_is_needed(const struct nsmgr_config *config);

/* Has a child make and set up the namespaces. `floor` is 0, or the id that a new mount namespace's has to exceed. `name`
 * is what the keeper shows. */
int nsm_creator_start(struct nsmgr_config *config, const char *name, uint64_t floor, struct nsm_creator *ret);

/* Does it in the calling process. */
int nsm_creator_self(struct nsmgr_config *config, struct nsm_creator *ret);

/* Opens and verifies one of the namespaces it made. */
int nsm_creator_open(struct nsmgr_ctx *ctx, const struct nsm_creator *creator, enum nsmgr_type type);

/* Lets the keeper live on by itself, once its handle and the metadata that names it are in a stage. */
int nsm_creator_release(struct nsmgr_ctx *ctx, struct nsm_creator *creator);

void nsm_creator_end(struct nsm_creator *creator);
#define nsm_autocreator nsm_cleanup(nsm_creator_end)

#endif
