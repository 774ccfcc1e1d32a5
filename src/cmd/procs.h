/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_PROCS_H
#define NSM_CMD_PROCS_H

#include "base/macro.h"
#include "nsmgr.h"

/* Which namespaces the processes in /proc live in: one scan for all types. */
struct procs;

int procs_scan(struct procs **ret_procs);
void procs_free(struct procs **procs);

/* How many processes live in the namespace, as far as we may see them. */
size_t procs_count_in(const struct procs *procs, ino_t ino);

/* Whether some process could not be looked at for lack of privilege. */
bool procs_is_partial(const struct procs *procs);

#endif
