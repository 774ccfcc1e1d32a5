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

#define PATH_SIZE (NSM_NAME_LENGTH + 16)
#define ENTRY 20 /* BOGO_DIRENT_SIZE, include/linux/shmem_fs.h: what each entry adds to the size of a directory */

/* Whether the store's directories tell how many entries they have: those of tmpfs do. */
static bool counts_entries(struct nsm_store *store)
{
	struct statfs fs;

	if (store->counts == NSM_COUNTS_UNKNOWN)
		store->counts = fstatfs(store->root, &fs) == 0 && (unsigned long)fs.f_type == NSM_TMPFS_MAGIC ? NSM_COUNTS : NSM_COUNTS_NOT;
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

/* The path of a file of a set, from the store. */
static const char *put_path(char buf[PATH_SIZE], const char *name, const char *file)
{
	struct nsm_text path = { .buf = buf, .size = PATH_SIZE };

	nsm_text_put(&path, name);
	nsm_text_put(&path, "/");
	nsm_text_put(&path, file);
	return buf;
}

static bool has_labels(const struct nsm_store *store, const char *name)
{
	char path[PATH_SIZE];
	struct nsm_statx st;

	put_path(path, name, NSM_LABELS_FILE);
	return nsm_sys_statx(store->root, path, AT_SYMLINK_NOFOLLOW, NSM_STATX_BASIC, &st) == 0 && S_ISREG(st.stx_mode) &&
	       !(st.stx_attributes & NSM_STATX_ATTR_MOUNT_ROOT);
}

/* The record, the handles that it tells of, and labels are distinct entries; where there are as many as that, and all of them, there
 * are no others. A set with a cgroup or with defaults for commands has more. */
bool nsm_glance_record(struct nsm_store *store, const char *name, struct nsm_setdir *ret)
{
	int entries = strlen(name) <= NSM_NAME_LENGTH && counts_entries(store) ? count_entries(store->root, name) : 0, known = 1;
	char path[PATH_SIZE];

	*ret = (struct nsm_setdir){ .store = store, .name = name, .fd = -EBADF, .has_meta = true };
	if (entries < 2 || nsm_meta_read_at(store->root, put_path(path, name, NSM_META_FILE), &ret->meta) < 0 ||
	    ret->meta.mount_id != store->mount_id || ret->meta.cgroup.origin == NSMGR_MADE || ret->meta.defaults)
		return false;
	ret->types = nsm_meta_types(&ret->meta);
	for (unsigned left = ret->types; left; left &= left - 1)
		known++;
	return entries == known || (entries == known + 1 && has_labels(store, name));
}

int nsm_glance(struct nsm_store *store, const char *name, struct nsmgr_handle ret_handles[])
{
	struct nsm_setdir set;
	int count = 0;

	if (!nsm_glance_record(store, name, &set) || (set.types & NSMGR_MASK(NSMGR_PID)))
		return 0;
	for NSM_EACH_TYPE (type) {
		char path[PATH_SIZE];

		if (!(set.types & NSMGR_MASK(type)))
			continue;
		put_path(path, name, nsm_nstypes[type].name);
		if (!nsm_handle_glance(&set, type, store->root, path, &ret_handles[count]))
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
		char path[PATH_SIZE];
		struct nsm_statx st;

		if (!sure || !(set->types & types & NSMGR_MASK(type)))
			continue;
		put_path(path, set->name, nsm_nstypes[type].name);
		ret_fds[type] = nsm_nsfd_open(set->store->root, path, true);
		sure = ret_fds[type] >= 0 && nsm_handle_is_ours(set, type, ret_fds[type], "", &st);
	}
	for NSM_EACH_TYPE (type)
		if (!sure)
			nsm_close(&ret_fds[type]);
	return sure;
}
