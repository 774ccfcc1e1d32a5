/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/watch.h"

#include "base/text.h"
#include "lib/handle.h"
#include "lib/init.h"
#include "lib/labels.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/stat.h>

bool nsm_watch_is_shortage(int r)
{
	return r == -EMFILE || r == -ENFILE || r == -ENOMEM || r == -ENOSPC;
}

void nsm_watch_forget_init(struct nsmgr_watch *watch, struct nsm_watched *set)
{
	/* A copy in a forked process would keep it in the epoll after the close. epoll(7) */
	if (set->pidfd >= 0)
		epoll_ctl(watch->epoll, EPOLL_CTL_DEL, set->pidfd, NULL);
	nsm_close(&set->pidfd);
}

/* Why an init could not be found is not told; that no descriptor was left must not go unnoticed. */
static int check_descriptors(struct nsmgr_watch *watch)
{
	nsm_autoclose int first = nsm_dup(watch->epoll), second = nsm_dup(watch->epoll);

	return first < 0 ? first : second < 0 ? second : 0;
}

static int find_init(struct nsmgr_watch *watch, struct nsm_setdir *dir, struct nsm_watched *set)
{
	nsm_autoclose int fd = -EBADF;
	int r = nsm_handle_probe(dir, NSMGR_PID, &fd);

	if (r != NSMGR_LIVE)
		return r;
	r = nsm_init_find(fd, dir->meta.keeper, &set->pidfd, &set->init);
	if (r > 0)
		return 0;
	if (r < 0)
		return check_descriptors(watch);
	/* One on its way out was alive until it lost its name. */
	set->dead = nsm_setdir_is_current(dir);
	set->init = dir->meta.keeper;
	return 0;
}

static int await_end(struct nsmgr_watch *watch, struct nsm_watched *set)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u64 = ++watch->serials };

	if (set->pidfd < 0)
		return 0;
	set->serial = event.data.u64;
	if (epoll_ctl(watch->epoll, EPOLL_CTL_ADD, set->pidfd, &event) == 0)
		return 0;
	return nsm_fail(watch->own, -errno, "watch", NSMGR_PID, NULL);
}

/* Labels come by a rename over what there was, from a stage. Before the set is told of, so that who reads them then misses
 * no change. */
static int watch_labels(struct nsmgr_watch *watch, int dir, struct nsm_watched *set)
{
	char path[40];
	struct nsm_text text = NSM_TEXT(path);
	struct stat st;

	nsm_text_add(&text, NSM_PROC_SELF "/fd/%d", dir);
	set->wd = inotify_add_watch(watch->inotify, path, IN_MOVED_TO | IN_ONLYDIR);
	if (set->wd < 0)
		return -errno;
	if (fstatat(dir, NSM_LABELS_FILE, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		set->labels = st.st_ino;
		set->labels_changed = st.st_ctim;
	}
	return 0;
}

static int look(struct nsmgr_watch *watch, struct nsm_store *store, const char *name, struct nsm_watched *set)
{
	nsm_autosetdir struct nsm_setdir dir = NSM_SETDIR_INIT;
	struct stat st;
	int r = nsm_setdir_open(store, name, &dir);

	if (r < 0)
		return r;
	r = watch->labels ? watch_labels(watch, dir.fd, set) : 0;
	if (nsm_watch_is_shortage(r))
		return r;
	set->types = dir.types;
	if (fstat(dir.fd, &st) == 0)
		set->ino = st.st_ino;
	if (dir.has_meta) {
		set->created = dir.meta.created;
		set->attached = dir.types && !nsm_meta_made(&dir.meta);
	}
	return dir.types & NSMGR_MASK(NSMGR_PID) ? find_init(watch, &dir, set) : 0;
}

int nsm_watch_look(struct nsmgr_watch *watch, struct nsm_store *store, const char *name, struct nsm_watched *ret)
{
	struct nsm_watched set = { .pidfd = -EBADF, .wd = -1 };
	int r;

	nsm_copy(set.name, sizeof(set.name), name);
	r = look(watch, store, name, &set);
	if (nsm_watch_is_shortage(r))
		r = nsm_watch_fail(watch, r);
	else
		r = await_end(watch, &set);
	if (r < 0) {
		nsm_close(&set.pidfd);
		return r;
	}
	*ret = set;
	return 0;
}
