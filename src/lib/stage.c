/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/stage.h"

#include "base/text.h"
#include "lib/dir.h"
#include "lib/init.h"
#include "lib/meta.h"
#include "lib/nstype.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

static void random_name(char name[16])
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
	uint64_t bits = nsm_sys_random();

	for (size_t i = 0; i < 12; i++, bits >>= 5)
		name[i] = letters[bits & 31];
	name[12] = '\0';
}

int nsm_stage_make(struct nsm_store *store, struct nsm_stage *ret)
{
	for (int tries = 0; tries < 64; tries++) {
		struct nsm_stage stage = { .store = store, .dir = -EBADF };
		struct stat st;

		random_name(stage.name);
		if (mkdirat(store->stages, stage.name, 0700) < 0) {
			if (errno == EEXIST)
				continue;
			return nsm_fail(store->ctx, -errno, "stage", NSMGR_TYPE_NONE, store->ctx->root);
		}
		stage.dir = openat(store->stages, stage.name, DIR_FLAGS);
		if (stage.dir < 0 && errno == ENOENT)
			continue; /* a sweeper was faster than our lock */
		if (stage.dir < 0) {
			int r = -errno;

			unlinkat(store->stages, stage.name, AT_REMOVEDIR);
			return nsm_fail(store->ctx, r, "stage", NSMGR_TYPE_NONE, store->ctx->root);
		}
		if (flock(stage.dir, LOCK_EX) < 0 || fstat(stage.dir, &st) < 0 || st.st_nlink == 0) {
			nsm_close(&stage.dir);
			continue;
		}
		*ret = stage;
		return 0;
	}
	return nsm_fail(store->ctx, -EAGAIN, "stage", NSMGR_TYPE_NONE, store->ctx->root);
}

int nsm_stage_hide(struct nsm_store *store, const char *name, struct nsm_stage *ret)
{
	struct nsm_stage stage = { .store = store, .dir = -EBADF };
	int r;

	stage.dir = openat(store->root, name, DIR_FLAGS);
	if (stage.dir < 0)
		return nsm_fail(store->ctx, -errno, "hide", NSMGR_TYPE_NONE, name);
	random_name(stage.name);
	r = nsm_sys_renameat2(store->root, name, store->stages, stage.name, NSM_RENAME_NOREPLACE);
	if (r < 0) {
		nsm_close(&stage.dir);
		return nsm_fail(store->ctx, r, "hide", NSMGR_TYPE_NONE, name);
	}
	/* A sweeper is kept away by .lock until here. If somebody else holds the lock of what was a public
	 * directory, a sweeper will not get it either. */
	flock(stage.dir, LOCK_EX | LOCK_NB);
	*ret = stage;
	return 0;
}

int nsm_stage_bind(struct nsm_stage *stage, enum nsmgr_type type, int nsfd)
{
	struct nsmgr_ctx *ctx = stage->store->ctx;
	const char *name = nsm_nstypes[type].name;
	char source[40], target[48];
	struct nsm_text source_text = NSM_TEXT(source), target_text = NSM_TEXT(target);

	/* Mode 0: the file is nothing without its mount, and no umask matters. */
	if (mknodat(stage->dir, name, S_IFREG, 0) < 0)
		return nsm_fail(ctx, -errno, "stage", type, ctx->root);
	nsm_text_add(&source_text, "/proc/self/fd/%d", nsfd);
	nsm_text_add(&target_text, "/proc/self/fd/%d/%s", stage->dir, name);
	if (mount(source, target, NULL, MS_BIND, NULL) < 0)
		return nsm_fail(ctx, -errno, "bind", type, NULL);
	return 0;
}

int nsm_stage_publish(struct nsm_stage *stage, const char *name)
{
	struct nsm_store *store = stage->store;
	int r = fchmod(stage->dir, 0755) < 0 ? -errno : 0;

	if (r == 0)
		r = nsm_sys_renameat2(store->stages, stage->name, store->root, name, NSM_RENAME_NOREPLACE);
	if (r == -EEXIST)
		return nsm_fail_text(store->ctx, r, "publish", NSMGR_TYPE_NONE, NULL, "a set of that name exists");
	if (r < 0)
		return nsm_fail(store->ctx, r, "publish", NSMGR_TYPE_NONE, NULL);
	nsm_close(&stage->dir);
	return 0;
}

