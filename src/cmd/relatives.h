/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_RELATIVES_H
#define NSM_CMD_RELATIVES_H

#include "nsmgr.h"

/* The namespace behind a handle that was described, open; -ESTALE where it is not, or no more, that one. `root` is the store. */
int handle_open(const char *root, const char *name, const struct nsmgr_handle *handle);

/* The inode number of the parent of a pid or user namespace; 0 where it has none that we may see, and for other types. */
ino_t handle_parent(const char *root, const char *name, const struct nsmgr_handle *handle);

#endif
