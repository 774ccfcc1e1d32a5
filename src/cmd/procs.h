/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_PROCS_H
#define NSM_CMD_PROCS_H

#include "base/macro.h"
#include "nsmgr.h"

/* Which namespaces the processes in /proc live in: one scan for all types. */
struct procs;

int procs_scan(struct procs **ret_procs);
void procs_free(struct procs **procs);

/* How many processes live in the namespace; -1 when some process that could be among them could not be looked at. */
long procs_count_in(const struct procs *procs, ino_t ino);

#endif
