/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/glance.h"

#include "base/text.h"
#include "lib/handle.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#define TMPFS 0x01021994 /* TMPFS_MAGIC, linux/magic.h */
#define ENTRY 20	  /* BOGO_DIRENT_SIZE, include/linux/shmem_fs.h: what each entry adds to the size of a directory */

bool nsm_glance_works(int root)
{
	struct statfs fs;

	return fstatfs(root, &fs) == 0 && (unsigned long)fs.f_type == TMPFS;
}

/* How many entries a directory has, or -1. */
static int count_entries(int root, const char *name)
{
	struct nsm_statx st;

	if (nsm_sys_statx(root, name, AT_SYMLINK_NOFOLLOW, NSM_STATX_BASIC, &st) < 0 || !S_ISDIR(st.stx_mode) ||
	    st.stx_size % ENTRY != 0 || st.stx_size / ENTRY > NAME_MAX)
		return -1;
	return (int)(st.stx_size / ENTRY) - 2; /* "." and ".." */
}

/* Those of the record, if each is the very mount that was made. Whatever else there may be is no part of the count. */
static int look_at_handles(const struct nsm_setdir *set, struct nsm_text *path, struct nsmgr_handle ret_handles[])
{
	size_t len = path->len;
	int count = 0;

	for NSM_EACH_TYPE (type) {
		struct nsmgr_handle *handle = &ret_handles[count];

		if (set->meta.types[type].origin == NSMGR_ORIGIN_UNKNOWN)
			continue;
		path->len = len;
		nsm_text_put(path, nsm_nstypes[type].name);
		if (type == NSMGR_PID || !nsm_handle_glance(set, type, set->store->root, path->buf, handle))
			return 0;
		count++;
	}
	return count;
}

/* The record, and the handles that it tells of, are distinct entries; where there are as many as that, there are no others. */
int nsm_glance(struct nsm_store *store, const char *name, struct nsmgr_handle ret_handles[])
{
	struct nsm_setdir set = { .store = store, .fd = -EBADF, .has_meta = true };
	char buf[NAME_MAX + 16];
	struct nsm_text path = NSM_TEXT(buf);
	int entries = count_entries(store->root, name), count;
	size_t len;

	nsm_text_put(&path, name);
	nsm_text_put(&path, "/");
	len = path.len;
	nsm_text_put(&path, NSM_META_FILE);
	if (entries < 2 || path.cut || nsm_meta_read_at(store->root, buf, &set.meta) < 0 || set.meta.mount_id != store->mount_id)
		return 0;
	path.len = len;
	count = look_at_handles(&set, &path, ret_handles);
	return count + 1 == entries ? count : 0;
}
