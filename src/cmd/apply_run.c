/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/apply.h"

static void set_reason(struct wanted *wanted, const char *text)
{
	/* What is shown is cut where it is too long. */
	nsm_copy(wanted->reason, sizeof(wanted->reason), text);
}

static void fail(struct wanted *wanted, const char *why)
{
	wanted->action = APPLY_FAIL;
	set_reason(wanted, why);
}

/* What the library refused, said on standard error as well. */
static void fail_at(struct apply *apply, struct wanted *wanted, const char *doing)
{
	apply->app->doing = doing;
	say_failure(apply->app, wanted->name);
	apply->app->doing = NULL;
	fail(wanted, nsmgr_get_failure(apply->app->ctx)->text);
}

/* ---- one set ---- */

static int begin(struct apply *apply, struct wanted *wanted, struct recipe *recipe)
{
	const struct told_list *told = &wanted->profile.told;
	int status = recipe_begin(recipe, apply->app);

	recipe->applied = wanted->name;
	for (size_t i = 0; status == STATUS_DONE && i < told->count; i++)
		if (!told_add(&recipe->told, &told->array[i]))
			status = say_plain(apply->app, "out of memory");
	return status;
}

static void make(struct apply *apply, struct wanted *wanted, struct recipe *recipe)
{
	if (apply->dry_run)
		return;
	recipe_hold(recipe);
	/* Another one that applies the same profile may have been faster. */
	if (nsmgr_create(apply->app->ctx, wanted->name, recipe->config, NSMGR_CREATE_EXIST_OK) < 0)
		fail_at(apply, wanted, "create");
	recipe_settle(recipe);
}

/* Who lives in a pid namespace of another set is not ended: the library refuses to be told so. */
static unsigned removal_flags(const struct apply *apply, const char *name)
{
	struct nsmgr_handle handles[NSMGR_TYPE_COUNT];
	struct nsmgr_list *list;
	unsigned flags = NSMGR_REMOVE_MISSING | (apply->kill ? NSMGR_REMOVE_KILL : 0);
	int count;

	if (!apply->kill || nsmgr_list_new(apply->app->ctx, 0, &list) < 0)
		return flags;
	count = nsmgr_list_handles(list, name, handles);
	for (int i = 0; i < count; i++)
		if (handles[i].type == NSMGR_PID && handles[i].origin == NSMGR_PINNED)
			flags &= ~(unsigned)NSMGR_REMOVE_KILL;
	nsmgr_list_free(list);
	return flags;
}

static void remake(struct apply *apply, struct wanted *wanted, struct recipe *recipe)
{
	wanted->action = APPLY_RECREATE;
	if (!apply->dry_run && nsmgr_remove(apply->app->ctx, wanted->name, removal_flags(apply, wanted->name), NULL) < 0)
		fail_at(apply, wanted, "remove");
	else
		make(apply, wanted, recipe);
}

static bool is_stale(const struct facts *facts)
{
	for (int i = 0; i < facts->count; i++)
		if (facts->handles[i].state != NSMGR_STALE)
			return false;
	return facts->count > 0;
}

static void settle(struct apply *apply, struct wanted *wanted, struct recipe *recipe)
{
	nsm_cleanup(facts_free) struct facts facts = { 0 };
	struct nsm_text reason = NSM_TEXT(wanted->reason);

	if (facts_gather(apply->app, wanted->name, false, &facts) != STATUS_DONE) {
		fail(wanted, "it cannot be looked at");
		return;
	}
	/* What an older boot left is no set any more: create clears it away. */
	if (is_stale(&facts) && !apply->dry_run) {
		int r;

		recipe_hold(recipe);
		r = nsmgr_create(apply->app->ctx, wanted->name, recipe->config, 0);
		recipe_settle(recipe);
		if (r == 0) {
			wanted->action = APPLY_CREATE;
			return;
		}
	}
	wanted->reason[0] = '\0';
	apply_compare(recipe, &facts, &reason);
	wanted->action = reason.len ? APPLY_DIFFER : APPLY_MATCH;
	if (wanted->action == APPLY_DIFFER && apply->recreate)
		remake(apply, wanted, recipe);
}

/* 1: there is a set of that name; 0: none; -errno. */
static int exists(struct apply *apply, const char *name)
{
	struct nsmgr_handle handles[NSMGR_TYPE_COUNT];
	struct nsmgr_list *list;
	int r = nsmgr_list_new(apply->app->ctx, 0, &list);

	if (r < 0)
		return r;
	r = nsmgr_list_handles(list, name, handles);
	nsmgr_list_free(list);
	return r >= 0 ? 1 : r == -ENOENT ? 0 : r;
}

/* What it takes a namespace from is only planned: nothing of it can be opened. */
static void plan(struct apply *apply, struct wanted *wanted, const struct wanted *from, int there)
{
	struct nsm_text reason = NSM_TEXT(wanted->reason);

	nsm_text_add(&reason, "'%s', from which it has a namespace, is made %s", from->name,
		     from->action == APPLY_CREATE ? "first" : "anew");
	wanted->action = !there ? APPLY_CREATE : apply->recreate ? APPLY_RECREATE : APPLY_DIFFER;
}

