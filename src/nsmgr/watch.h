/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSMGR_WATCH_H
#define NSMGR_WATCH_H

/* What happens to the sets of a store. */

#include <nsmgr/ctx.h>

#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

enum nsmgr_event_kind {
	NSMGR_EVENT_PRESENT,  /* it was there when the watch began, with NSMGR_WATCH_INITIAL */
	NSMGR_EVENT_CREATED,  /* it is there from now on, ready for use */
	NSMGR_EVENT_ATTACHED, /* the same of a set that made none of its namespaces */
	NSMGR_EVENT_RENAMED,  /* from old_name to name */
	NSMGR_EVENT_REMOVED,
	NSMGR_EVENT_DIED,     /* the init of its pid namespace has ended, or had already when the set was met */
	NSMGR_EVENT_LABELLED  /* its labels were changed, with NSMGR_WATCH_LABELS */
};

/* "present", "created" ...; NULL for a number that is no kind. */
const char *nsmgr_event_kind_name(enum nsmgr_event_kind kind);

struct nsmgr_event {
	enum nsmgr_event_kind kind;
	const char *name;
	const char *old_name; /* NULL but for RENAMED */
	unsigned types;	      /* of a set that appeared, a mask; 0 if it was gone again before it could be looked at */
	pid_t init;	      /* of DIED: which process that was, as the caller saw it; 0 where that is not known */
	struct timespec time; /* CLOCK_REALTIME, when it was noticed */
};

/* A running account of the sets of one store. Whoever begins with none, adds a name at PRESENT, CREATED and ATTACHED, takes one
 * away at REMOVED and moves one at RENAMED has at each moment at which nsmgr_watch_next() gives 0 exactly the names of
 * nsmgr_list_new(). nsmgr makes sets visible by one rename(2), so that none is told of before it can be used; of one made
 * by hand its directory is told of. A watch keeps neither the store's file system busy nor any namespace alive, takes no
 * lock, and wakes nobody up while neither the store (where there is none: the directory in which it is awaited) nor the mount
 * table changes. */
struct nsmgr_watch;

#define NSMGR_WATCH_INITIAL 1u /* begins with what is there; without, that is known and not told */
#define NSMGR_WATCH_LABELS 2u  /* tells of changed labels, for which the directory of each set is watched as well */

/* Begins to watch the store of the context, which stays the watch's whatever nsmgr_set_root() does later. It need not exist, and
 * may go and come again, mounted over its directory or not. Works as any user who may read the directories. Takes an inotify(7)
 * instance, and a descriptor for each set with a living pid namespace. -EINVAL (an unknown flag, or the store is /),
 * -EPERM (somebody else could change the store's path), -ENOTDIR, -ENAMETOOLONG; -EAGAIN: the directories that lead to the
 * store were others each time that they were looked at; -EMFILE, -ENOSPC: limits of inotify or of descriptors. */
int nsmgr_watch_new(struct nsmgr_ctx *ctx, unsigned flags, struct nsmgr_watch **ret_watch);
void nsmgr_watch_free(struct nsmgr_watch *watch); /* NULL is fine */

/* The watch's, for poll(2) and its like: readable when nsmgr_watch_next() has to be asked, until that gives 0. Nothing else may
 * be done with it. */
int nsmgr_watch_fd(const struct nsmgr_watch *watch);

/* 1 and an event, of which the names live until the next call; 0 when there is nothing now: it does not block. To be asked
 * until it gives 0, also before the first poll(2). After a failure the next call tries again. The errors of
 * nsmgr_watch_new(). */
int nsmgr_watch_next(struct nsmgr_watch *watch, struct nsmgr_event *ret_event);

#ifdef __cplusplus
}
#endif

#endif
