/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/mounts.h"

#include <libmount.h>
#include <stdint.h>
#include <stdio.h>

struct mounts {
	struct libmnt_table *table;
	const char **targets; /* sorted; borrowed from the table */
	size_t count;
};

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The targets, sorted: a store has thousands, and each handle is looked up. */
static int index_targets(struct mounts *mounts)
{
	struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
	int size = mnt_table_get_nents(mounts->table);
	struct libmnt_fs *fs;

	mounts->targets = calloc((size_t)size + 1, sizeof(*mounts->targets));
	if (!iter || !mounts->targets) {
		mnt_free_iter(iter);
		return -ENOMEM;
	}
	while (mnt_table_next_fs(mounts->table, iter, &fs) == 0)
		if (mnt_fs_get_target(fs))
			mounts->targets[mounts->count++] = mnt_fs_get_target(fs);
	mnt_free_iter(iter);
	qsort(mounts->targets, mounts->count, sizeof(*mounts->targets), compare);
	return 0;
}

int mounts_read(struct mounts **ret_mounts)
{
	return mounts_read_from("/proc/self/mountinfo", ret_mounts);
}

static int read_table(const char *path, FILE *stream, struct mounts **ret_mounts)
{
	nsm_cleanup(mounts_free) struct mounts *mounts = calloc(1, sizeof(*mounts));
	int r;

	if (!mounts)
		return -ENOMEM;
	mounts->table = mnt_new_table();
	if (!mounts->table)
		return -ENOMEM;
	r = stream ? mnt_table_parse_stream(mounts->table, stream, path) : mnt_table_parse_file(mounts->table, path);
	if (r == 0)
		r = index_targets(mounts);
	if (r != 0)
		return r < 0 ? r : -EIO;
	*ret_mounts = take_ptr(mounts);
	return 0;
}

int mounts_read_from(const char *path, struct mounts **ret_mounts)
{
	return read_table(path, NULL, ret_mounts);
}

int mounts_read_text(const char *text, struct mounts **ret_mounts)
{
	FILE *stream = fmemopen((char *)(uintptr_t)text, strlen(text), "r");
	int r = stream ? read_table("mountinfo", stream, ret_mounts) : -errno;

	if (stream)
		fclose(stream);
	return r;
}

void mounts_free(struct mounts **mounts)
{
	if (!*mounts)
		return;
	mnt_unref_table((*mounts)->table);
	free((*mounts)->targets);
	free(*mounts);
	*mounts = NULL;
}

size_t mounts_count_at(const struct mounts *mounts, const char *path)
{
	const char **at = bsearch(&path, mounts->targets, mounts->count, sizeof(*mounts->targets), compare);
	size_t count = 0;

	if (!at)
		return 0;
	while (at > mounts->targets && nsm_streq(at[-1], path))
		at--;
	for (; at < mounts->targets + mounts->count && nsm_streq(*at, path); at++)
		count++;
	return count;
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

int mounts_each(const struct mounts *mounts, mount_fn *visit, void *data)
{
	struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *fs;
	int r = iter ? 0 : -ENOMEM;

	while (r == 0 && mnt_table_next_fs(mounts->table, iter, &fs) == 0) {
		const struct mount_entry entry = {
			.id = mnt_fs_get_id(fs),
			.parent = mnt_fs_get_parent_id(fs),
			.dev = mnt_fs_get_devno(fs),
			.type = mnt_fs_get_fstype(fs),
			.root = mnt_fs_get_root(fs),
			.target = mnt_fs_get_target(fs),
			.source = or_empty(mnt_fs_get_source(fs)),
			.options = or_empty(mnt_fs_get_options(fs)),
		};

		if (entry.type && entry.root && entry.target)
			r = visit(data, &entry);
	}
	mnt_free_iter(iter);
	return r;
}
