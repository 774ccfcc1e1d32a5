/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/handle.h"

#include "base/text.h"
#include "lib/dir.h"
#include "lib/helper.h"
#include "lib/init.h"
#include "lib/ip_netns.h"
#include "lib/labels.h"
#include "lib/own.h"
#include "lib/profile.h"
#include "lib/sys.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

void nsm_setdir_close(struct nsm_setdir *set)
{
	nsm_close(&set->fd);
}

bool nsm_is_set_file(const char *name)
{
	static const char *const files[] = { NSM_META_FILE, NSM_LABELS_FILE, NSM_PROFILE_FILE, NSM_CGROUP_FILE, NSM_HELPER_FILE };

	for (size_t i = 0; i < NSM_ARRAY_SIZE(files); i++)
		if (nsm_streq(files[i], name))
			return true;
	return false;
}

/* Which handles there are. d_type is that of the file below the mount: anything but a plain file was not put
 * there by us, and is not even opened. */
static nsm_own_frame int read_entries(struct nsm_setdir *set)
{
	const struct nsm_dirent *entry;
	struct nsm_dir dir;
	int r;

	nsm_dir_begin(&dir, set->fd);
	while ((r = nsm_dir_next(&dir, &entry)) > 0) {
		enum nsmgr_type type = nsm_nstype_from_file(entry->d_name);

		if (type != NSMGR_TYPE_NONE && (entry->d_type == DT_REG || entry->d_type == DT_UNKNOWN))
			set->types |= NSMGR_MASK(type);
		else if (nsm_ip_netns_is_mark(entry->d_name))
			set->has_marks = true;
		else if (!nsm_is_set_file(entry->d_name) || entry->d_type == DT_DIR)
			nsm_copy(set->odd, sizeof(set->odd), entry->d_name);
	}
	return r;
}

static int open_setdir(struct nsm_setdir *set)
{
	struct nsmgr_ctx *ctx = set->store->ctx;

	set->fd = nsm_own_dir(set->store->root, set->name);
	if (set->fd >= 0)
		return 0;
	if (set->fd == -ENOENT)
		return nsm_fail_text(ctx, -ENOENT, "open", NSMGR_TYPE_NONE, NULL, "no such set");
	if (set->fd == -ENOTDIR && nsm_own_is_covered(set->store->root, set->name))
		return nsm_fail_text(ctx, -ENOTDIR, "open", NSMGR_TYPE_NONE, NULL,
				     "not a set: something is mounted there (cure: umount '%s/%s')", ctx->root, set->name);
	if (set->fd == -ENOTDIR)
		return nsm_fail_text(ctx, -ENOTDIR, "open", NSMGR_TYPE_NONE, NULL, "not a set: no directory");
	return nsm_fail(ctx, set->fd, "open", NSMGR_TYPE_NONE, NULL);
}

static int read_record(struct nsm_setdir *set)
{
	int r = nsm_meta_read(set->fd, &set->meta);

	/* A keeper that is not known of would be left behind when the set is removed. */
	if (r < 0 && r != -ENOENT && r != -EBADMSG)
		return nsm_fail(set->store->ctx, r, "metadata", NSMGR_TYPE_NONE, NULL);
	set->has_meta = r == 0;
	/* Where the record names the very mount that we look through, nobody else need be asked. */
	if (!set->has_meta || set->meta.mount_id != set->store->mount_id)
		set->elsewhere = nsm_store_is_elsewhere(set->store);
	return 0;
}

int nsm_setdir_open(struct nsm_store *store, const char *name, struct nsm_setdir *ret)
{
	int r;

	*ret = (struct nsm_setdir){ .store = store, .name = name, .fd = -EBADF };
	r = open_setdir(ret);
	if (r == 0) {
		r = read_entries(ret);
		r = r < 0 ? nsm_fail(store->ctx, r, "open", NSMGR_TYPE_NONE, NULL) : read_record(ret);
	}
	if (r < 0)
		nsm_setdir_close(ret);
	return r;
}

int nsm_setdir_open_named(struct nsmgr_ctx *ctx, const char *name, struct nsm_store *store, struct nsm_setdir *ret)
{
	int r = nsm_store_open_for(ctx, name, store);

	return r == 0 ? nsm_setdir_open(store, name, ret) : r;
}

int nsm_setdir_open_recorded(struct nsm_store *store, const char *name, struct nsm_setdir *ret)
{
	int r;

	*ret = (struct nsm_setdir){ .store = store, .name = name, .fd = -EBADF };
	r = open_setdir(ret);
	if (r == 0)
		r = read_record(ret);
	if (r == 0 && !ret->has_meta)
		r = nsm_fail_text(store->ctx, -ESTALE, "open", NSMGR_TYPE_NONE, NULL, "a set without its record");
	if (r < 0) {
		nsm_setdir_close(ret);
		return r;
	}
	ret->types = nsm_meta_types(&ret->meta);
	return 0;
}

