/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/watch.h"

#include "base/text.h"
#include "lib/edge.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/inotify.h>

enum { OF_INOTIFY, OF_MOUNTS, OF_INITS }; /* serials of inits are above */

const char *nsmgr_event_kind_name(enum nsmgr_event_kind kind)
{
	static const char *const names[] = {
		[NSMGR_EVENT_PRESENT] = "present",   [NSMGR_EVENT_CREATED] = "created",
		[NSMGR_EVENT_ATTACHED] = "attached", [NSMGR_EVENT_RENAMED] = "renamed",
		[NSMGR_EVENT_REMOVED] = "removed",   [NSMGR_EVENT_DIED] = "died",
		[NSMGR_EVENT_LABELLED] = "labelled",
	};

	return (size_t)kind < NSM_ARRAY_SIZE(names) ? names[kind] : NULL;
}

static int fail(struct nsmgr_watch *watch)
{
	return nsm_fail(watch->own, -errno, "watch", NSMGR_TYPE_NONE, watch->own->root);
}

static int add(struct nsmgr_watch *watch, int fd, uint32_t events, uint64_t number)
{
	struct epoll_event event = { .events = events, .data.u64 = number };

	return epoll_ctl(watch->epoll, EPOLL_CTL_ADD, fd, &event) < 0 ? fail(watch) : 0;
}

static int open_all(struct nsmgr_watch *watch)
{
	int r;

	watch->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (watch->epoll < 0)
		return fail(watch);
	watch->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (watch->inotify < 0 && errno == EMFILE)
		return nsm_fail_text(watch->own, -EMFILE, "watch", NSMGR_TYPE_NONE, NULL,
				     "no more of inotify (limits: /proc/sys/fs/inotify/max_user_instances, ulimit -n)");
	if (watch->inotify < 0)
		return fail(watch);
	watch->mounts = open(NSM_PROC_SELF "/mountinfo", O_RDONLY | O_CLOEXEC);
	if (watch->mounts < 0 && errno == ENOENT)
		return nsm_fail_text(watch->own, -ENOSYS, "watch", NSMGR_TYPE_NONE, NULL, "no /proc is mounted");
	if (watch->mounts < 0)
		return fail(watch);
	r = add(watch, watch->inotify, EPOLLIN, OF_INOTIFY);
	return r < 0 ? r : add(watch, watch->mounts, EPOLLPRI, OF_MOUNTS);
}

/* Finds the store, wherever it is by now, and tells what is different in it. */
static int find(struct nsmgr_watch *watch)
{
	nsm_autostore struct nsm_store store = NSM_STORE_INIT;
	int r = nsm_watch_find_way(watch, &store);

	watch->moved[0] = '\0';
	watch->stale = watch->behind = false;
	return r < 0 ? r : nsm_watch_list(watch, &store);
}

static int begin(struct nsmgr_watch *watch, unsigned flags)
{
	int r = open_all(watch);

	watch->labels = flags & NSMGR_WATCH_LABELS;
	watch->silent = !(flags & NSMGR_WATCH_INITIAL);
	watch->present = true;
	if (r == 0)
		r = find(watch);
	watch->silent = watch->present = false;
	return r;
}

/* What was recorded in the watch's own context, for the caller. */
static int hand_on(struct nsmgr_watch *watch, int r)
{
	if (r < 0)
		watch->ctx->failure = watch->own->failure;
	return r;
}

static int new_watch(struct nsmgr_ctx *ctx, unsigned flags, struct nsmgr_watch **ret_watch)
{
	struct nsmgr_watch *watch;
	int r;

	if (flags & ~(NSMGR_WATCH_INITIAL | NSMGR_WATCH_LABELS))
		return nsm_refuse_flags(ctx);
	watch = calloc(1, sizeof(*watch));
	if (!watch || nsmgr_new(&watch->own) < 0) {
		free(watch);
		return nsm_fail(ctx, -ENOMEM, "watch", NSMGR_TYPE_NONE, ctx->root);
	}
	watch->ctx = nsmgr_ref(ctx);
	watch->epoll = watch->inotify = watch->mounts = -EBADF;
	watch->root = -1;
	watch->serials = OF_INITS;
	r = nsmgr_set_root(watch->own, ctx->root);
	if (r == 0)
		r = begin(watch, flags);
	if (r < 0) {
		hand_on(watch, r);
		nsmgr_watch_free(watch);
		return r;
	}
	*ret_watch = watch;
	return 0;
}

int nsmgr_watch_new(struct nsmgr_ctx *ctx, unsigned flags, struct nsmgr_watch **ret_watch)
{
	return nsm_edge(ctx, NSM_EDGE_watch_new, new_watch(ctx, flags, ret_watch));
}

void nsmgr_watch_free(struct nsmgr_watch *watch)
{
	if (!watch)
		return;
	nsm_watch_free_sets(watch);
	nsm_close(&watch->mounts);
	nsm_close(&watch->inotify);
	nsm_close(&watch->epoll);
	nsmgr_unref(watch->own);
	nsmgr_unref(watch->ctx);
	free(watch->ancestors);
	free(watch->anchor);
	free(watch->news);
	free(watch);
}

int nsmgr_watch_fd(const struct nsmgr_watch *watch)
{
	return watch->epoll;
}

/* One round. 1: it brought something, so another may. A set loses its name before its init is ended, so those that have ended
 * are asked for first, and told of last: by then it is known of which the set is gone. */
static int look_around(struct nsmgr_watch *watch)
{
	struct epoll_event ended[NSM_WATCH_ENDED];
	int count = epoll_wait(watch->epoll, ended, NSM_WATCH_ENDED, 0), r;

	if (count < 0 && errno != EINTR)
		return fail(watch);
	r = nsm_watch_read(watch);
	/* A change of the mount table is not asked for: who polls us takes it away by that. */
	if (r == 0 && (watch->lost || nsm_watch_is_astray(watch))) {
		watch->lost = true;
		r = find(watch);
		watch->lost = r < 0;
		return r < 0 ? r : 1;
	}
	for (int i = 0; r == 0 && i < count; i++)
		if (ended[i].data.u64 > OF_INITS)
			r = nsm_watch_ended(watch, ended[i].data.u64);
	return r;
}

static int next(struct nsmgr_watch *watch, struct nsmgr_event *ret_event)
{
	const struct nsm_news *news;
	int r = 1;

	while (!nsm_watch_tell(watch, &news)) {
		if (r <= 0)
			return r;
		r = look_around(watch);
		/* Whatever was understood by halves is found out anew by the next call. */
		watch->lost |= r < 0;
	}
	*ret_event = (struct nsmgr_event){
		.kind = news->kind,
		.name = news->name,
		.old_name = *news->old_name ? news->old_name : NULL,
		.types = news->types,
		.init = news->init,
		.time = news->time,
	};
	return 1;
}

int nsmgr_watch_next(struct nsmgr_watch *watch, struct nsmgr_event *ret_event)
{
	int r = hand_on(watch, next(watch, ret_event));

	return nsm_edge(watch->ctx, NSM_EDGE_watch_next, r);
}
