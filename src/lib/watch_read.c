/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/watch.h"

#include "base/text.h"
#include "lib/dir.h"
#include "lib/labels.h"

#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BUFFER_SIZE 16384

/* What the store's directory tells is told name by name in the order in which it happened, and so right in the end whatever a
 * listing saw meanwhile: of a name that changed the last event counts, and of one that did not, the listing. */

/* A set that went where nobody watches: into a stage, as a rule. */
static int settle(struct nsmgr_watch *watch)
{
	char name[NSM_WATCH_NAME_SIZE];

	if (!*watch->moved)
		return 0;
	nsm_copy(name, sizeof(name), watch->moved);
	watch->moved[0] = '\0';
	return nsm_watch_vanished(watch, name);
}

static int moved_to(struct nsmgr_watch *watch, struct nsm_store *store, const char *name, uint32_t cookie)
{
	char old_name[NSM_WATCH_NAME_SIZE];

	if (!*watch->moved || watch->cookie != cookie) {
		int r = settle(watch);

		return r < 0 || !nsmgr_name_is_valid(name) ? r : nsm_watch_appeared(watch, store, name);
	}
	if (!nsmgr_name_is_valid(name))
		return settle(watch);
	nsm_copy(old_name, sizeof(old_name), watch->moved);
	watch->moved[0] = '\0';
	return nsm_watch_renamed(watch, store, old_name, name);
}

static int set_changed(struct nsmgr_watch *watch, struct nsm_store *store, const struct inotify_event *event)
{
	int r;

	if (event->mask & IN_MOVED_TO)
		return moved_to(watch, store, event->name, event->cookie);
	r = settle(watch);
	if (r < 0 || !nsmgr_name_is_valid(event->name))
		return r;
	if (event->mask & IN_CREATE)
		return nsm_watch_appeared(watch, store, event->name);
	if (event->mask & IN_DELETE)
		return nsm_watch_vanished(watch, event->name);
	if (event->mask & IN_MOVED_FROM) {
		nsm_copy(watch->moved, sizeof(watch->moved), event->name);
		watch->cookie = event->cookie;
	}
	return 0;
}

/* Events were lost, and some of those that follow may be older than others that are lost: all that is in the queue by now
 * is passed over, and a listing tells what has become of it. */
static int overflow(struct nsmgr_watch *watch)
{
	int queued = 0;

	if (ioctl(watch->inotify, FIONREAD, &queued) < 0)
		return nsm_watch_fail(watch, -errno);
	watch->discard = (size_t)queued;
	watch->behind = true;
	watch->moved[0] = '\0';
	return 0;
}

static int apply(struct nsmgr_watch *watch, struct nsm_store *store, const struct inotify_event *event)
{
	const bool of_set = event->wd == watch->root && event->mask & IN_ISDIR && event->len;
	int r = 0;

	if (event->mask & IN_Q_OVERFLOW)
		return overflow(watch);
	if (event->mask & IN_MOVED_TO && event->len && nsm_streq(event->name, NSM_LABELS_FILE))
		return nsm_watch_labelled(watch, event->wd);
	if (!of_set) {
		nsm_watch_way_changed(watch, event);
		return 0;
	}
	if (store->root < 0)
		r = nsm_watch_open_store(watch, store);
	return r < 0 || watch->lost ? r : set_changed(watch, store, event);
}

static int apply_all(struct nsmgr_watch *watch, struct nsm_store *store, const char *buf, size_t len)
{
	int r = 0;

	for (size_t pos = 0; r == 0 && pos < len && !watch->lost && !watch->discard;) {
		const struct inotify_event *event = (const struct inotify_event *)(const void *)(buf + pos);

		pos += sizeof(*event) + event->len;
		r = apply(watch, store, event);
		if (event->mask & IN_Q_OVERFLOW)
			break;
	}
	return r;
}

/* The directory is locked while a rename in it puts both halves into the queue, and to be read: so behind this the second
 * half is there, if there is one. rename(2), fs/namei.c: do_renameat2(), fs/readdir.c: iterate_dir() */
static int let_renames_end(struct nsmgr_watch *watch, struct nsm_store *store)
{
	nsm_autoclose int fd = -EBADF;
	const struct nsm_dirent *entry;
	struct nsm_dir dir;
	int r = store->root < 0 ? nsm_watch_open_store(watch, store) : 0;

	if (r < 0 || watch->lost)
		return r;
	fd = openat(store->root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return nsm_watch_fail(watch, -errno);
	nsm_dir_begin(&dir, fd);
	r = nsm_dir_next(&dir, &entry);
	return r < 0 ? nsm_watch_fail(watch, r) : 0;
}

/* 1: something was read; 0: there is nothing. */
static int read_some(struct nsmgr_watch *watch, struct nsm_store *store)
{
	_Alignas(struct inotify_event) char buf[BUFFER_SIZE];
	ssize_t n = read(watch->inotify, buf, sizeof(buf));
	int r;

	if (n < 0 && errno == EAGAIN)
		return 0;
	if (n < 0)
		return errno == EINTR ? 1 : nsm_watch_fail(watch, -errno);
	if (watch->discard) {
		watch->discard -= (size_t)n < watch->discard ? (size_t)n : watch->discard;
		return 1;
	}
	r = watch->lost ? 0 : apply_all(watch, store, buf, (size_t)n);
	return r < 0 ? r : 1;
}

/* To the end of the queue, or, where others fill it all the time, until there is enough to tell. */
static int read_queue(struct nsmgr_watch *watch, struct nsm_store *store)
{
	int r;

	do
		r = read_some(watch, store);
	while (r > 0 && (watch->news_count < 512 || watch->discard || *watch->moved));
	if (r != 0 || !*watch->moved || watch->lost)
		return r;
	r = let_renames_end(watch, store);
	if (r == 0 && !watch->lost)
		r = read_some(watch, store);
	return r == 0 && !watch->lost ? settle(watch) : r;
}

int nsm_watch_read(struct nsmgr_watch *watch)
{
	nsm_autostore struct nsm_store store = NSM_STORE_INIT;
	int r = read_queue(watch, &store);

	if (r == 0)
		watch->discard = 0;
	if (r < 0 || watch->lost || watch->discard || !(watch->behind || (watch->stale && r == 0)))
		return r;
	if (store.root < 0)
		r = nsm_watch_open_store(watch, &store);
	if (r < 0 || watch->lost)
		return r;
	watch->moved[0] = '\0';
	r = nsm_watch_list(watch, &store);
	if (r < 0)
		return r;
	watch->stale = watch->behind = false;
	return 1;
}
