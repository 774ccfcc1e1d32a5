/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_ROOT_H
#define NSM_LIB_ROOT_H

#include "lib/ctx.h"

/* The way to a directory of root's: the store, or /run/netns. */
struct nsm_root {
	int fd;		   /* O_PATH */
	uint64_t mount_id; /* of the mount that it is reached through */
	bool is_unique;	   /* that id is never used again, since Linux 6.8 */
	bool is_mount;	   /* it is the root of that mount */
};

#define NSM_ROOT_INIT { .fd = -EBADF }

/* Walks to `path` from / without following a link, and checks each component's owner and mode: root's, ours, or unmapped where
 * our user namespace does not map it, and writable by nobody else; a sticky directory passes when the next component is so
 * owned (LESSONS security 15, CVE-2015-1335). With `make` what is missing is made with mode 0755. -ENOENT without, -EPERM for
 * an untrusted component. Failures are recorded with `step`. */
int nsm_root_walk(struct nsmgr_ctx *ctx, const char *step, const char *path, bool make, struct nsm_root *ret);

/* The same to the store. */
int nsm_root_open(struct nsmgr_ctx *ctx, bool make, struct nsm_root *ret);

#endif
