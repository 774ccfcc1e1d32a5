/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/stage.h"

#include "base/text.h"
#include "lib/basket.h"
#include "lib/copies.h"
#include "lib/dir.h"
#include "lib/helper.h"
#include "lib/init.h"
#include "lib/ip_netns.h"
#include "lib/nstype.h"
#include "lib/own.h"
#include "lib/profile.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define SET NSM_STAGE_SET

/* What lies on a file of the stage; umount2(2) takes no directory to begin at. */
static bool unmount_at(const struct nsm_stage *stage, const char *file)
{
	char path[320];
	struct nsm_text text = NSM_TEXT(path);

	nsm_text_put(&text, NSM_PROC_SELF "/fd/");
	nsm_text_put_number(&text, (uint64_t)stage->dir);
	nsm_text_put(&text, "/");
	nsm_text_put(&text, file);
	return umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) == 0;
}

/* Whether something lay on a file of the set, and does no more; errno. */
static bool unmount(struct nsm_stage *stage, const char *file)
{
	return nsm_basket_take(stage, file) || unmount_at(stage, file);
}

/* The privilege is judged before it is looked whether the set's directory is a mount, which it is not: fs/namespace.c, path_umount(). */
int nsm_stage_may_unmount(const struct nsm_stage *stage)
{
	return unmount_at(stage, SET) || errno == EINVAL
		       ? 0
		       : nsm_fail(stage->store->ctx, -errno, "detach", NSMGR_TYPE_NONE, NULL);
}

/* 0 where something lay on it elsewhere, and does no more. */
static int unmount_copies(struct nsm_stage *stage, const char *name)
{
	nsm_autoclose int set = nsm_own_dir(stage->dir, SET);
	int r = set < 0 ? set : nsm_copies_unmount(set, name);

	return r > 0 ? 0 : r < 0 ? r : -EBUSY;
}

/* Unmounts whatever lies on a file of the set, and unlinks it. Mounts can be stacked; metadata has none, so there the
 * unlink comes first. */
static int remove_file(struct nsm_stage *stage, const char *name, bool *ret_detached)
{
	bool mounted = nsm_nstype_from_file(name) != NSMGR_TYPE_NONE;
	char file[280];
	struct nsm_text text = NSM_TEXT(file);

	nsm_text_put(&text, SET "/");
	nsm_text_put(&text, name);
	if (text.cut)
		return -ENAMETOOLONG;
	for (;;) {
		bool was_mount = mounted && unmount(stage, file);

		*ret_detached |= was_mount;
		if (mounted && !was_mount && errno == ENOENT)
			return 0;
		if (mounted && !was_mount && errno != EINVAL)
			return -errno;
		if (unlinkat(stage->dir, file, 0) == 0) {
			*ret_detached = true;
			return 0;
		}
		if (errno == ENOENT)
			return 0;
		if (errno != EBUSY)
			return -errno;
		/* Busy although nothing could be unmounted: a mount that is locked for our user namespace, or out of reach. */
		if (mounted && !was_mount) {
			int r = unmount_copies(stage, name);

			if (r < 0)
				return r;
		}
		mounted = true;
	}
}

static int remove_entry(struct nsm_stage *stage, const char *name, bool *ret_detached)
{
	enum nsmgr_type type = nsm_nstype_from_file(name);
	int r = remove_file(stage, name, ret_detached);

	return r < 0 ? nsm_fail(stage->store->ctx, r, "detach", type, type == NSMGR_TYPE_NONE ? name : NULL) : 0;
}

/* What a set has if nobody else put anything into it: for when there is no descriptor left to look. The record of a cgroup or of a
 * helper stays, and with it the stage, until somebody can end what it tells of. */
