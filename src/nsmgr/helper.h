/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSMGR_HELPER_H
#define NSMGR_HELPER_H

/* A process outside that serves a set under a name: it gives its network namespace a way out, say. It lives as long as the set. */

#include <nsmgr/config.h>

#ifdef __cplusplus
extern "C" {
#endif

struct nsmgr_helper {
	char kind[16]; /* what it is: "pasta" */
	pid_t pid;     /* as it was seen by who made the set */
	bool alive;
};

/* In a hook outside: has the set that is being made own the process, a child of the caller's. It is recorded before this returns, and
 * from then on whoever takes the set away ends it, by KILL: nsmgr_remove() and the sweep of what a killed process left, too. So a child
 * waits for its maker's word before it becomes what outlives it. `kind` has up to 15 small letters, digits and '-'. A set has one at
 * most. -EINVAL: the kind, or no set under a name is being made; -EEXIST: it has one; -ESRCH: there is no such process;
 * -ENOSPC, -EROFS: the store. */
int nsmgr_config_helper(struct nsmgr_config *config, const char *kind, pid_t pid);

/* The helper of a set; 1: it has none. A number that another process has by now is told from it by the time of its start (LESSONS 11).
 * -ENOENT: no such set; -EBADMSG: what is recorded of it is damaged; -EINVAL, -ENAMETOOLONG, -ENOTDIR: the name, the store. */
int nsmgr_helper_get(struct nsmgr_ctx *ctx, const char *name, struct nsmgr_helper *ret_helper);

#ifdef __cplusplus
}
#endif

#endif
