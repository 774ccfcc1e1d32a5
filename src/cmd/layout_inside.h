/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_LAYOUT_INSIDE_H
#define NSM_CMD_LAYOUT_INSIDE_H

#include "cmd/layout.h"

#include <limits.h>

/* A layout on its way into a mount namespace, in a child that is in all namespaces of the set and has no thread beside it. All
 * that it mounts comes through descriptors of mounts (sys_mount.h): nothing is reached by a path twice, and a mount has its
 * attributes before it has a place. Functions give 0, or -errno after having said what failed (inside_fail()). */

/* A mount that becomes read-only when everything is in it. */
struct late {
	int mount;
	const struct entry *entry;
};

struct inside_place {
	struct nsmgr_config *config;
	const struct layout *layout;
	const struct entry *entry; /* the one at work */
	int root;		   /* what the targets are below: the new root, or the one that is there */
	dev_t *ours;		   /* the file systems of our own, where missing targets are made */
	size_t our_count;
	struct late *late;
	size_t late_count;
	int *copies;		   /* of what each entry binds, until it has its place */
	const char *cure;	   /* of the failure at hand, or NULL */
};

/* The whole layout, as a step of a recipe. */
int layout_run(struct nsmgr_config *config, const struct layout *layout);

/* Says that the entry at work failed, because of an errno; gives that. */
int inside_fail(const struct inside_place *place, int error);

/* The same, in words. */
int inside_fail_text(const struct inside_place *place, int error, const char *text);

/* ---- layout_target.c ---- */

enum target_want { TARGET_DIR, TARGET_FILE };

/* A target, and the directory that it is in. */
struct target {
	int fd, dir; /* O_PATH */
	char name[NAME_MAX + 1];
	bool made; /* it was not there */
};

#define TARGET_NONE { .fd = -EBADF, .dir = -EBADF }

/* Goes to a target in the root and never out of it, whatever links lead there. What is missing of it is made in file systems of
 * ours, and anywhere with X-mount.mkdir. Says nothing of a failure, but leaves a cure. */
int target_open(struct inside_place *place, const char *path, enum target_want want, struct target *ret);
void target_close(struct target *target);

/* Whether it is in a file system of ours: 0, 1 or -errno. */
int is_ours(const struct inside_place *place, int fd);

/* ---- layout_mount.c ---- */

/* Copies what all entries bind, before any of them covers what another is to have. */
int mounts_copy(struct inside_place *place);

/* A new file system of the entry's, or the copy of what the entry binds, with its attributes but without a place. */
int mount_make(struct inside_place *place, const struct entry *entry, int *ret_mount);

/* Gives it its place, at an O_PATH descriptor. */
int mount_put(struct inside_place *place, const struct entry *entry, int mount, int at);

/* A plain file system without a place: options as "a=b,c". */
int mount_new(struct inside_place *place, const char *type, const char *options, unsigned attrs, int *ret_mount);

/* The file system of this mount is ours. */
int mount_own(struct inside_place *place, int mount);

/* What was to become read-only at last. */
int mount_finish(struct inside_place *place);

/* ---- layout_attrs.c: say nothing of a failure ---- */

/* The attributes of a copied mount and, but for what was taken away by name, of all below it. -ENOSYS before Linux 5.12: then by a
 * second mount(2), when it has its place; -ENOSYS again for what that cannot do. */
int attrs_set(int mount, const struct mount_opts *opts);
int attrs_set_by_remount(int mount, const struct mount_opts *opts);
int attrs_propagate(int mount, unsigned long how);

/* ---- layout_file.c, layout_dev.c ---- */

int file_put(struct inside_place *place, const struct entry *entry);
int dir_put(struct inside_place *place, const struct entry *entry);
int symlink_put(struct inside_place *place, const struct entry *entry);
int dev_put(struct inside_place *place, const struct entry *entry, int at);

#endif
