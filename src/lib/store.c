/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/store.h"

#include "base/text.h"
#include "lib/own.h"
#include "lib/place.h"
#include "lib/root.h"
#include "lib/stage.h"
#include "lib/storefile.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>

void nsm_store_close(struct nsm_store *store)
{
	nsm_close(&store->root);
	nsm_close(&store->lock);
	nsm_close(&store->stages);
}

/* The lock file; made once, with its mode whatever the umask. Opened for reading, for an exec on a read-only store. */
static int open_lock(int root)
{
	int fd = nsm_own_file(root, NSM_LOCK_FILE);

	if (fd != -ENOENT)
		return fd;
	fd = openat(root, NSM_LOCK_FILE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_CREAT | O_EXCL, 0600);
	if (fd < 0)
		return errno == EEXIST ? nsm_own_file(root, NSM_LOCK_FILE) : -errno; /* made by somebody else just now */
	(void)!fchmod(fd, 0600);
	return fd;
}

int nsm_store_open_lock(struct nsm_store *store)
{
	if (store->lock < 0)
		store->lock = open_lock(store->root);
	return store->lock < 0 ? nsm_own_fail(store->ctx, store->lock, "store", NSM_LOCK_FILE) : 0;
}

static int lock(struct nsm_store *store, int operation)
{
	int r = nsm_store_open_lock(store);

	if (r < 0)
		return r;
	do
		r = flock(store->lock, operation);
	while (r < 0 && errno == EINTR);
	if (r < 0 && errno == EWOULDBLOCK)
		return -EWOULDBLOCK;
	return r < 0 ? nsm_fail(store->ctx, -errno, "lock", NSMGR_TYPE_NONE, store->ctx->root) : 0;
}

int nsm_store_lock(struct nsm_store *store, bool exclusive)
{
	return lock(store, exclusive ? LOCK_EX : LOCK_SH);
}

int nsm_store_try_lock(struct nsm_store *store)
{
	return lock(store, LOCK_EX | LOCK_NB);
}

void nsm_store_unlock(struct nsm_store *store)
{
	flock(store->lock, LOCK_UN);
}

bool nsm_store_is_elsewhere(struct nsm_store *store)
{
	/* Nothing depends on is_mount here: a root whose mount is gone has stale handles either way. */
	return nsm_place_find(store->root, store->mount_id, false, store->boot_id) == NSM_ELSEWHERE;
}

int nsm_store_refuse_elsewhere(struct nsm_store *store)
{
	char what[64] = "", cure[64] = "";
	struct nsm_text what_text = NSM_TEXT(what), cure_text = NSM_TEXT(cure);

	nsm_place_explain(store->root, &what_text, &cure_text);
	return nsm_fail_text(store->ctx, -EXDEV, "store", NSMGR_TYPE_NONE, NULL, "'%s' is %s (cure: %s)", store->ctx->root, what,
			     cure);
}

/* The store is what is reached by that way, which is no longer the caller's. No set can be told from a glance where mounts have no
 * ids of their own. */
static void take_root(struct nsm_store *store, struct nsm_root *root)
{
	nsm_close(&store->root);
	store->root = take_fd(root->fd);
	store->mount_id = root->mount_id;
	store->counts = root->is_unique ? NSM_COUNTS_UNKNOWN : NSM_COUNTS_NOT;
}

int nsm_store_open(struct nsmgr_ctx *ctx, struct nsm_store *ret)
{
	struct nsm_root root = NSM_ROOT_INIT;
	int r = nsm_root_open(ctx, false, &root);

	if (r < 0)
		return r;
	*ret = (struct nsm_store)NSM_STORE_INIT;
	ret->ctx = ctx;
	take_root(ret, &root);
	return 0;
}

int nsm_store_open_for(struct nsmgr_ctx *ctx, const char *name, struct nsm_store *ret)
{
	int r = nsmgr_check_name(ctx, name);

	if (r < 0)
		return r;
	r = nsm_store_open(ctx, ret);
	return r == -ENOENT ? nsm_fail_text(ctx, r, "open", NSMGR_TYPE_NONE, NULL, "no such set") : r;
}

/* Mounts ROOT on itself, private, so that the handles are ours alone and the mnt type can be among them
 * (KERNEL R4). The copy that a shared surrounding has by then carries no handle. A ROOT that is a mount already
 * is taken as it is. */
static int mount_root(struct nsmgr_ctx *ctx, const struct nsm_root *root)
{
	char path[40];
	struct nsm_text text = NSM_TEXT(path);

	nsm_text_add(&text, NSM_PROC_SELF "/fd/%d", root->fd);
	if (!root->is_mount && mount(path, path, NULL, MS_BIND, NULL) < 0)
		return nsm_fail(ctx, -errno, "mount root", NSMGR_TYPE_NONE, ctx->root);
	/* By the path, whose last component is now the new mount; nobody else can change it. */
	if (mount(NULL, ctx->root, NULL, MS_PRIVATE, NULL) < 0)
		return nsm_fail(ctx, -errno, "mount root", NSMGR_TYPE_NONE, ctx->root);
	return 0;
}

static int write_storefile(struct nsm_store *store)
{
	struct nsm_storefile file = { .mount_id = store->mount_id };
	struct nsm_statx st;
	int r = nsm_sys_statx(store->root, "", AT_EMPTY_PATH, NSM_STATX_MNT_ID, &st);

	if (r < 0)
		return r;
	file.short_id = st.stx_mnt_id;
	nsm_copy(file.boot_id, sizeof(file.boot_id), store->boot_id);
	r = nsm_place_own(&file.mntns);
	return r < 0 ? r : nsm_storefile_write(store->root, &file);
}

