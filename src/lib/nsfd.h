/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_NSFD_H
#define NSM_LIB_NSFD_H

#include "nsmgr.h"

/* One namespace as an open nsfs file. */

/* Opens a file that should be a namespace without waiting on a fifo or taking a terminal. With `nofollow` its last
 * component may not be a symbolic link, as the links of /proc/PID/ns are. */
int nsm_nsfd_open(int dirfd, const char *path, bool nofollow);

/* Whether it is an nsfs file, and of which type. -ENOTTY: it is none (KERNEL R3). */
int nsm_nsfd_type(int fd, enum nsmgr_type *ret);

/* Whether an fd that is known to be an nsfs file is one of that type: 0; -EBADMSG: of another; -errno: it does not tell. */
int nsm_nsfd_expect(int fd, enum nsmgr_type type);

int nsm_nsfd_id(int fd, struct nsmgr_id *ret);

/* The 64-bit id, or 0. */
uint64_t nsm_nsfd_id64(int fd);

/* The unique id of the mount at a path, links not followed, or of the descriptor with ""; 0 where there is none, before Linux 6.8
 * say. */
uint64_t nsm_nsfd_mount(int dirfd, const char *path);

/* Mounts the namespace onto the file `name` below `dir`, a link not followed; with "" onto the file that `dir` is. 0 or the -errno of
 * mount(2): -EINVAL of a mount namespace that cannot be bound here (KERNEL R4, R10, R11). *ret_mount, unless it is NULL, becomes
 * the unique id of that mount, or 0. By move_mount(2) where it works. */
int nsm_nsfd_bind(int fd, int dir, const char *name, uint64_t *ret_mount);

/* Whether fd is the namespace `id`: by the 64-bit ids when both are known, else by device and inode. */
bool nsm_nsfd_is(int fd, const struct nsmgr_id *id);

/* 1 when fd, of a pid or user namespace, is `ancestor` or below it; 0 when it is not as far as the caller may look up;
 * -errno when that cannot be found out, for lack of descriptors say. */
int nsm_nsfd_is_within(int fd, const struct nsmgr_id *ancestor);

/* Whether fd is the namespace that the calling thread is in, or, of pid and time, that its children will be in. Other threads
 * may be elsewhere: setns(2) moves one. */
bool nsm_nsfd_is_own(int fd, enum nsmgr_type type);
bool nsm_nsfd_is_childrens(int fd, enum nsmgr_type type);

/* The inode of the user namespace that owns it; 0 where the caller may not see it. ioctl_ns(2). */
ino_t nsm_nsfd_owner(int fd);

#endif
