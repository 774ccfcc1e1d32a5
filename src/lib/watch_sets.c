/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/watch_sets.h"

#include "base/text.h"

/* ---- the table ---- */

/* Where a name is, or would be. */
static size_t place_of(const struct nsmgr_watch *watch, const char *name)
{
	size_t low = 0, high = watch->set_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(watch->sets[middle]->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct nsm_watched *nsm_watch_find(const struct nsmgr_watch *watch, const char *name)
{
	size_t place = place_of(watch, name);

	return place < watch->set_count && nsm_streq(watch->sets[place]->name, name) ? watch->sets[place] : NULL;
}

static int make_room(struct nsmgr_watch *watch)
{
	size_t size = watch->set_size ? watch->set_size * 2 : 64;
	struct nsm_watched **sets;

	if (watch->set_count < watch->set_size)
		return 0;
	sets = realloc(watch->sets, size * sizeof(*sets));
	if (!sets)
		return nsm_fail(watch->own, -ENOMEM, "watch", NSMGR_TYPE_NONE, watch->own->root);
	watch->sets = sets;
	watch->set_size = size;
	return 0;
}

/* There has to be room. */
static void insert(struct nsmgr_watch *watch, struct nsm_watched *set)
{
	size_t place = place_of(watch, set->name);

	memmove(&watch->sets[place + 1], &watch->sets[place], (watch->set_count - place) * sizeof(set));
	watch->sets[place] = set;
	watch->set_count++;
}

static void take_out(struct nsmgr_watch *watch, const struct nsm_watched *set)
{
	size_t place = place_of(watch, set->name);

	watch->set_count--;
	memmove(&watch->sets[place], &watch->sets[place + 1], (watch->set_count - place) * sizeof(set));
}

static void drop(struct nsmgr_watch *watch, struct nsm_watched *set)
{
	take_out(watch, set);
	nsm_watch_forget_init(watch, set);
	free(set);
}

void nsm_watch_free_sets(struct nsmgr_watch *watch)
{
	while (watch->set_count)
		drop(watch, watch->sets[watch->set_count - 1]);
	free(watch->sets);
}

bool nsm_watch_is_same(const struct nsm_watched *a, const struct nsm_watched *b)
{
	return a->ino == b->ino && a->created.tv_sec == b->created.tv_sec && a->created.tv_nsec == b->created.tv_nsec;
}

/* ---- one event ---- */

int nsm_watch_take_in(struct nsmgr_watch *watch, struct nsm_watched *look)
{
	enum nsmgr_event_kind kind = watch->present  ? NSMGR_EVENT_PRESENT :
				     look->attached ? NSMGR_EVENT_ATTACHED :
						      NSMGR_EVENT_CREATED;
	struct nsm_watched *set = malloc(sizeof(*set));
	int r = set ? make_room(watch) : nsm_fail(watch->own, -ENOMEM, "watch", NSMGR_TYPE_NONE, watch->own->root);

	if (r == 0)
		r = nsm_watch_news(watch, kind, look, NULL);
	if (r < 0) {
		nsm_watch_forget_init(watch, look);
		free(set);
		return r;
	}
	*set = *look;
	set->seen = true;
	insert(watch, set);
	return set->dead ? nsm_watch_news(watch, NSMGR_EVENT_DIED, set, NULL) : 0;
}

/* Events of it may have been lost. One that was told says nothing of what came later: better once too often. */
static bool may_be_relabelled(const struct nsmgr_watch *watch, const struct nsm_watched *set, const struct nsm_watched *look)
{
	const struct timespec *was = &set->labels_changed, *is = &look->labels_changed;

	return watch->labels && (watch->behind || watch->lost) && nsm_watch_is_same(set, look) &&
	       (set->relabelled || set->labels != look->labels || was->tv_sec != is->tv_sec || was->tv_nsec != is->tv_nsec);
}

int nsm_watch_renew(struct nsmgr_watch *watch, struct nsm_watched *set, struct nsm_watched *look)
{
	bool relabelled = may_be_relabelled(watch, set, look);
	bool died = look->dead && !(set->dead && nsm_watch_is_same(set, look));

	nsm_watch_forget_init(watch, set);
	*set = *look;
	set->seen = true;
	if (relabelled && nsm_watch_news(watch, NSMGR_EVENT_LABELLED, set, NULL) < 0)
		return -ENOMEM;
	return died ? nsm_watch_news(watch, NSMGR_EVENT_DIED, set, NULL) : 0;
}

int nsm_watch_remove(struct nsmgr_watch *watch, struct nsm_watched *set)
{
	int r = nsm_watch_news(watch, NSMGR_EVENT_REMOVED, set, NULL);

	if (r == 0)
		drop(watch, set);
	return r;
}

int nsm_watch_vanished(struct nsmgr_watch *watch, const char *name)
{
	struct nsm_watched *set = nsm_watch_find(watch, name);

	return set ? nsm_watch_remove(watch, set) : 0;
}

int nsm_watch_appeared(struct nsmgr_watch *watch, struct nsm_store *store, const char *name)
{
	struct nsm_watched *set = nsm_watch_find(watch, name), look;
	int r = nsm_watch_look(watch, store, name, &look);

	if (r < 0)
		return r;
	/* The listing had it before the event was read; or, taken away again, it is gone, which will be told. */
	if (set && (nsm_watch_is_same(set, &look) || !look.ino))
		return nsm_watch_renew(watch, set, &look);
	/* Something empty was there, made by hand, and replaced: rename(2). */
	if (set)
		r = nsm_watch_remove(watch, set);
	if (r < 0) {
		nsm_watch_forget_init(watch, &look);
		return r;
	}
	return nsm_watch_take_in(watch, &look);
}

int nsm_watch_move(struct nsmgr_watch *watch, struct nsm_watched *set, struct nsm_watched *look)
{
	char old_name[NSM_WATCH_NAME_SIZE];
	int r;

	nsm_copy(old_name, sizeof(old_name), set->name);
	r = nsm_watch_news(watch, NSMGR_EVENT_RENAMED, look, old_name);
	if (r < 0) {
		nsm_watch_forget_init(watch, look);
		return r;
	}
	take_out(watch, set);
	nsm_copy(set->name, sizeof(set->name), look->name);
	insert(watch, set);
	return nsm_watch_renew(watch, set, look);
}

int nsm_watch_renamed(struct nsmgr_watch *watch, struct nsm_store *store, const char *old_name, const char *new_name)
{
	struct nsm_watched *set = nsm_watch_find(watch, old_name), *other = nsm_watch_find(watch, new_name), look;
	int r;

	if (!set)
		return nsm_watch_appeared(watch, store, new_name);
	if (other && nsm_watch_is_same(set, other)) { /* a listing made meanwhile can have it under both names */
		r = nsm_watch_remove(watch, set);
		return r < 0 ? r : nsm_watch_appeared(watch, store, new_name);
	}
	r = nsm_watch_look(watch, store, new_name, &look);
	if (r < 0)
		return r;
	if (other) {
		/* Replaced, or exchanged, which looks the same: renameat2(2) with RENAME_EXCHANGE. */
		watch->stale = true;
		r = nsm_watch_remove(watch, other);
	}
	if (r < 0) {
		nsm_watch_forget_init(watch, &look);
		return r;
	}
	return nsm_watch_move(watch, set, &look);
}

int nsm_watch_labelled(struct nsmgr_watch *watch, int wd)
{
	for (size_t i = 0; i < watch->set_count; i++) {
		struct nsm_watched *set = watch->sets[i];

		if (set->wd != wd)
			continue;
		set->relabelled = true;
		return nsm_watch_news(watch, NSMGR_EVENT_LABELLED, set, NULL);
	}
	return 0;
}

int nsm_watch_ended(struct nsmgr_watch *watch, uint64_t serial)
{
	for (size_t i = 0; i < watch->set_count; i++) {
		struct nsm_watched *set = watch->sets[i];

		if (set->pidfd < 0 || set->serial != serial)
			continue;
		if (nsm_watch_news(watch, NSMGR_EVENT_DIED, set, NULL) < 0)
			return -ENOMEM;
		set->dead = true;
		nsm_watch_forget_init(watch, set);
		return 0;
	}
	return 0; /* its set was taken away */
}
