/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_CGROUP_H
#define NSM_LIB_CGROUP_H

#include "base/deadline.h"
#include "lib/config.h"

/* The cgroup of a set, on cgroup2 alone: one that is made for it, nsmgr/NAME below the root of the hierarchy as we see it, or one
 * that was named and is somebody else's.
 *
 * One that is made has an owner: before it is made, the set's directory has a file .cgroup with a token and its path, and then
 * the cgroup has the token as an extended attribute (with the store's path behind it). So a set half made or half removed still
 * tells what is to be taken away, and nobody takes away what another store has made under the same name. That file stays for as
 * long as the set. What exec needs, path and inode, is in .set, where it is read at no cost. cgroups(7) */
#define NSM_CGROUP_FILE ".cgroup"
#define NSM_CGROUP_PARENT "nsmgr"
#define NSM_CGROUP_MARK "user.nsmgr"
#define NSM_CGROUP_PATH_SIZE 256
#define NSM_CGROUP_TOKEN_SIZE 16

struct nsm_cgroup {
	enum nsmgr_origin origin; /* NSMGR_ORIGIN_UNKNOWN: there is none */
	uint64_t ino;
	char path[NSM_CGROUP_PATH_SIZE]; /* below the root of the hierarchy: "nsmgr/web"; "." is that itself */
};

/* What is said in .cgroup, and by the mark. */
struct nsm_cgroup_claim {
	char token[NSM_CGROUP_TOKEN_SIZE];
	char path[NSM_CGROUP_PATH_SIZE]; /* of the cgroup in .cgroup; of the store, perhaps cut, in the mark */
};

/* ---- cgroup.c: looking. None of these allocates. ---- */

/* The root of the hierarchy. -ENOENT: it is mounted nowhere. */
int nsm_cgroup_open_hierarchy(void);

/* Opens the very cgroup that is recorded. -ENOENT: it is gone, or not to be seen from here. */
int nsm_cgroup_open(const struct nsm_cgroup *cgroup);

/* The processes in it and in those below it, by their numbers in our pid namespace (0: outside of that): how many, of which `size`
 * are given. */
int nsm_cgroup_pids(int fd, pid_t *ret_pids, size_t size);

/* Waits for a line of cgroup.events: "populated 0", "frozen 1". -ETIMEDOUT. */
int nsm_cgroup_wait(int fd, const char *line, const struct nsm_deadline *deadline);

/* 0, or -ENOENT (there is none), -EBADMSG. */
int nsm_cgroup_read_claim(int setdir, struct nsm_cgroup_claim *ret);
int nsm_cgroup_read_mark(int fd, struct nsm_cgroup_claim *ret);

/* Where cgroups are mounted. A mount at a time, 1; 0 at the end. */
struct nsm_cgroup_mounts {
	int fd;
	size_t len, pos;
	bool skipped; /* a line that did not fit */
	char text[8192];
};

struct nsm_cgroup_mount {
	const char *point;
	bool version2, whole; /* `whole`: it shows the hierarchy from its root */
};

#define NSM_CGROUP_MOUNTS_INIT { .fd = -EBADF }

int nsm_cgroup_mounts_begin(struct nsm_cgroup_mounts *mounts);
/* 1 and the next; 0: there are no more; -errno: they are not all known. */
int nsm_cgroup_mounts_next(struct nsm_cgroup_mounts *mounts, struct nsm_cgroup_mount *ret);
void nsm_cgroup_mounts_end(struct nsm_cgroup_mounts *mounts);

/* ---- cgroup_make.c, cgroup_limits.c ---- */

/* Makes or finds the cgroup of a set in the making: a descriptor, or -EBADF where the configuration has none, or one that is
 * optional and cannot be had. The failure's step is "cgroup"; -EEXIST: somebody has one of that name. `setdir` and `ret`
 * tell of it from then on. */
int nsm_cgroup_prepare(struct nsmgr_config *config, int setdir, const char *name, struct nsm_cgroup *ret, int *ret_fd);

/* Gives a new cgroup its limits, and the controllers that these need. */
int nsm_cgroup_delegate(struct nsmgr_config *config, int hierarchy, int parent);
int nsm_cgroup_limit(struct nsmgr_config *config, int fd);

/* ---- cgroup_remove.c ---- */

/* Takes away what .cgroup tells of, once nobody is in it: who is left is killed, or with `spare` waited for, ten seconds at
 * most. Then the file. -EBUSY. What is not ours is left alone. */
int nsm_cgroup_remove(struct nsmgr_ctx *ctx, int setdir, bool spare);

/* Removes an empty one below `parent`, and those below it. -EBUSY: it is not empty. */
int nsm_cgroup_remove_tree(int parent, const char *name);

#endif
