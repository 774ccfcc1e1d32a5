/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_IDMAPPED_H
#define NSM_CMD_IDMAPPED_H

#include "base/macro.h"

#include <sys/types.h>

/* A copy of the mount at `source_fd` (O_PATH), without a place, that shows the owners of files as the maps of a user namespace
 * say: what is 0's outside is 0's inside. Has to be made by who is privileged over the file system, so outside of that user namespace:
 * mount_setattr(2). -EINVAL: the file system does not do that; -ENOSYS before Linux 5.12; -EPERM. */
int idmapped_bind(int source_fd, int userns_fd, bool recursive, int *ret_tree_fd);

/* The user namespace of a process, as a descriptor. */
int idmapped_userns_of(pid_t pid);

#endif