/* Unmounts whatever lies on a file of the stage, and unlinks it. Mounts can be stacked; metadata has none, so there
 * the unlink comes first. */
static int remove_file(struct nsm_stage *stage, const char *name, bool *ret_detached)
{
	bool mounted = nsm_nstype_from_file(name) != NSMGR_TYPE_NONE;
	char path[300];
	struct nsm_text text = NSM_TEXT(path);

	nsm_text_add(&text, "/proc/self/fd/%d/%s", stage->dir, name);
	if (text.cut)
		return -ENAMETOOLONG;
	for (;;) {
		bool was_mount = false;

		if (mounted) {
			was_mount = umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) == 0;
			if (!was_mount && errno != EINVAL && errno != ENOENT)
				return -errno;
			*ret_detached |= was_mount;
		}
		if (unlinkat(stage->dir, name, 0) == 0 || errno == ENOENT) {
			*ret_detached = true;
			return 0;
		}
		/* Busy although nothing could be unmounted: a mount that is locked for our user namespace. */
		if (errno != EBUSY || (mounted && !was_mount))
			return -errno;
		mounted = true;
	}
}

int nsm_stage_remove(struct nsm_stage *stage, bool *ret_detached)
{
	struct nsmgr_ctx *ctx = stage->store->ctx;
	const struct nsm_dirent *entry;
	struct nsm_dir dir;
	bool detached = false;
	int r;

	nsm_dir_begin(&dir, stage->dir);
	lseek(stage->dir, 0, SEEK_SET);
	while ((r = nsm_dir_next(&dir, &entry)) > 0) {
		r = remove_file(stage, entry->d_name, &detached);
		if (r < 0)
			break;
	}
	if (ret_detached)
		*ret_detached = detached;
	if (r < 0)
		return nsm_fail(ctx, r, "detach", nsm_nstype_from_file(entry->d_name), NULL);
	if (unlinkat(stage->store->stages, stage->name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return nsm_fail(ctx, -errno, "detach", NSMGR_TYPE_NONE, NULL);
	nsm_close(&stage->dir);
	return 0;
}

/* Ends the keeper of a stage, if the stage made it: a pinned pid namespace is somebody else's. */
static void end_keeper(struct nsm_stage *stage)
{
	struct nsm_meta meta;
	nsm_autoclose int fd = -EBADF;

	if (nsm_meta_read(stage->dir, &meta) < 0 || !(nsm_meta_made(&meta) & NSMGR_MASK(NSMGR_PID)))
		return;
	fd = nsm_nsfd_open(stage->dir, "pid", true);
	if (fd >= 0 && nsm_nsfd_is(fd, &meta.types[NSMGR_PID].id))
		nsm_init_end(fd, meta.keeper);
}

void nsm_stage_discard(struct nsm_stage *stage)
{
	struct nsm_failure failure;

	if (stage->dir < 0)
		return;
	/* What led here is what the caller wants to know. */
	failure = stage->store->ctx->failure;
	end_keeper(stage);
	nsm_stage_remove(stage, NULL);
	nsm_close(&stage->dir);
	stage->store->ctx->failure = failure;
}

/* Whether nobody holds the stage. With `keep` its lock stays taken. */
static bool take_stage(struct nsm_stage *stage, bool keep)
{
	stage->dir = openat(stage->store->stages, stage->name, DIR_FLAGS);
	if (stage->dir < 0)
		return false;
	if (flock(stage->dir, LOCK_EX | LOCK_NB) == 0) {
		if (!keep)
			nsm_close(&stage->dir);
		return true;
	}
	nsm_close(&stage->dir);
	return false;
}

void nsm_stage_sweep(struct nsm_store *store)
{
	const struct nsm_dirent *entry;
	struct nsm_dir dir;
	bool locked = false;

	nsm_dir_begin(&dir, store->stages);
	while (nsm_dir_next(&dir, &entry) > 0) {
		nsm_autostage struct nsm_stage stage = { .store = store, .dir = -EBADF };

		/* Most are alive, and no reason to stop everybody. A set is without its lock for a moment while it
		 * is being hidden, which happens under the store's. */
		if (!nsm_copy(stage.name, sizeof(stage.name), entry->d_name) ||
		    (!locked && !take_stage(&stage, false)))
			continue;
		if (!locked)
			locked = nsm_store_lock(store, true) == 0;
		if (locked)
			take_stage(&stage, true);
	}
	if (locked)
		nsm_store_unlock(store);
}
