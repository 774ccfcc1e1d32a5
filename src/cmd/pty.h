/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_PTY_H
#define NSM_CMD_PTY_H

#include "cmd/time_limit.h"

/* A terminal of its own for the command: what privilege it has inside cannot reach ours through it (LESSONS security 10,
 * KERNEL section 9). pty(7) */

/* Makes it, and has the command get it. STATUS_DONE, or a failure that was said. */
int pty_open(struct launch *launch);

/* In place of supervise(): what we read goes to it, what the command writes there comes from us, and our terminal is raw
 * meanwhile, if we have one. */
int pty_supervise(struct launch *launch, const struct supervision *supervision, struct time_limit *limit);

#endif
