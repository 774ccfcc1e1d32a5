/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_DESCENT_H
#define NSM_CMD_DESCENT_H

#include "cmd/crowd.h"

/* The descendants of a process, for who cannot reach them as a process group. */

/* Adds those that it has by now, and that are not among them yet. One whose parents have ended is somebody else's child, and is found
 * only if it was before. */
void descent_gather(struct crowd *crowd, pid_t ancestor);

/* To all that were gathered, and live. */
void descent_signal(const struct crowd *crowd, int signal);

#endif
