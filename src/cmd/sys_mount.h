/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_SYS_MOUNT_H
#define NSM_CMD_SYS_MOUNT_H

#include "base/macro.h"

#include <stdint.h>

/* The system calls that handle mounts as descriptors (Linux 5.2), which a C library may lack. All give a result >= 0 or -errno;
 * descriptors are close-on-exec. A mount without a place goes away with its last descriptor. */

/* include/uapi/linux/mount.h */
#define SYS_ATTR_RDONLY 0x1u
#define SYS_ATTR_NOSUID 0x2u
#define SYS_ATTR_NODEV 0x4u
#define SYS_ATTR_NOEXEC 0x8u
#define SYS_ATTR_ATIME 0x70u /* a field: relatime is 0 */
#define SYS_ATTR_NOATIME 0x10u
#define SYS_ATTR_STRICTATIME 0x20u
#define SYS_ATTR_NODIRATIME 0x80u
#define SYS_ATTR_NOSYMFOLLOW 0x200000u

/* A file system to be configured. What the kernel has to say of a failure is read from it: a line "e WORDS". */
int sys_fsopen(const char *type);

/* One parameter: a flag where there is no value. */
int sys_fsconfig(int fs, const char *key, const char *value);

/* Makes the file system and gives a mount of it without a place, with these attributes. */
int sys_fsmount(int fs, unsigned attrs);

/* A copy, without a place, of the mount at a path; with all that is mounted below it, or, of `path` "" alone, not. */
int sys_open_tree(int dirfd, const char *path, bool recursive);

/* Gives a mount without a place its place: over what `target` is. */
int sys_move_mount(int mount, int target);

struct sys_mount_attr {
	uint64_t set, clear;
	uint64_t propagation; /* MS_PRIVATE ..., or 0 */
};

/* -ENOSYS before Linux 5.12. */
int sys_mount_setattr(int mount, const struct sys_mount_attr *attr, bool recursive);

/* Has a mount without a place show owners as the maps of a user namespace say. -EINVAL: its file system does not do that; -ENOSYS before
 * Linux 5.12. */
int sys_mount_idmap(int mount, int userns, bool recursive);

/* The present directory becomes the root, and the old one is mounted at `old`. */
int sys_pivot_root_here(const char *old);

#endif
