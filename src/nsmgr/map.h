/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSMGR_MAP_H
#define NSMGR_MAP_H

/* What the parent of a new user or time namespace writes for a process in it: user_namespaces(7), time_namespaces(7). */

#include <nsmgr/config.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Each is one write(2), once and for all: -EPERM the second time, without the privilege that it takes, for ids that the parent
 * does not map, and where the user namespace is not one just below the caller's. Where the kernel refuses a map of users or
 * groups for that, newuidmap(1) and newgidmap(1) are asked. -EINVAL: no lines, or an empty or overlapping range; -E2BIG:
 * more than 340 lines, or a page of text; -ESRCH: no such process, or it ended meanwhile. */
int nsmgr_write_map(struct nsmgr_ctx *ctx, pid_t pid, enum nsmgr_id_kind kind, const struct nsmgr_extent extents[],
		    size_t count);

/* Whether setgroups(2) works in its user namespace: before the map of groups is written, and denied for good (-EPERM).
 * -ESRCH. */
int nsmgr_write_setgroups(struct nsmgr_ctx *ctx, pid_t pid, bool allow);

/* A clock of the time namespace that the children of a process will be in: CLOCK_MONOTONIC or CLOCK_BOOTTIME (-EINVAL for
 * others, and for nanoseconds that are not within 0 and 999,999,999). -EACCES: somebody has entered it, and it stays as it is;
 * -EPERM: without CAP_SYS_TIME over it; -ERANGE: the clock would be before 0, or later than about 146 years; -ESRCH. */
int nsmgr_write_offset(struct nsmgr_ctx *ctx, pid_t pid, clockid_t clock, const struct timespec *offset);

#ifdef __cplusplus
}
#endif

#endif
