/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_MOUNTS_H
#define NSM_CMD_MOUNTS_H

#include "base/macro.h"

#include <sys/types.h>

/* What the mount table says. Only this and mount_opts.c use libmount. */
struct mounts;

int mounts_read(struct mounts **ret_mounts);

/* The table that another file of this form has; -errno of opening it. */
int mounts_read_from(const char *path, struct mounts **ret_mounts);

/* The table in this text. */
int mounts_read_text(const char *text, struct mounts **ret_mounts);
void mounts_free(struct mounts **mounts);

/* How many mounts lie on each other at exactly this path. */
size_t mounts_count_at(const struct mounts *mounts, const char *path);

struct mount_entry {
	int id, parent;
	dev_t dev;
	const char *type, *root, *target;
	const char *source, *options; /* "" where there are none */
};

/* Anything but 0 ends the walk and is its result. */
typedef int mount_fn(void *data, const struct mount_entry *entry);

int mounts_each(const struct mounts *mounts, mount_fn *visit, void *data);

#endif
