/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_IDMAP_H
#define NSM_LIB_IDMAP_H

#include "lib/ctx.h"

#define NSM_IDMAP_LINES 340 /* user_namespaces(7), since Linux 4.15 */

/* The lines of a uid_map or gid_map. */
struct nsm_idmap {
	size_t count;
	struct nsmgr_extent lines[NSM_IDMAP_LINES];
};

/* -E2BIG when full, -EINVAL for an empty range or one that runs over the last id, or overlaps an earlier one. */
int nsm_idmap_add(struct nsm_idmap *map, const struct nsmgr_extent *extent);

/* The same with the failure recorded; and whether it is a kind of ids. */
int nsm_idmap_add_line(struct nsmgr_ctx *ctx, struct nsm_idmap *map, const struct nsmgr_extent *extent);
int nsm_idmap_check_kind(struct nsmgr_ctx *ctx, enum nsmgr_id_kind kind);

/* Our own map, as our user namespace sees it. */
int nsm_idmap_read_own(enum nsmgr_id_kind kind, struct nsm_idmap *ret);

/* Every extent of our own map, mapped identically: (inner, inner, count). KERNEL section 9: the full
 * identity map is EPERM in a user namespace that has less. */
int nsm_idmap_identity(enum nsmgr_id_kind kind, struct nsm_idmap *ret);

bool nsm_idmap_maps(const struct nsm_idmap *map, uint32_t inner);

#endif
