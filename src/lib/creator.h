/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_CREATOR_H
#define NSM_LIB_CREATOR_H

#include "lib/config.h"
#include "lib/leash.h"

/* The short-lived child that unshares; killed and reaped when its scope ends, its keeper with it unless that was
 * released. Types that change nothing for whoever binds them (all but user, mnt and pid) need none: the process
 * unshares itself, if it is one of our own making. */
struct nsm_creator {
	pid_t pid;
	int pidfd; /* also of ourselves, with no pid */
	int socket; /* a keeper lives only as long as it is open, until it is released */
	int proc;   /* its directory in /proc, and the number that it has there */
	pid_t proc_pid;
	pid_t keeper;
	int keeper_pidfd;
	bool tied; /* the keeper is our child, to be reaped */
	int signals; /* readable when one came that ends it all, or -EBADF */
};

#define NSM_CREATOR_INIT { .pidfd = -EBADF, .socket = -EBADF, .proc = -EBADF, .keeper_pidfd = -EBADF, .signals = -EBADF }

/* How it is to be made, beside the configuration. */
struct nsm_order {
	const char *name; /* that the keeper shows */
	uint64_t floor;	  /* 0, or the id that a new mount namespace's has to exceed */
	bool tied;	  /* the keeper is our child, and ends with the socket: it is never released */
	int cgroup;	  /* a directory of cgroup2 to be in, or below 0 */
	/* Before the hook outside, once the namespaces are there; NULL: nothing. */
	int (*early)(void *data, const struct nsm_creator *creator);
	void *data;
};

/* Whether a set of this configuration needs a creator of its own. */
bool nsm_creator_is_needed(const struct nsmgr_config *config);

/* Has a child make and set up the namespaces. */
int nsm_creator_start(struct nsmgr_config *config, const struct nsm_order *order, struct nsm_creator *ret);

/* Does it in the calling process. */
int nsm_creator_self(struct nsmgr_config *config, struct nsm_creator *ret);

/* Opens and verifies one of the namespaces it made. */
int nsm_creator_open(struct nsmgr_ctx *ctx, const struct nsm_creator *creator, enum nsmgr_type type);

/* Gives a tied keeper, and the socket that ties it, to a leash; both are the leash's, also on failure. */
int nsm_creator_give_keeper(struct nsmgr_ctx *ctx, struct nsm_creator *creator, struct nsm_leash **ret);

/* Lets the keeper live on by itself, once its handle and the metadata that names it are in a stage. */
int nsm_creator_release(struct nsmgr_ctx *ctx, struct nsm_creator *creator);

void nsm_creator_end(struct nsm_creator *creator);
#define nsm_autocreator nsm_cleanup(nsm_creator_end)

#endif
