/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_WATCH_H
#define NSM_LIB_WATCH_H

#include "lib/store.h"

#define NSM_WATCH_NAME_SIZE 65
#define NSM_WATCH_ENDED 64 /* inits that ended, at a time; the others come next */

/* A set as it was when it was last looked at. Only its name is sure: what lies under a name can be another set by the time of
 * the look, and then an event that tells so is on its way. */
struct nsm_watched {
	char name[NSM_WATCH_NAME_SIZE];
	ino_t ino;		 /* of its directory; 0: it could not be looked at */
	struct timespec created; /* by its metadata: inode numbers are used again */
	unsigned types;
	bool attached;
	bool dead;
	bool seen;	 /* in the listing that is being made */
	pid_t init;
	int pidfd;	 /* of the init of its pid namespace, in the epoll under `serial` */
	uint64_t serial;
	ino_t labels; /* the file that they were in; 0: none */
	struct timespec labels_changed;
	bool relabelled; /* since then, which was told */
	int wd; /* of its directory, where labels are asked for; -1. It goes with the directory. */
};

/* What nsmgr_watch_next() has not given yet. */
struct nsm_news {
	enum nsmgr_event_kind kind;
	char name[NSM_WATCH_NAME_SIZE], old_name[NSM_WATCH_NAME_SIZE];
	unsigned types;
	pid_t init;
	struct timespec time;
};

struct nsmgr_watch {
	struct nsmgr_ctx *ctx; /* the caller's */
	struct nsmgr_ctx *own; /* with the store's path as it was at the beginning; what fails is handed on */
	int epoll, inotify, mounts;
	uint64_t serials;

	/* The way to the store: watch_way.c */
	int *ancestors; /* watch descriptors of the directories above it */
	size_t ancestor_count;
	int root; /* that of the store's directory; -1: there is none */
	char *anchor; /* the store's path, or the part of it that exists */
	dev_t anchor_dev;
	ino_t anchor_ino;
	const char *awaited; /* the component behind it, within own->root */
	bool lost; /* it has to be found anew */

	/* Its sets, sorted by name: watch_sets.c */
	struct nsm_watched **sets;
	size_t set_count, set_size;
	bool labels; /* they are asked for */
	bool silent; /* what is there now is not told */
	bool present; /* it is told as what was there before */
	bool stale; /* they have to be listed anew when all is read */
	bool behind; /* events were lost: the same, as soon as nothing is to be discarded */

	/* What was read: watch_read.c */
	size_t discard; /* bytes that a listing to come makes idle */
	char moved[NSM_WATCH_NAME_SIZE]; /* the first half of a rename, or "" */
	uint32_t cookie;

	/* What is to be told: watch_news.c */
	struct nsm_news *news;
	size_t news_first, news_count, news_size;
	struct nsm_news told;
};

/* Whether a failure is for lack of memory, descriptors or watches, and not of the set's that was looked at. */
bool nsm_watch_is_shortage(int r);

/* ---- watch_news.c ---- */

/* The next event in line, or false. It lives until the next call. */
bool nsm_watch_tell(struct nsmgr_watch *watch, const struct nsm_news **ret);

/* Lines one up; `set` is that under its new name, or as it was. */
int nsm_watch_news(struct nsmgr_watch *watch, enum nsmgr_event_kind kind, const struct nsm_watched *set, const char *old_name);

/* ---- watch_sets.c: each tells what it changes ---- */

int nsm_watch_appeared(struct nsmgr_watch *watch, struct nsm_store *store, const char *name);
int nsm_watch_vanished(struct nsmgr_watch *watch, const char *name);
int nsm_watch_renamed(struct nsmgr_watch *watch, struct nsm_store *store, const char *old_name, const char *new_name);

/* Something was changed in the directory that inotify knows by that number. */
int nsm_watch_labelled(struct nsmgr_watch *watch, int wd);

/* The init that the epoll knows by that number has ended. */
int nsm_watch_ended(struct nsmgr_watch *watch, uint64_t serial);

void nsm_watch_free_sets(struct nsmgr_watch *watch);

/* ---- watch_list.c ---- */

/* Compares all with what is there, and tells the difference; `store` without a root is one that is not there. */
int nsm_watch_list(struct nsmgr_watch *watch, struct nsm_store *store);

/* ---- watch_look.c ---- */

/* Looks at what is under a name, and adds its init to the epoll. Of a set that cannot be looked at nothing is known, which is
 * no failure; -ENOMEM and its like are. */
int nsm_watch_look(struct nsmgr_watch *watch, struct nsm_store *store, const char *name, struct nsm_watched *ret);
void nsm_watch_forget_init(struct nsmgr_watch *watch, struct nsm_watched *set);

/* ---- watch_way.c ---- */

/* Records a failure of the watch as a whole, with the limit that it met. */
int nsm_watch_fail(struct nsmgr_watch *watch, int r);

/* Watches all that leads to the store, and gives the store, or one without a root where there is none. */
int nsm_watch_find_way(struct nsmgr_watch *watch, struct nsm_store *ret_store);

/* Whether something else is found now where the way led to: a mount covers it, or was taken away. */
bool nsm_watch_is_astray(const struct nsmgr_watch *watch);

/* An event of a directory on the way. */
struct inotify_event;
void nsm_watch_way_changed(struct nsmgr_watch *watch, const struct inotify_event *event);

/* Opens the store; without a root, and with `lost` set, if it is not the one that is watched. */
int nsm_watch_open_store(struct nsmgr_watch *watch, struct nsm_store *ret_store);

/* ---- watch_read.c ---- */

/* Reads what inotify has, and does as it says. 1: there may be more; 0: that was all at that moment. */
int nsm_watch_read(struct nsmgr_watch *watch);

#endif
