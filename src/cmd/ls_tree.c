/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/ls_tree.h"

#include "base/fd.h"
#include "cmd/relatives.h"
#include "cmd/sys.h"

#include <sys/stat.h>

enum ls_tree_kind ls_tree_kind_of(const char *text)
{
	if (!text || nsm_streq(text, "set"))
		return LS_TREE_SET;
	if (nsm_streq(text, "owner"))
		return LS_TREE_OWNER;
	return nsm_streq(text, "parent") ? LS_TREE_PARENT : LS_TREE_NONE;
}

void ls_tree_free(struct ls_tree *tree)
{
	free(tree->nodes);
}

static int add_node(struct ls_tree *tree, const struct ls_node *node)
{
	if (tree->count == tree->size) {
		size_t size = tree->size ? tree->size * 2 : 64;
		struct ls_node *nodes = realloc(tree->nodes, size * sizeof(*nodes));

		if (!nodes)
			return -ENOMEM;
		tree->nodes = nodes;
		tree->size = size;
	}
	tree->nodes[tree->count++] = *node;
	return 0;
}

/* The handles of a set come one after the other. */
static int add_below_set(struct ls_tree *tree, struct ls_node *node)
{
	size_t at = tree->count;

	while (at > 0 && tree->nodes[at - 1].name == node->name && tree->nodes[at - 1].handle.type != NSMGR_TYPE_NONE)
		at--;
	if (at == 0 || tree->nodes[at - 1].name != node->name) {
		struct ls_node set = { .name = node->name, .above = NO_NODE };
		int r;

		set.handle.type = NSMGR_TYPE_NONE;
		set.handle.created = node->handle.created;
		r = add_node(tree, &set);
		if (r < 0)
			return r;
		at = tree->count;
	}
	node->above = at - 1;
	return add_node(tree, node);
}

int ls_tree_add(struct ls_tree *tree, const char *name, const struct nsmgr_handle *handle, bool chosen)
{
	struct ls_node node = { .name = name, .handle = *handle, .above = NO_NODE, .shown = chosen };

	if (tree->kind == LS_TREE_SET)
		return add_below_set(tree, &node);
	/* No others have a parent. */
	if (tree->kind == LS_TREE_PARENT && handle->type != NSMGR_PID && handle->type != NSMGR_USER)
		return 0;
	return add_node(tree, &node);
}

/* ---- what is above what ---- */

/* The handles by the inode numbers of their namespaces, those of one by the order in which they came. */
struct index {
	const struct ls_node *nodes;
	size_t *array;
	size_t count;
};

static int compare(const void *a, const void *b, void *data)
{
	const struct ls_node *nodes = data;
	const size_t *left = a, *right = b;
	ino_t left_ino = nodes[*left].handle.ino, right_ino = nodes[*right].handle.ino;

	if (left_ino != right_ino)
		return left_ino < right_ino ? -1 : 1;
	return *left < *right ? -1 : *left > *right;
}

static bool is_here(const struct nsmgr_handle *handle)
{
	return handle->ino && handle->state != NSMGR_ELSEWHERE;
}

static int make_index(const struct ls_tree *tree, struct index *index)
{
	index->array = calloc(tree->count + 1, sizeof(*index->array));
	if (!index->array)
		return -ENOMEM;
	for (size_t i = 0; i < tree->count; i++)
		if (is_here(&tree->nodes[i].handle))
			index->array[index->count++] = i;
	qsort_r(index->array, index->count, sizeof(*index->array), compare, tree->nodes);
	return 0;
}

static void free_index(struct index *index)
{
	free(index->array);
}

/* The handle of that namespace: that of the set itself if it has one, for several may pin it, else the first; or, behind `sets`,
 * the one without a name. */
static size_t find(const struct ls_tree *tree, const struct index *index, size_t sets, ino_t ino, const char *name)
{
	size_t low = 0, high = index->count, found = NO_NODE;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (tree->nodes[index->array[mid]].handle.ino < ino)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < index->count && tree->nodes[index->array[low]].handle.ino == ino; low++) {
		if (found == NO_NODE)
			found = index->array[low];
		if (!name || tree->nodes[index->array[low]].name == name)
			return index->array[low];
	}
	for (size_t i = sets; found == NO_NODE && i < tree->count; i++)
		if (tree->nodes[i].handle.ino == ino)
			found = i;
	return found;
}

static int open_above(const struct ls_tree *tree, int ns)
{
	return tree->kind == LS_TREE_OWNER ? sys_ns_owner(ns) : sys_ns_parent(ns);
}

/* Goes up until a namespace that is known, or one that is above all that we may see; those in between are taken in. */
static int link_node(struct ls_tree *tree, const struct index *index, size_t sets, size_t at)
{
	const struct nsmgr_handle *handle = &tree->nodes[at].handle;
	const char *name = tree->nodes[at].name;
	enum nsmgr_type type = tree->kind == LS_TREE_OWNER ? NSMGR_USER : handle->type;
	nsm_autoclose int ns = is_here(handle) ? handle_open(tree->sources->root, name, handle) : -EBADF;

	while (ns >= 0) {
		struct ls_node node = { .above = NO_NODE };
		int above = open_above(tree, ns), r;
		struct stat st;
		size_t known;

		nsm_close(&ns);
		ns = above;
		if (ns < 0 || fstat(ns, &st) < 0)
			break;
		tree->nodes[at].parent = st.st_ino;
		known = find(tree, index, sets, st.st_ino, name);
		tree->nodes[at].above = known == NO_NODE ? tree->count : known;
		if (known != NO_NODE)
			break;
		node.handle = (struct nsmgr_handle){ .type = type, .state = NSMGR_LIVE, .dev = st.st_dev, .ino = st.st_ino };
		r = add_node(tree, &node);
		if (r < 0)
			return r;
		at = tree->count - 1;
	}
	return 0;
}

static int link_nodes(struct ls_tree *tree)
{
	nsm_cleanup(free_index) struct index index = { 0 };
	size_t sets = tree->count;
	int r = make_index(tree, &index);

	for (size_t i = 0; r == 0 && i < sets; i++)
		r = link_node(tree, &index, sets, i);
	/* A user namespace is owned by its parent. */
	for (size_t i = sets; i < tree->count; i++)
		if (tree->nodes[i].handle.type == NSMGR_USER)
			tree->nodes[i].handle.owner = tree->nodes[i].parent;
	return r;
}

/* ---- the table ---- */

static int show_node(struct ls_tree *tree, struct view *view, size_t at)
{
	struct ls_node *node = &tree->nodes[at], *above = node->above == NO_NODE ? NULL : &tree->nodes[node->above];
	const struct ls_row row = { tree->sources, node->name, &node->handle, node->parent };
	int r = 0;

	if (node->row)
		return 0;
	/* 32 levels at most: user_namespaces(7), pid_namespaces(7) */
	if (above)
		r = show_node(tree, view, node->above);
	if (r == 0)
		r = view_add_below(view, above ? above->row : NULL, ls_cell, &row);
	node->row = table_last_row(view->table);
	return r;
}

int ls_tree_show(struct ls_tree *tree, struct view *view)
{
	int r = tree->kind == LS_TREE_SET ? 0 : link_nodes(tree);

	/* With one that is shown, all above it are. */
	for (size_t i = 0; r == 0 && i < tree->count; i++)
		if (tree->nodes[i].shown)
			r = show_node(tree, view, i);
	return r;
}