bool nsm_setdir_is_current(const struct nsm_setdir *set)
{
	struct stat named, opened;

	/* What cannot be looked at has not gone for all that is known, and is not passed over in silence. */
	if (fstat(set->fd, &opened) < 0)
		return true;
	if (fstatat(set->store->root, set->name, &named, AT_SYMLINK_NOFOLLOW) < 0)
		return errno != ENOENT;
	return named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

bool nsm_setdir_is_of_this_boot(const struct nsm_setdir *set)
{
	char boot_id[NSM_BOOT_ID_SIZE];

	return nsm_boot_id(boot_id) < 0 || nsm_streq(boot_id, set->meta.boot_id);
}

static int refuse_removed(struct nsmgr_ctx *ctx)
{
	return nsm_fail_text(ctx, -ENOENT, "open", NSMGR_TYPE_NONE, NULL, "no such set: it was removed just now");
}

/* The file below a handle, which has no permissions at all. */
static bool is_placeholder(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && !(st.st_mode & 0777);
}

bool nsm_handle_is_ours(const struct nsm_setdir *set, enum nsmgr_type type, int fd, const char *path, struct nsm_statx *ret)
{
	const struct nsm_record *record = &set->meta.types[type];
	int flags = *path ? AT_SYMLINK_NOFOLLOW : AT_EMPTY_PATH;

	return set->has_meta && record->mount_id &&
	       nsm_sys_statx(fd, path, flags, NSM_STATX_BASIC | NSM_STATX_MNT_ID_UNIQUE, ret) == 0 &&
	       (ret->stx_mask & NSM_STATX_MNT_ID_UNIQUE) && ret->stx_mnt_id == record->mount_id && ret->stx_ino == record->id.ino;
}

int nsm_handle_probe(struct nsm_setdir *set, enum nsmgr_type type, int *ret_fd)
{
	struct nsmgr_ctx *ctx = set->store->ctx;
	const struct nsm_record *record = &set->meta.types[type];
	nsm_autoclose int fd = -EBADF;
	struct nsm_statx st;
	enum nsmgr_type is;
	int r;

	*ret_fd = -EBADF;
	if (set->elsewhere)
		return NSMGR_ELSEWHERE;
	fd = nsm_nsfd_open(set->fd, nsm_nstypes[type].name, true);
	if (fd == -ELOOP || fd == -ENXIO || (fd == -EACCES && is_placeholder(set->fd, nsm_nstypes[type].name)))
		return NSMGR_STALE; /* or what is no handle at all */
	if (fd == -ENOENT)
		return refuse_removed(ctx);
	if (fd < 0)
		return nsm_fail(ctx, fd, "open", type, NULL);
	if (nsm_handle_is_ours(set, type, fd, "", &st)) {
		*ret_fd = take_fd(fd);
		return NSMGR_LIVE;
	}
	r = nsm_nsfd_type(fd, &is);
	if (r == -ENOTTY)
		return NSMGR_STALE;
	if (r < 0)
		return nsm_fail(ctx, r, "open", type, NULL);
	*ret_fd = take_fd(fd);
	if (is != type)
		return NSMGR_FOREIGN;
	if (set->has_meta && record->origin != NSMGR_ORIGIN_UNKNOWN && !nsm_nsfd_is(*ret_fd, &record->id) &&
	    nsm_setdir_is_of_this_boot(set))
		return NSMGR_FOREIGN;
	return NSMGR_LIVE;
}

int nsm_handle_open(struct nsm_setdir *set, enum nsmgr_type type)
{
	struct nsmgr_ctx *ctx = set->store->ctx;
	nsm_autoclose int fd = -EBADF;
	int state = nsm_handle_probe(set, type, &fd);

	if (state != NSMGR_LIVE && state >= 0 && !nsm_setdir_is_current(set))
		return refuse_removed(ctx);
	if (state == -ENOENT && nsm_setdir_is_current(set))
		return nsm_fail_text(ctx, -ESTALE, "open", type, NULL,
				     "missing: it is recorded, and has no file (cure: nsmgr rm, then create it again)");
	switch (state) {
	case NSMGR_LIVE:
		break;
	case NSMGR_STALE:
		return nsm_fail_text(ctx, -ESTALE, "open", type, NULL,
				     "stale: a file without its mount (cure: nsmgr rm, then create it again)");
	case NSMGR_FOREIGN:
		return nsm_fail_text(ctx, -ESTALE, "open", type, NULL,
				     "foreign: of the wrong type, or not the namespace that was recorded "
				     "(cure: nsmgr rm, then create it again)");
	case NSMGR_ELSEWHERE:
		return nsm_store_refuse_elsewhere(set->store);
	default:
		return state;
	}
	if (type != NSMGR_PID || nsm_init_find(fd, set->meta.keeper, NULL, NULL) != 0)
		return take_fd(fd);
	if (!nsm_setdir_is_current(set))
		return refuse_removed(ctx);
	return nsm_fail_text(ctx, -ESRCH, "open", type, NULL,
				     "dead: its init has ended (cure: nsmgr rm, then create it again)");
}

int nsm_setdir_open_by_keeper(const struct nsm_setdir *set)
{
	char path[32];
	struct nsm_text text = NSM_TEXT(path);
	nsm_autoclose int fd = -EBADF;

	if (!set->has_meta || set->meta.keeper <= 0 || !nsm_setdir_is_of_this_boot(set))
		return -EBADF;
	nsm_text_add(&text, "/proc/%ld/ns/pid", (long)set->meta.keeper);
	fd = nsm_nsfd_open(AT_FDCWD, path, false);
	return fd >= 0 && nsm_nsfd_is(fd, &set->meta.types[NSMGR_PID].id) ? take_fd(fd) : -EBADF;
}

int nsm_setdir_check(struct nsm_setdir *set)
{
	int r = 0;

	for NSM_EACH_TYPE (type) {
		nsm_autoclose int fd = -EBADF;

		if (r < 0 || !(set->types & NSMGR_MASK(type)))
			continue;
		fd = nsm_handle_open(set, type);
		r = fd < 0 ? fd : 0;
	}
	return r;
}
