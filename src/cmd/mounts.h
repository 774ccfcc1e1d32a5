/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_MOUNTS_H
#define NSM_CMD_MOUNTS_H

#include "base/macro.h"

/* What the mount table says. The only user of libmount. */
struct mounts;

int mounts_read(struct mounts **ret_mounts);
void mounts_free(struct mounts **mounts);

/* How many mounts lie on each other at exactly this path. */
size_t mounts_count_at(const struct mounts *mounts, const char *path);

#endif
