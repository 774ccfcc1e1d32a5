/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/watch_sets.h"

#include "lib/list.h"

/* A name under which another set is found than before, or the first. */
struct arrival {
	struct nsm_watched look;
	struct nsm_watched *from; /* the same set, under the name that it had */
	bool done;
};

struct arrivals {
	struct arrival *array;
	size_t count;
};

static int look_at(struct nsmgr_watch *watch, struct nsm_store *store, const char *name, struct arrivals *arrivals)
{
	struct nsm_watched *set = nsm_watch_find(watch, name), look;
	int r = nsm_watch_look(watch, store, name, &look);

	if (r < 0)
		return r;
	if (set && nsm_watch_is_same(set, &look))
		return nsm_watch_renew(watch, set, &look);
	arrivals->array[arrivals->count++].look = look;
	return 0;
}

static int look_at_all(struct nsmgr_watch *watch, struct nsm_store *store, struct arrivals *arrivals)
{
	nsm_autofree char **names = NULL;
	size_t count = 0;
	int r = store->root < 0 ? 0 : nsm_list_read(store->root, false, &names, &count);

	if (r == 0) {
		arrivals->array = calloc(count + 1, sizeof(*arrivals->array));
		r = arrivals->array ? 0 : -ENOMEM;
	}
	if (r < 0)
		return nsm_fail(watch->own, r, "list", NSMGR_TYPE_NONE, watch->own->root);
	for (size_t i = 0; r == 0 && i < count; i++)
		r = look_at(watch, store, names[i], arrivals);
	return r;
}

/* Where a set that lost its name went to: a name that nothing else had. */
static struct arrival *find_again(const struct nsmgr_watch *watch, const struct arrivals *arrivals, const struct nsm_watched *set)
{
	for (size_t i = 0; set->ino && i < arrivals->count; i++) {
		struct arrival *arrival = &arrivals->array[i];

		if (!arrival->from && nsm_watch_is_same(&arrival->look, set) && !nsm_watch_find(watch, arrival->look.name))
			return arrival;
	}
	return NULL;
}

/* Those go first whose names others may have now. */
static int let_go(struct nsmgr_watch *watch, const struct arrivals *arrivals)
{
	int r = 0;

	for (size_t i = watch->set_count; r == 0 && i-- > 0;) {
		struct nsm_watched *set = watch->sets[i];
		struct arrival *arrival = set->seen ? NULL : find_again(watch, arrivals, set);

		if (arrival)
			arrival->from = set;
		else if (!set->seen)
			r = nsm_watch_remove(watch, set);
	}
	return r;
}

static int take_in(struct nsmgr_watch *watch, struct arrivals *arrivals, bool renamed)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < arrivals->count; i++) {
		struct arrival *arrival = &arrivals->array[i];

		if ((arrival->from != NULL) != renamed)
			continue;
		arrival->done = true;
		r = renamed ? nsm_watch_move(watch, arrival->from, &arrival->look) :
			      nsm_watch_take_in(watch, &arrival->look);
	}
	return r;
}

int nsm_watch_list(struct nsmgr_watch *watch, struct nsm_store *store)
{
	struct arrivals arrivals = { 0 };
	int r;

	for (size_t i = 0; i < watch->set_count; i++)
		watch->sets[i]->seen = false;
	r = look_at_all(watch, store, &arrivals);
	if (r == 0)
		r = let_go(watch, &arrivals);
	if (r == 0)
		r = take_in(watch, &arrivals, true);
	if (r == 0)
		r = take_in(watch, &arrivals, false);
	for (size_t i = 0; i < arrivals.count; i++)
		if (!arrivals.array[i].done)
			nsm_watch_forget_init(watch, &arrivals.array[i].look);
	free(arrivals.array);
	return r;
}
