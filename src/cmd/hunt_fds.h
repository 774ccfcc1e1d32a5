/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_HUNT_FDS_H
#define NSM_CMD_HUNT_FDS_H

#include "cmd/hunt.h"

/* The open descriptors of a process, or of a thread that has its own (tid, else 0). -EACCES: some are not ours to look
 * at. */
int hunt_fds(struct hunt *hunt, const struct process *process, pid_t tid);

#endif
