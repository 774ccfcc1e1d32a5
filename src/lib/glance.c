/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/glance.h"

#include "base/text.h"
#include "lib/labels.h"
#include "lib/nsfd.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#define TMPFS 0x01021994 /* TMPFS_MAGIC, linux/magic.h: there directories tell how many entries they have */
#define PATH_SIZE 96	 /* of a handle; what does not fit bears no name of ours */
#define ENTRY 20	 /* BOGO_DIRENT_SIZE, include/linux/shmem_fs.h: what each entry adds to the size of a directory */

/* Whether the store's directories do. */
static bool counts_entries(struct nsm_store *store)
{
	struct statfs fs;

	if (store->counts == NSM_COUNTS_UNKNOWN)
		store->counts = fstatfs(store->root, &fs) == 0 && (unsigned long)fs.f_type == TMPFS ? NSM_COUNTS : NSM_COUNTS_NOT;
	return store->counts == NSM_COUNTS;
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

static bool has_labels(const struct nsm_store *store, const char *name)
{
	char buf[PATH_SIZE];
	struct nsm_text path = NSM_TEXT(buf);
	struct nsm_statx st;

	nsm_text_put(&path, name);
	nsm_text_put(&path, "/" NSM_LABELS_FILE);
	return !path.cut && nsm_sys_statx(store->root, buf, AT_SYMLINK_NOFOLLOW, NSM_STATX_BASIC, &st) == 0 &&
	       S_ISREG(st.stx_mode) && !(st.stx_attributes & NSM_STATX_ATTR_MOUNT_ROOT);
}

/* The record, the handles that it tells of, and labels are distinct entries; where there are as many as that, and all of them, there
 * are no others. A set with a cgroup or with defaults for commands has more. */
bool nsm_glance_record(struct nsm_store *store, const char *name, struct nsm_setdir *ret)
{
	int entries = counts_entries(store) ? count_entries(store->root, name) : 0, known = 1;
	char buf[PATH_SIZE];
	struct nsm_text path = NSM_TEXT(buf);

	*ret = (struct nsm_setdir){ .store = store, .name = name, .fd = -EBADF, .has_meta = true };
	nsm_text_put(&path, name);
	nsm_text_put(&path, "/" NSM_META_FILE);
	if (entries < 2 || path.cut || nsm_meta_read_at(store->root, buf, &ret->meta) < 0 ||
	    ret->meta.mount_id != store->mount_id || ret->meta.cgroup.origin == NSMGR_MADE || ret->meta.defaults)
		return false;
	ret->types = nsm_meta_types(&ret->meta);
	for (unsigned left = ret->types; left; left &= left - 1)
		known++;
	return entries == known || (entries == known + 1 && has_labels(store, name));
}

/* The path of a handle below the store. */
static const char *put_path(const struct nsm_setdir *set, enum nsmgr_type type, struct nsm_text *path)
{
	nsm_text_put(path, set->name);
	nsm_text_put(path, "/");
	nsm_text_put(path, nsm_nstypes[type].name);
	return path->buf;
}

int nsm_glance(struct nsm_store *store, const char *name, struct nsmgr_handle ret_handles[])
{
	struct nsm_setdir set;
	int count = 0;

	if (!nsm_glance_record(store, name, &set) || (set.types & NSMGR_MASK(NSMGR_PID)))
		return 0;
	for NSM_EACH_TYPE (type) {
		char buf[PATH_SIZE];
		struct nsm_text path = NSM_TEXT(buf);

		if (!(set.types & NSMGR_MASK(type)))
			continue;
		if (!nsm_handle_glance(&set, type, store->root, put_path(&set, type, &path), &ret_handles[count]))
			return 0;
		count++;
	}
	return count;
}

/* Who does not open all that is recorded does not know that it is all there, and nothing else in the place of it. */
bool nsm_glance_open(const struct nsm_setdir *set, unsigned types, int ret_fds[])
{
	bool sure = (set->types & types) && (!(set->types & ~types) || !(types & ~set->types));

	for NSM_EACH_TYPE (type) {
		char buf[PATH_SIZE];
		struct nsm_text path = NSM_TEXT(buf);
		struct nsm_statx st;

		if (!sure || !(set->types & types & NSMGR_MASK(type)))
			continue;
		ret_fds[type] = nsm_nsfd_open(set->store->root, put_path(set, type, &path), true);
		sure = ret_fds[type] >= 0 && nsm_handle_is_ours(set, type, ret_fds[type], "", &st);
	}
	for NSM_EACH_TYPE (type)
		if (!sure)
			nsm_close(&ret_fds[type]);
	return sure;
}
