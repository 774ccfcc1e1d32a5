/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_OFFSET_H
#define NSM_LIB_OFFSET_H

#include "base/text.h"
#include "lib/ctx.h"

#include <time.h>

/* What is added to the clocks of a time namespace: time_namespaces(7). */

/* -EINVAL: a clock that has none, or nanoseconds that are none. */
int nsm_offset_check(struct nsmgr_ctx *ctx, clockid_t clock, const struct timespec *offset);

/* Adds the line of one clock to what is written then, before anybody enters (KERNEL R50), to the process whose directory in
 * /proc is `proc`. */
void nsm_offset_add(struct nsm_text *text, clockid_t clock, const struct timespec *offset);
int nsm_offset_write(struct nsmgr_ctx *ctx, int proc, const struct nsm_text *text);

#endif