/* Mounts the root, looks at it anew through that mount, and writes down which it is. */
static int mount_and_record(struct nsm_store *store, const struct nsm_root *below)
{
	struct nsmgr_ctx *ctx = store->ctx;
	struct nsm_root root = NSM_ROOT_INIT;
	int r = mount_root(ctx, below);

	if (r == 0)
		r = nsm_root_open(ctx, false, &root);
	if (r == 0) {
		take_root(store, &root);
		r = write_storefile(store);
		if (r < 0)
			nsm_fail(ctx, r, "store", NSMGR_TYPE_NONE, ctx->root);
	}
	return r;
}

static bool is_mounted(const char *path)
{
	struct nsm_statx st;

	return nsm_sys_statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, 0, &st) == 0 &&
	       (st.stx_attributes & NSM_STATX_ATTR_MOUNT_ROOT);
}

/* In another store it would be taken for a set, or cover what that one needs. */
static int refuse_nested(struct nsmgr_ctx *ctx)
{
	size_t len = nsm_place_within(ctx->root);

	return len ? nsm_fail_text(ctx, -EINVAL, "store", NSMGR_TYPE_NONE, NULL, "'%s' lies in another one, '%.*s' (cure: choose another "
				   "place, or remove that one's .store if it is none any more)", ctx->root, (int)len, ctx->root)
		   : 0;
}

/* Makes the root mount, under the lock, unless another has by now. What was not a mount before is none after a failure. */
static int establish(struct nsm_store *store)
{
	struct nsmgr_ctx *ctx = store->ctx;
	struct nsm_root root = NSM_ROOT_INIT;
	nsm_autoclose int below = -EBADF;
	int r = nsm_root_open(ctx, true, &root);

	if (r < 0)
		return r;
	below = root.fd;
	switch (nsm_place_find(root.fd, root.mount_id, root.is_mount, store->boot_id)) {
	case NSM_HERE:
		root.fd = take_fd(below);
		take_root(store, &root);
		return 0;
	case NSM_ELSEWHERE:
		return nsm_store_refuse_elsewhere(store);
	case NSM_NOWHERE:
		break;
	}
	r = mount_and_record(store, &root);
	if (r < 0 && !root.is_mount && is_mounted(ctx->root))
		umount2(ctx->root, MNT_DETACH | UMOUNT_NOFOLLOW);
	return r;
}

/* Opens the root and finds out where its handles are. Between the two the first user of a store may have mounted it, and what
 * we hold lies below that mount: then a second look tells. */
static int open_and_place(struct nsmgr_ctx *ctx, bool make, struct nsm_store *store, enum nsm_place *ret_place)
{
	for (int look = 0; look < 2; look++) {
		struct nsm_root root = NSM_ROOT_INIT;
		int r = nsm_root_open(ctx, false, &root);

		if (r == -ENOENT && make) {
			r = refuse_nested(ctx);
			if (r == 0)
				r = nsm_root_open(ctx, true, &root);
		}
		if (r < 0)
			return r;
		take_root(store, &root);
		r = *store->boot_id ? 0 : nsm_boot_id(store->boot_id);
		if (r < 0)
			return nsm_boot_id_fail(ctx, r);
		*ret_place = nsm_place_find(store->root, store->mount_id, root.is_mount, store->boot_id);
		if (*ret_place != NSM_ELSEWHERE)
			break;
	}
	return 0;
}

int nsm_store_open_rw(struct nsmgr_ctx *ctx, bool make, bool force, struct nsm_store *ret)
{
	nsm_autostore struct nsm_store store = NSM_STORE_INIT;
	enum nsm_place place;
	int r;

	store.ctx = ctx;
	r = open_and_place(ctx, make, &store, &place);
	if (r < 0)
		return r;
	if (place == NSM_ELSEWHERE && !force)
		return nsm_store_refuse_elsewhere(&store);
	if (place == NSM_NOWHERE && make) {
		r = refuse_nested(ctx);
		if (r == 0)
			r = nsm_store_lock(&store, true);
		if (r == 0)
			r = establish(&store);
		if (r < 0)
			return r;
		nsm_store_unlock(&store);
	}
	store.elsewhere = place == NSM_ELSEWHERE;
	*ret = store;
	store = (struct nsm_store)NSM_STORE_INIT;
	return 0;
}

int nsm_store_open_stages(struct nsm_store *store)
{
	int r;

	if (store->stages >= 0)
		return 0;
	r = mkdirat(store->root, NSM_STAGE_DIR, 0700);
	if (r == 0)
		r = fchmodat(store->root, NSM_STAGE_DIR, 0700, 0); /* whatever the umask */
	if (r < 0 && errno != EEXIST)
		return nsm_fail(store->ctx, -errno, "store", NSMGR_TYPE_NONE, store->ctx->root);
	store->stages = nsm_own_dir(store->root, NSM_STAGE_DIR);
	return store->stages < 0 ? nsm_own_fail(store->ctx, store->stages, "store", NSM_STAGE_DIR) : 0;
}

int nsm_store_begin_changes(struct nsm_store *store)
{
	int r;

	if (store->stages >= 0)
		return 0;
	r = nsm_store_open_stages(store);
	if (r == 0 && !store->elsewhere)
		nsm_stage_sweep(store);
	return r;
}