static void do_one(struct apply *apply, struct wanted *wanted, const struct wanted *planned)
{
	nsm_cleanup(recipe_free) struct recipe recipe = { 0 };
	int there = exists(apply, wanted->name);

	wanted->action = APPLY_CREATE;
	if (there < 0)
		fail_at(apply, wanted, "apply");
	else if (planned && apply->dry_run)
		plan(apply, wanted, planned, there);
	else if (begin(apply, wanted, &recipe) != STATUS_DONE || recipe_check(&recipe, wanted->name) != STATUS_DONE)
		fail(wanted, "its profile is refused");
	else if (!there)
		make(apply, wanted, &recipe);
	else
		settle(apply, wanted, &recipe);
}

/* ---- all of them, those first from which others take a namespace ---- */

static struct wanted *source_of(const struct apply *apply, const struct told *told)
{
	if (told->id == CREATE_BASE)
		return wanted_named(&apply->wanted, told->value);
	return told->id < NSMGR_TYPE_COUNT && told->value && told->value[0] == '@'
		       ? wanted_named(&apply->wanted, told->value + 1)
		       : NULL;
}

/* Sees to those. *ret_planned becomes one of them that is to be made. false: they go in a circle. */
static bool visit_sources(struct apply *apply, struct wanted *wanted, const struct wanted **ret_planned)
{
	const struct told_list *told = &wanted->profile.told;

	for (size_t i = 0; i < told->count; i++) {
		struct wanted *source = source_of(apply, &told->array[i]);

		if (!source || source->masked)
			continue;
		if (source->state == WANTED_VISITED)
			return false;
		apply_visit(apply, source);
		if (source->action == APPLY_CREATE || source->action == APPLY_RECREATE)
			*ret_planned = source;
	}
	return true;
}

static bool read_profile(struct apply *apply, struct wanted *wanted)
{
	for (size_t i = 0; i < wanted->files.count; i++)
		if (profile_read(apply->app, wanted->files.array[i], true, &wanted->profile) != STATUS_DONE)
			return false;
	return true;
}

void apply_visit(struct apply *apply, struct wanted *wanted)
{
	const struct wanted *planned = NULL;

	if (wanted->state == WANTED_DONE)
		return;
	wanted->state = WANTED_VISITED;
	if (nsmgr_check_name(apply->app->ctx, wanted->name) < 0) {
		fail_at(apply, wanted, "apply");
	} else if (!read_profile(apply, wanted)) {
		fail(wanted, "its profile is refused");
	} else if (!visit_sources(apply, wanted, &planned)) {
		fail(wanted, "it takes a namespace from a set that takes one from it");
		say_plain(apply->app, "'%s': %s", wanted->name, wanted->reason);
	} else {
		do_one(apply, wanted, planned);
	}
	wanted->state = WANTED_DONE;
	apply_tell(apply, wanted);
}

/* ---- those whose profile is gone ---- */

/* Whether apply has made it under that very name: one that somebody has renamed is kept. 1, 0, or why that is unknown. */
static int was_applied(const struct apply *apply, const char *name)
{
	nsm_autofree char *text = NULL;
	const char *as;
	size_t len = strlen(name);
	int r = nsmgr_set_profile(apply->app->ctx, name, &text);

	/* Made without a profile; or gone meanwhile. */
	if (r == -ENODATA || r == -ENOENT || r == -ENOTDIR)
		return 0;
	if (r < 0)
		return r;
	as = nsm_after(text, RECIPE_APPLIED);
	return as && strncmp(as, name, len) == 0 && as[len] == '\n';
}

static bool is_chosen(const struct apply *apply, const char *name)
{
	for (size_t i = 0; i < apply->names.count; i++)
		if (nsm_streq(apply->names.array[i], name))
			return true;
	return !apply->names.count;
}

static void prune_one(struct apply *apply, char *name)
{
	const struct wanted *profile = wanted_named(&apply->wanted, name);
	struct wanted gone = { .name = name, .action = APPLY_REMOVE };
	int applied;

	if ((profile && !profile->masked) || !is_chosen(apply, name))
		return;
	applied = was_applied(apply, name);
	if (applied == 0)
		return;
	if (applied < 0)
		fail_at(apply, &gone, "apply");
	else if (!apply->dry_run && nsmgr_remove(apply->app->ctx, name, removal_flags(apply, name), NULL) < 0)
		fail_at(apply, &gone, "remove");
	apply_tell(apply, &gone);
}

int apply_prune(struct apply *apply)
{
	struct nsmgr_list *list;
	const char *name;

	if (nsmgr_list_new(apply->app->ctx, 0, &list) < 0)
		return say_failure(apply->app, NULL);
	while (nsmgr_list_next(list, &name) == 0) {
		char *copy = strdup(name);

		if (copy)
			prune_one(apply, copy);
		apply->failed |= !copy;
		free(copy);
	}
	nsmgr_list_free(list);
	return STATUS_DONE;
}
