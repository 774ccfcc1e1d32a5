/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_LS_AHEAD_H
#define NSM_CMD_LS_AHEAD_H

#include "base/macro.h"
#include "nsmgr.h"

/* Looks at the sets of a list from its end, in a thread with a context of its own, while the caller goes through it from its
 * beginning: nearly all that ls does is to wait for the kernel. */
struct ls_ahead;

/* NULL: it is not worth it, or cannot be had; the flags are those of the list. */
struct ls_ahead *ls_ahead_begin(struct nsmgr_ctx *ctx, struct nsmgr_list *list, unsigned flags);
void ls_ahead_end(struct ls_ahead *ahead); /* NULL is fine */

/* nsmgr_list_handles(), of one name of the list after the other, and of each. `ahead` may be NULL. */
int ls_ahead_handles(struct ls_ahead *ahead, struct nsmgr_list *list, const char *name, struct nsmgr_handle ret_handles[]);

#endif
