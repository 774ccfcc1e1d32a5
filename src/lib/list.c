/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/list.h"

#include "lib/dir.h"
#include "lib/edge.h"
#include "lib/glance.h"
#include "lib/handle.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

/* Names under construction: one block of text, and an array into it at the end. */
struct names {
	char *text;
	size_t len, size, count;
};

static int add_name(struct names *names, const char *name)
{
	size_t len = strlen(name) + 1;

	if (names->len + len > names->size) {
		size_t size = names->size ? names->size * 2 : 4096;
		char *text = realloc(names->text, size);

		if (!text)
			return -ENOMEM;
		names->text = text;
		names->size = size;
	}
	memcpy(names->text + names->len, name, len);
	names->len += len;
	names->count++;
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The array and the text it points into, as one allocation. */
static char **finish(const struct names *names)
{
	char **array = malloc((names->count + 1) * sizeof(*array) + names->len);
	char *text;

	if (!array)
		return NULL;
	text = (char *)(array + names->count + 1);
	if (names->len)
		memcpy(text, names->text, names->len);
	for (size_t i = 0; i < names->count; i++, text += strlen(text) + 1)
		array[i] = text;
	array[names->count] = NULL;
	qsort(array, names->count, sizeof(*array), compare);
	return array;
}

static bool is_set(const struct nsm_dirent *entry, int root, bool all)
{
	struct stat st;

	if (entry->d_name[0] == '.' || (!all && !nsmgr_name_is_valid(entry->d_name)))
		return false;
	if (entry->d_type == DT_UNKNOWN)
		return fstatat(root, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
	return entry->d_type == DT_DIR;
}

static int read_names(int root, bool all, struct names *names)
{
	nsm_autoclose int fd = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct nsm_dirent *entry;
	struct nsm_dir dir;
	int r;

	if (fd < 0)
		return -errno;
	nsm_dir_begin(&dir, fd);
	while ((r = nsm_dir_next(&dir, &entry)) > 0) {
		if (is_set(entry, root, all)) {
			r = add_name(names, entry->d_name);
			if (r < 0)
				break;
		}
	}
	return r;
}

int nsm_list_read(int root, bool all, char ***ret_names, size_t *ret_count)
{
	struct names names = { 0 };
	int r = read_names(root, all, &names);
	char **array = r == 0 ? finish(&names) : NULL;

	free(names.text);
	if (r == 0 && !array)
		r = -ENOMEM;
	if (r < 0)
		return r;
	*ret_names = array;
	*ret_count = names.count;
	return 0;
}

/* ---- the list ---- */

struct nsmgr_list {
	struct nsm_store store;
	char **names;
	size_t count, next;
	unsigned flags;
};

static int new_list(struct nsmgr_ctx *ctx, unsigned flags, struct nsmgr_list **ret_list)
{
	struct nsmgr_list *list = calloc(1, sizeof(*list));
	int r;

	if (!list)
		return nsm_fail(ctx, -ENOMEM, "list", NSMGR_TYPE_NONE, ctx->root);
	list->store = (struct nsm_store)NSM_STORE_INIT;
	list->flags = flags;
	r = nsm_store_open(ctx, &list->store);
	if (r < 0 && r != -ENOENT) {
		nsmgr_list_free(list);
		return r;
	}
	list->store.ctx = nsmgr_ref(ctx);
	if (r == 0) {
		r = nsm_list_read(list->store.root, flags & NSMGR_LIST_ALL, &list->names, &list->count);
	} else {
		list->names = calloc(1, sizeof(*list->names));
		r = list->names ? 0 : -ENOMEM;
	}
	if (r < 0) {
		nsm_fail(ctx, r, "list", NSMGR_TYPE_NONE, ctx->root);
		nsmgr_list_free(list);
		return r;
	}
	*ret_list = list;
	return 0;
}

int nsmgr_list_new(struct nsmgr_ctx *ctx, unsigned flags, struct nsmgr_list **ret_list)
{
	int r = flags & ~(NSMGR_LIST_ALL | NSMGR_LIST_OWNERS) ? nsm_refuse_flags(ctx) : new_list(ctx, flags, ret_list);

	return nsm_edge(ctx, NSM_EDGE_list_new, r);
}

void nsmgr_list_free(struct nsmgr_list *list)
{
	if (!list)
		return;
	nsmgr_unref(list->store.ctx);
	nsm_store_close(&list->store);
	free(list->names);
	free(list);
}

struct nsm_store *nsm_list_store(struct nsmgr_list *list)
{
	return &list->store;
}

int nsmgr_list_next(struct nsmgr_list *list, const char **ret_name)
{
	if (list->next >= list->count)
		return 1;
	*ret_name = list->names[list->next++];
	return 0;
}

const char *const *nsmgr_list_names(const struct nsmgr_list *list, size_t *ret_count)
{
	if (ret_count)
		*ret_count = list->count;
	return (const char *const *)list->names;
}

static int describe(struct nsmgr_list *list, const char *name, struct nsmgr_handle ret_handles[])
{
	nsm_autosetdir struct nsm_setdir set = NSM_SETDIR_INIT;
	bool whole = true;
	int count = 0, r;

	if (list->store.root < 0)
		return nsm_fail_text(list->store.ctx, -ENOENT, "open", NSMGR_TYPE_NONE, NULL, "no such set");
	if (!(list->flags & NSMGR_LIST_OWNERS))
		count = nsm_glance(&list->store, name, ret_handles);
	if (count > 0)
		return count;
	r = nsm_setdir_open(&list->store, name, &set);
	if (r < 0)
		return r;
	for NSM_EACH_TYPE (type) {
		if (!(set.types & NSMGR_MASK(type)))
			continue;
		r = nsm_handle_describe(&set, type, list->flags & NSMGR_LIST_OWNERS, &ret_handles[count]);
		whole &= r == 0 && ret_handles[count].state == NSMGR_LIVE;
		if (r == 0)
			count++;
		else if (r != -ENOENT) /* that file alone was taken away */
			return r;
	}
	/* A set on its way out was whole until it lost its name (LESSONS 3). */
	if (!whole && !nsm_setdir_is_current(&set))
		return nsm_fail_text(list->store.ctx, -ENOENT, "open", NSMGR_TYPE_NONE, NULL, "no such set");
	return count;
}

int nsmgr_list_handles(struct nsmgr_list *list, const char *name, struct nsmgr_handle ret_handles[])
{
	return nsm_edge(list->store.ctx, NSM_EDGE_list_handles, describe(list, name, ret_handles));
}
