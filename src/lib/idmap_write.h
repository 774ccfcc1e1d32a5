/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_IDMAP_WRITE_H
#define NSM_LIB_IDMAP_WRITE_H

#include "lib/config.h"

/* What is written for a process in a new user or time namespace, from outside. `proc` is its directory in /proc, `pid` its
 * number there. Failures are recorded. */

/* All that a configuration has: setgroups, and the maps of users, groups and, if there is one, projects. */
int nsm_idmap_write(struct nsmgr_config *config, int proc, pid_t pid);

/* One map. Where the kernel does not allow a map of users or groups directly newuidmap(1) and newgidmap(1) are asked, and what
 * they say is the failure's text. */
int nsm_idmap_write_kind(struct nsmgr_ctx *ctx, enum nsmgr_id_kind kind, const struct nsm_idmap *map, int proc, pid_t pid);

int nsm_idmap_write_setgroups(struct nsmgr_ctx *ctx, bool allow, int proc);

#endif
