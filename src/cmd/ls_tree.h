/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_LS_TREE_H
#define NSM_CMD_LS_TREE_H

#include "cmd/ls_columns.h"

/* ls --tree: handles below their set, below the user namespace that owns them, or below their parent. All are taken in first;
 * then it is known what is above what. */

enum ls_tree_kind { LS_TREE_NONE, LS_TREE_SET, LS_TREE_OWNER, LS_TREE_PARENT };

struct ls_node {
	const char *name; /* NULL: of a namespace that is in no set listed, and above one that is */
	struct nsmgr_handle handle; /* without a type: a set as a whole */
	ino_t parent;	   /* inode number of what is above it, its owner or its parent, once that was looked for */
	size_t above;	   /* a node, or NO_NODE */
	bool shown;
	const struct table_row *row; /* once it is in the table */
};

#define NO_NODE ((size_t)-1)

struct ls_tree {
	enum ls_tree_kind kind;
	struct ls_sources *sources;
	struct ls_node *nodes;
	size_t count, size;
};

/* "set", "owner" or "parent"; NULL is "set". LS_TREE_NONE: none of these. */
enum ls_tree_kind ls_tree_kind_of(const char *text);

void ls_tree_free(struct ls_tree *tree);

/* Takes a handle in, to be shown if it was `chosen`, or if something below it is. */
int ls_tree_add(struct ls_tree *tree, const char *name, const struct nsmgr_handle *handle, bool chosen);

/* Finds out what is above what, and fills the table. */
int ls_tree_show(struct ls_tree *tree, struct view *view);

#endif
