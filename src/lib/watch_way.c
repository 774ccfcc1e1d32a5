/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/watch.h"

#include "base/text.h"
#include "lib/sys.h"

#include <limits.h>
#include <sys/inotify.h>
#include <sys/stat.h>

/* inotify watches inodes, not paths: each directory on the way tells when it is moved or deleted itself, which is silent but
 * for that; and that in which the next one is missing, when something appears in it. What a mount does is told by the mount
 * table alone, and found by a look at what the path leads to; the store's own mount, of its directory on itself, changes
 * nothing here, for it is the same inode. Nothing is held open: that would keep a file system busy, and put off the
 * IN_DELETE_SELF of a directory. inotify(7), proc_pid_mountinfo(5) */
#define SELF (IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_DONT_FOLLOW | IN_MASK_ADD)
#define ARRIVALS (IN_CREATE | IN_MOVED_TO)
#define CONTENTS (IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO)

#define TRIES 100

int nsm_watch_fail(struct nsmgr_watch *watch, int r)
{
	if (r == -ENOSPC)
		return nsm_fail_text(watch->own, r, "watch", NSMGR_TYPE_NONE, watch->own->root,
				     "no more directories can be watched (limit: /proc/sys/fs/inotify/max_user_watches)");
	return nsm_fail(watch->own, r, "watch", NSMGR_TYPE_NONE, watch->own->root);
}

static void forget_way(struct nsmgr_watch *watch)
{
	for (size_t i = 0; i < watch->ancestor_count; i++)
		inotify_rm_watch(watch->inotify, watch->ancestors[i]);
	if (watch->root >= 0)
		inotify_rm_watch(watch->inotify, watch->root);
	watch->ancestor_count = 0;
	watch->root = -1;
	watch->awaited = NULL;
}

static int watch_ancestor(struct nsmgr_watch *watch, const char *path, uint32_t mask)
{
	int wd = inotify_add_watch(watch->inotify, path, SELF | mask);

	if (wd < 0)
		return -errno;
	watch->ancestors[watch->ancestor_count++] = wd;
	return 0;
}

static bool exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static int set_anchor(struct nsmgr_watch *watch, const char *path, int fd)
{
	struct stat st;

	if (fd >= 0 ? fstat(fd, &st) < 0 : lstat(path, &st) < 0)
		return -errno;
	memcpy(watch->anchor, path, strlen(path) + 1);
	watch->anchor_dev = st.st_dev;
	watch->anchor_ino = st.st_ino;
	return 0;
}

/* Watches every directory above the store, from / on: what changes behind one that is watched is told. 1: as far as they go, for
 * the next is missing, in one that tells of arrivals. */
static int watch_ancestors(struct nsmgr_watch *watch)
{
	char path[PATH_MAX], next[PATH_MAX];
	const char *root = watch->own->root, *name = root + 1;
	int r;

	for (;; name += strcspn(name, "/") + 1) {
		size_t parent = (size_t)(name - root) - 1, child = parent + 1 + strcspn(name, "/");

		memcpy(path, root, parent ? parent : 1);
		path[parent ? parent : 1] = '\0';
		memcpy(next, root, child);
		next[child] = '\0';
		r = watch_ancestor(watch, path, 0);
		/* One that we may not read can be on the way all the same. */
		if (r < 0 && r != -EACCES)
			return r;
		if (!exists(next)) {
			r = watch_ancestor(watch, path, ARRIVALS);
			if (r < 0)
				return r;
			if (!exists(next)) {
				watch->awaited = name;
				r = set_anchor(watch, path, -EBADF);
				return r < 0 ? r : 1;
			}
		}
		if (!root[child])
			return 0;
	}
}

/* By the descriptor, whose way was checked. */
static int watch_root(struct nsmgr_watch *watch, int root)
{
	char path[40];
	struct nsm_text text = NSM_TEXT(path);

	nsm_text_add(&text, NSM_PROC_SELF "/fd/%d", root);
	watch->root = inotify_add_watch(watch->inotify, path,
					CONTENTS | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_MASK_ADD);
	if (watch->root < 0)
		return nsm_watch_fail(watch, -errno);
	return set_anchor(watch, watch->own->root, root);
}

/* Room for two of each component. */
static int make_room(struct nsmgr_watch *watch)
{
	size_t components = 0;

	if (watch->ancestors)
		return 0;
	for (const char *p = watch->own->root; *p; p++)
		components += *p == '/';
	watch->ancestors = calloc(components * 2, sizeof(*watch->ancestors));
	watch->anchor = malloc(strlen(watch->own->root) + 1);
	return watch->ancestors && watch->anchor ? 0 : nsm_watch_fail(watch, -ENOMEM);
}

/* Again, if what was found was not so any more a moment later. 1: again. */
static int try_way(struct nsmgr_watch *watch, struct nsm_store *ret_store)
{
	int way, r;

	forget_way(watch);
	way = watch_ancestors(watch);
	if (way == -ENOENT)
		return 1;
	if (way < 0 && way != -ENOTDIR)
		return nsm_watch_fail(watch, way);
	r = nsm_store_open(watch->own, ret_store);
	if (r == -ENOENT)
		return way != 1;
	if (r < 0)
		return r;
	r = way == 0 ? watch_root(watch, ret_store->root) : 1;
	if (r != 0)
		nsm_store_close(ret_store);
	return r;
}

int nsm_watch_find_way(struct nsmgr_watch *watch, struct nsm_store *ret_store)
{
	struct nsm_store store = NSM_STORE_INIT;
	int r = make_room(watch);

	if (r < 0)
		return r;
	for (int tries = 0; tries < TRIES; tries++) {
		r = try_way(watch, &store);
		if (r < 0)
			return r;
		if (r == 0) {
			*ret_store = store;
			return 0;
		}
	}
	return nsm_fail_text(watch->own, -EAGAIN, "watch", NSMGR_TYPE_NONE, watch->own->root,
			     "what leads there changes all the time");
}

bool nsm_watch_is_astray(const struct nsmgr_watch *watch)
{
	struct stat st;

	return lstat(watch->anchor, &st) < 0 || st.st_dev != watch->anchor_dev || st.st_ino != watch->anchor_ino;
}

void nsm_watch_way_changed(struct nsmgr_watch *watch, const struct inotify_event *event)
{
	bool known = event->wd == watch->root;

	for (size_t i = 0; i < watch->ancestor_count; i++)
		known |= event->wd == watch->ancestors[i];
	if (!known)
		return;
	if (event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED)) {
		watch->lost = true;
		return;
	}
	if (event->mask & ARRIVALS && watch->awaited && event->len) {
		size_t len = strcspn(watch->awaited, "/");

		watch->lost |= strncmp(event->name, watch->awaited, len) == 0 && !event->name[len];
	}
}

int nsm_watch_open_store(struct nsmgr_watch *watch, struct nsm_store *ret_store)
{
	nsm_autostore struct nsm_store store = NSM_STORE_INIT;
	struct stat st;
	int r = nsm_store_open(watch->own, &store);

	if (r == -ENOENT) {
		watch->lost = true;
		return 0;
	}
	if (r < 0)
		return r;
	if (fstat(store.root, &st) < 0)
		return nsm_watch_fail(watch, -errno);
	if (st.st_dev != watch->anchor_dev || st.st_ino != watch->anchor_ino) {
		watch->lost = true;
		return 0;
	}
	*ret_store = store;
	store = (struct nsm_store)NSM_STORE_INIT;
	return 0;
}