static int remove_usual(struct nsm_stage *stage, bool *ret_detached)
{
	static const char *const others[] = { NSM_META_FILE, NSM_LABELS_FILE, NSM_PROFILE_FILE };

	for NSM_EACH_TYPE (type) {
		int r = remove_entry(stage, nsm_nstypes[type].name, ret_detached);

		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < NSM_ARRAY_SIZE(others); i++) {
		int r = remove_entry(stage, others[i], ret_detached);

		if (r < 0)
			return r;
	}
	return 0;
}

/* Before the record of it goes: whoever is killed in between leaves a stage that tells of it. */
static int end_helper(struct nsm_stage *stage, int set)
{
	struct nsmgr_ctx *ctx = stage->store->ctx;
	int r = nsm_helper_end(stage->store->root, set);

	if (r == -EXDEV)
		return nsm_fail_text(ctx, r, "helper", NSMGR_TYPE_NONE, NULL,
				     "it cannot be seen from this pid namespace (cure: remove the set from where it was made)");
	if (r < 0)
		return nsm_fail(ctx, r, "helper", NSMGR_TYPE_NONE, NULL);
	return unlinkat(set, NSM_HELPER_FILE, 0) < 0 && errno != ENOENT
		       ? nsm_fail(ctx, -errno, "detach", NSMGR_TYPE_NONE, NSM_HELPER_FILE)
		       : 0;
}

/* Either the handles or all else, from the beginning of the directory. */
static int remove_listed(struct nsm_stage *stage, int set, bool handles, bool *ret_detached)
{
	const struct nsm_dirent *entry;
	struct nsm_dir dir;
	int r = lseek(set, 0, SEEK_SET) < 0 ? -errno : 0;

	nsm_dir_begin(&dir, set);
	while (r == 0 && (r = nsm_dir_next(&dir, &entry)) > 0) {
		bool is_handle = nsm_nstype_from_file(entry->d_name) != NSMGR_TYPE_NONE;

		if (is_handle != handles)
			r = 0;
		else if (nsm_streq(entry->d_name, NSM_HELPER_FILE))
			r = end_helper(stage, set);
		else if (nsm_ip_netns_is_mark(entry->d_name))
			r = nsm_ip_netns_remove(stage->store->ctx, set, entry->d_name);
		else
			r = remove_entry(stage, entry->d_name, ret_detached);
		if (r < 0)
			return r;
	}
	return r < 0 ? nsm_fail(stage->store->ctx, r, "detach", NSMGR_TYPE_NONE, NULL) : 0;
}

/* The handles come first: where these cannot be unmounted nothing is lost yet. */
static int remove_entries(struct nsm_stage *stage, bool *ret_detached)
{
	nsm_autoclose int set = nsm_own_dir(stage->dir, SET);
	int r;

	if (set == -ENOENT)
		return 0;
	if (set == -ENOTDIR)
		return nsm_fail_text(stage->store->ctx, set, "detach", NSMGR_TYPE_NONE, NULL, "something else is mounted on it");
	if (set < 0) {
		r = remove_usual(stage, ret_detached);
		/* What else there is nobody sees now. */
		return r == 0 && unlinkat(stage->dir, SET, AT_REMOVEDIR) < 0 && errno == ENOTEMPTY
			       ? nsm_fail(stage->store->ctx, set, "detach", NSMGR_TYPE_NONE, NULL)
			       : r;
	}
	r = nsm_cgroup_remove(stage->store->ctx, set, stage->spares);
	if (r == 0)
		r = remove_listed(stage, set, true, ret_detached);
	return r == 0 ? remove_listed(stage, set, false, ret_detached) : r;
}

/* All of a set that nobody put anything into, without a look at it. Where that fails, a look tells why. */
static int remove_plain(struct nsm_stage *stage, bool *ret_detached)
{
	int r = 0;

	for NSM_EACH_TYPE (type)
		if (r == 0 && (stage->plain & NSMGR_MASK(type)))
			r = remove_entry(stage, nsm_nstypes[type].name, ret_detached);
	return r == 0 ? remove_entry(stage, NSM_META_FILE, ret_detached) : r;
}

