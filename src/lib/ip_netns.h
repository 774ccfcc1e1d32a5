/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_IP_NETNS_H
#define NSM_LIB_IP_NETNS_H

#include "lib/nsfd.h"

/* The network namespaces of sets in /run/netns, where ip-netns(8) and those who follow it have theirs.
 *
 * That a name there is ours is recorded in the set's directory before anything is done, in a mark: a symbolic link
 * ".ip-netns.NAME" that leads to "BOOT INODE ID". It is made in one step with all that it says, costs who reads the set
 * nothing but an entry, and goes with the set wherever it is renamed to; a set that was being made, renamed or removed when
 * its process was killed still tells what is to be taken away. */

#define NSM_IP_NETNS_STEP "ip-netns"

/* Whether a file in a set's directory is a mark. */
bool nsm_ip_netns_is_mark(const char *file);

/* The name that a mark tells of. */
const char *nsm_ip_netns_name(const char *mark);

/* Whether something is mounted under the name that a mark tells of, or put there by somebody else: 1; 0 when it has nothing, or a
 * file without a mount; -errno. A mark of an older boot has nothing to say, and gives 1. */
int nsm_ip_netns_is_placed(struct nsmgr_ctx *ctx, int setdir, const char *mark);

/* Gives the network namespace `nsfd` of a set the name. What is there already and is that namespace is left to who made it, and
 * no mark made. -EEXIST: the name is another namespace's, or that of a file which was not ours. */
int nsm_ip_netns_add(struct nsmgr_ctx *ctx, int setdir, const char *name, int nsfd);

/* Takes what a mark tells of away, and then the mark. What is not the recorded namespace is left alone. */
int nsm_ip_netns_remove(struct nsmgr_ctx *ctx, int setdir, const char *mark);

/* The same with all marks of a set but that of the name `keep`, which may be NULL. */
int nsm_ip_netns_remove_all(struct nsmgr_ctx *ctx, int setdir, const char *keep);

/* ---- ip_netns_dir.c: the directory ---- */

/* Makes it the mount that it is to be: before the store's lock is taken, as this can take a second where somebody else holds
 * the directory's lock (-EBUSY then). */
int nsm_ip_netns_prepare(struct nsmgr_ctx *ctx);

/* Makes NAME the namespace: 1, or 0 where it was that before. With `ours` a file without a mount is taken as the rest of a
 * process of ours that was killed. */
int nsm_ip_netns_place(struct nsmgr_ctx *ctx, const char *name, int nsfd, const struct nsmgr_id *id, bool ours);

/* Whether there is something else than a file without a mount under NAME: 1, 0, -errno. */
int nsm_ip_netns_has(struct nsmgr_ctx *ctx, const char *name);

/* Unmounts NAME as often as it is the namespace `id`, and unlinks it then, unless something else is there. */
int nsm_ip_netns_take_away(struct nsmgr_ctx *ctx, const char *name, const struct nsmgr_id *id);

#endif
