/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_HOOK_H
#define NSM_LIB_HOOK_H

#include "lib/config.h"

/* The user's own step in the new namespaces, in a child of the caller's: of a creator, so that a time namespace is entered as
 * well, or of a keeper. Nothing is done where there is none. It ends with the other end of `socket`. */
int nsm_hook_inside(struct nsmgr_config *config, int socket);

/* What a hook gave as 0 or a -errno. */
int nsm_hook_result(int result);

/* The same for the one outside, in the process that makes the set, which has its own signal mask meanwhile. What it handed inside is
 * still to be sent. */
int nsm_hook_outside(struct nsmgr_config *config, pid_t pid);

#endif
