/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSMGR_CGROUP_H
#define NSMGR_CGROUP_H

/* The cgroup of a set under a name: nsmgr_config_cgroup_new(), nsmgr_config_cgroup_path(). */

#include <nsmgr/store.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NSMGR_CGROUP_PATH_SIZE 256

struct nsmgr_cgroup {
	enum nsmgr_origin origin; /* NSMGR_ORIGIN_UNKNOWN: the set has none; NSMGR_PINNED: it is somebody else's */
	int fd; /* its directory, or below 0 where it is gone, or not below the root of the caller's cgroup namespace */
	char path[NSMGR_CGROUP_PATH_SIZE]; /* as in /proc/PID/cgroup: "/nsmgr/web"; "" */
};

/* Opens it, by what is recorded of it: by its path, and it is the one only if it has the inode that it had. `fd` is the caller's to
 * close, nsmgr_cgroup_close(), also of a set that has none. Works as any user. -ENOENT: no such set; -EINVAL, -ENAMETOOLONG,
 * -ENOTDIR: the name, or the store's path. */
int nsmgr_cgroup_open(struct nsmgr_ctx *ctx, const char *name, struct nsmgr_cgroup *ret_cgroup);
void nsmgr_cgroup_close(struct nsmgr_cgroup *cgroup);

/* Stops all processes in the cgroup that a set made, its keeper too, or has them go on, and waits until that is so (the line
 * "frozen" of the file cgroup.events): `timeout` bounds that, NULL is for ever. A process that is killed ends although it is
 * frozen. A command that joins a frozen cgroup stops right there. -ENOENT: no such set; -EOPNOTSUPP: it has no cgroup of its own;
 * -ESTALE: that is gone, or not to be seen; -ETIMEDOUT: it is asked for, and not so yet: a process cannot be stopped now;
 * -EINVAL, -ENAMETOOLONG, -ENOTDIR as above. cgroups(7), cgroup.freeze: Linux 5.2 */
int nsmgr_cgroup_freeze(struct nsmgr_ctx *ctx, const char *name, bool frozen, const struct timespec *timeout);

#ifdef __cplusplus
}
#endif

#endif