int nsm_stage_remove(struct nsm_stage *stage, bool *ret_detached)
{
	bool detached = false;
	bool gone = stage->plain && remove_plain(stage, &detached) == 0 && unlinkat(stage->dir, SET, AT_REMOVEDIR) == 0;
	int r = gone ? 0 : remove_entries(stage, &detached);

	if (ret_detached)
		*ret_detached = detached;
	if (r < 0)
		return r;
	if (!gone && unlinkat(stage->dir, SET, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return nsm_fail(stage->store->ctx, -errno, "detach", NSMGR_TYPE_NONE, NULL);
	stage->busy = false;
	return 0;
}

/* Ends the keeper of a set, if the set made it: a pinned pid namespace is somebody else's. False when there is one that
 * cannot be reached now: without its handle nobody would find it again. */
static bool end_keeper(struct nsm_stage *stage)
{
	nsm_autoclose int set = -EBADF, fd = -EBADF, keeper = -EBADF;
	struct nsm_meta meta;
	struct stat st;
	int r;

	/* Half built, its keeper is still the creator's; and there may be no descriptor left to look further. */
	if (fstatat(stage->dir, SET "/" NSM_META_FILE, &st, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT)
		return true;
	set = nsm_own_dir(stage->dir, SET);
	r = set < 0 ? set : nsm_meta_read(set, &meta);
	if (r < 0)
		return r == -ENOENT || r == -EBADMSG;
	if (!(nsm_meta_made(&meta) & NSMGR_MASK(NSMGR_PID)))
		return true;
	fd = nsm_nsfd_open(set, "pid", true);
	if (fd < 0)
		return fd == -ENOENT || fd == -ELOOP || fd == -ENXIO;
	if (!nsm_nsfd_is(fd, &meta.types[NSMGR_PID].id))
		return true;
	r = nsm_init_find(fd, meta.keeper, &keeper, NULL);
	if (r <= 0)
		return r == 0;
	/* Nobody waits for it: it is as good as gone, and a sweep must not be held up. */
	r = nsm_sys_pidfd_kill(keeper, SIGKILL);
	return r == 0 || r == -ESRCH;
}

void nsm_stage_discard(struct nsm_stage *stage)
{
	struct nsm_failure failure = stage->store->ctx->failure;

	stage->spares = false;
	/* What is not removed stays hidden, for a sweep to come. */
	nsm_basket_clear(stage);
	if (end_keeper(stage))
		nsm_stage_remove(stage, NULL);
	stage->store->ctx->failure = failure;
}

int nsm_stage_clear(struct nsm_stage *stage)
{
	int r;

	if (!end_keeper(stage))
		return nsm_fail_text(stage->store->ctx, -EBUSY, "stage", NSMGR_PID, stage->name, "its keeper cannot be ended now");
	r = nsm_basket_clear(stage);
	if (r == 0)
		r = nsm_stage_remove(stage, NULL);
	if (r == 0 && unlinkat(stage->store->stages, stage->name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		r = nsm_fail(stage->store->ctx, -errno, "stage", NSMGR_TYPE_NONE, stage->name);
	nsm_close(&stage->dir);
	return r;
}

void nsm_stage_sweep(struct nsm_store *store)
{
	const struct nsm_dirent *entry;
	struct nsm_dir dir;

	nsm_dir_begin(&dir, store->stages);
	while (nsm_dir_next(&dir, &entry) > 0) {
		struct nsm_stage stage = { .store = store, .busy = true };

		stage.dir = nsm_own_dir(store->stages, entry->d_name);
		if (stage.dir < 0 || !nsm_copy(stage.name, sizeof(stage.name), entry->d_name) ||
		    flock(stage.dir, LOCK_EX | LOCK_NB) < 0)
			nsm_close(&stage.dir);
		nsm_stage_close(&stage);
	}
}
