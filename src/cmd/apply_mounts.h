/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_APPLY_MOUNTS_H
#define NSM_CMD_APPLY_MOUNTS_H

#include "cmd/facts.h"
#include "cmd/layout.h"
#include "cmd/mounts.h"

#include <limits.h>

/* Where the targets of a layout lead inside. */
struct places {
	const struct layout *layout;
	size_t count;
	char paths[][PATH_MAX]; /* by entry; "": it cannot be known */
};

/* Asks a child that is in the set's mount namespace. To be freed by places_free(); NULL: it cannot be known. */
struct places *places_find(const struct facts *facts, const struct layout *layout);
void places_free(struct places **places);

/* A table as an array. */
struct mount_list {
	struct mounts *mounts;
	struct mount_entry *array;
	size_t count, size;
};

/* `text` as in mountinfo; NULL: our own. 0, or -errno. */
int mount_list_read(const char *text, struct mount_list *ret);
void mount_list_free(struct mount_list *list);

/* The mount that is seen at a path without links: its target is the path, or what the path is in. NULL: none. */
const struct mount_entry *mount_list_at(const struct mount_list *list, const char *path);
const struct mount_entry *mount_list_by_id(const struct mount_list *list, int id);

#endif
