/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/facts.h"

#include "cmd/relatives.h"
#include "cmd/select.h"

void facts_free(struct facts *facts)
{
	nsmgr_labels_free(facts->labels);
	free(facts->profile);
	inside_free(&facts->inside);
	free(facts->processes);
}

void facts_add_unseen(struct facts *facts, const char *what, const char *why)
{
	struct unseen *unseen = &facts->unseen[facts->unseen_count];

	if (facts->unseen_count == FACTS_UNSEEN)
		return;
	unseen->what = what;
	nsm_copy(unseen->why, sizeof(unseen->why), why);
	facts->unseen_count++;
}

/* With what the child said, or the context has recorded. */
void facts_add_failure(struct facts *facts, const char *what)
{
	const struct nsmgr_failure *failure = nsmgr_get_failure(facts->app->ctx);
	char why[256];
	struct nsm_text text = NSM_TEXT(why);

	if (facts->inside->error) {
		facts_add_unseen(facts, what, strerror(facts->inside->error));
		return;
	}
	nsm_text_add(&text, "%s", failure->text);
	if (*failure->hint)
		nsm_text_add(&text, " (%s)", failure->hint);
	facts_add_unseen(facts, what, why);
}

static void add_state(struct facts *facts, const char *what, const struct nsmgr_handle *handle)
{
	char why[64];
	struct nsm_text text = NSM_TEXT(why);

	nsm_text_add(&text, "its handle is %s", nsmgr_state_name(handle->state));
	facts_add_unseen(facts, what, why);
}

static const struct nsmgr_handle *handle_of(const struct facts *facts, enum nsmgr_type type)
{
	for (int i = 0; i < facts->count; i++)
		if (facts->handles[i].type == type)
			return &facts->handles[i];
	return NULL;
}

bool facts_is_live(const struct facts *facts, enum nsmgr_type type)
{
	const struct nsmgr_handle *handle = handle_of(facts, type);

	return handle && handle->state == NSMGR_LIVE;
}

/* ---- who is inside ---- */

static void find_keeper(struct facts *facts)
{
	const struct nsmgr_handle *pid = handle_of(facts, NSMGR_PID);

	if (!pid || pid->origin != NSMGR_MADE)
		return;
	facts->keeper = pid->keeper;
	if (pid->keeper)
		facts->keeper_state = KEEPER_ALIVE;
	else if (pid->state == NSMGR_DEAD)
		facts->keeper_state = KEEPER_DEAD;
	else
		facts->keeper_state = KEEPER_UNKNOWN;
	if (facts->keeper_state == KEEPER_UNKNOWN)
		facts_add_unseen(facts, "keeper", "its pid namespace cannot be looked into from here");
}

static void find_helper(struct facts *facts)
{
	int r = nsmgr_helper_get(facts->app->ctx, facts->name, &facts->helper);

	facts->has_helper = r == 0;
	if (r < 0)
		facts_add_failure(facts, "helper");
}

/* A process is looked for in few of the namespaces, but can be in any of them. */
static unsigned types_among(const struct facts *facts, const struct member *member)
{
	unsigned types = 0;

	for (int i = 0; i < facts->count; i++) {
		const struct nsmgr_handle *handle = &facts->handles[i];

		if (handle->state == NSMGR_LIVE && handle->ino && member->ns[handle->type] == handle->ino)
			types |= NSMGR_MASK(handle->type);
	}
	return types;
}

static int add_process(void *data, const struct member *member)
{
	struct facts *facts = data;
	struct fact_process *process;

	if (member->keeper)
		return 0;
	if (facts->process_count == facts->process_size) {
		size_t size = facts->process_size ? facts->process_size * 2 : 32;
		struct fact_process *processes = realloc(facts->processes, size * sizeof(*processes));

		if (!processes)
			return -ENOMEM;
		facts->processes = processes;
		facts->process_size = size;
	}
	process = &facts->processes[facts->process_count++];
	process->pid = member->process->pid;
	process->tid = member->tid;
	process->types = member->types | types_among(facts, member);
	process->uid = member->details.uid;
	nsm_copy(process->command, sizeof(process->command), member->details.command);
	return 0;
}

static void find_processes(struct facts *facts)
{
	nsm_cleanup(targets_free) struct targets targets = { 0 };
	struct members members = { .targets = &targets, .found = add_process, .data = facts };
	char why[96];
	struct nsm_text text = NSM_TEXT(why);
	int r;

	targets_of_handles(facts->app, facts->name, facts->handles, facts->count, &targets);
	if (!targets.types && !*targets.cgroup) {
		facts_add_unseen(facts, "processes", "none of its namespaces can be looked for from here");
		return;
	}
	r = members_walk(&members);
	if (r < 0) {
		facts_add_unseen(facts, "processes", strerror(-r));
		return;
	}
	facts->has_processes = true;
	if (members.hidden) {
		nsm_text_add(&text, "%zu could not be looked into, %s", members.hidden, hidden_text(members.why));
		facts_add_unseen(facts, "processes", why);
	}
}

/* ---- what is inside ---- */

/* By a child that goes there; else by the keeper, of which everybody may see as much. */
static void look_into(struct facts *facts, enum nsmgr_type type, const char *what)
{
	const struct nsmgr_handle *handle = handle_of(facts, type);
	int r;

	if (!handle)
		return;
	if (handle->state != NSMGR_LIVE) {
		add_state(facts, what, handle);
		return;
	}
	r = look_inside(facts->app->ctx, facts->name, type, facts_is_live(facts, NSMGR_USER), facts->inside);
	if (r < 0 && facts->keeper && handle->origin == NSMGR_MADE && (type == NSMGR_USER || type == NSMGR_TIME))
		r = look_at_process(facts->keeper, type, facts->inside);
	if (r == 0)
		facts->seen |= NSMGR_MASK(type);
	else
		facts_add_failure(facts, what);
	if (r == 0 && facts->inside->cut && type == NSMGR_NET)
		facts_add_unseen(facts, what, "there are more than are shown");
}

static void look_around(struct facts *facts, bool whole)
{
	const struct nsmgr_handle *cgroup = handle_of(facts, NSMGR_CGROUP);

	look_into(facts, NSMGR_UTS, "host name");
	look_into(facts, NSMGR_TIME, "clocks");
	look_into(facts, NSMGR_USER, "id maps");
	look_into(facts, NSMGR_NET, "devices");
	look_into(facts, NSMGR_MNT, "mounts");
	if (!whole)
		return;
	if (facts_is_live(facts, NSMGR_CGROUP))
		facts_find_cgroup(facts);
	else if (cgroup)
		add_state(facts, "cgroup", cgroup);
}

/* Each step opens the set by its name, so all is of one set only if the name led to the same handles before and after.
 * STATUS_DONE, or what was said. */
static int compare(const struct facts *facts, bool *ret_same)
{
	struct nsmgr_handle handles[NSMGR_TYPE_COUNT];
	int count = 0, status = select_set(facts->app, facts->name, handles, &count);

	*ret_same = status == STATUS_DONE && count == facts->count;
	for (int i = 0; *ret_same && i < count; i++) {
		const struct nsmgr_handle *was = &facts->handles[i], *is = &handles[i];

		*ret_same = was->type == is->type && was->ino == is->ino && was->dev == is->dev && was->id == is->id &&
			    was->created.tv_sec == is->created.tv_sec && was->created.tv_nsec == is->created.tv_nsec;
	}
	return status;
}

static int gather(struct app *app, const char *name, bool whole, struct facts *facts)
{
	int r, status = select_set(app, name, facts->handles, &facts->count);

	if (status != STATUS_DONE)
		return status;
	facts->app = app;
	facts->name = name;
	r = inside_new(&facts->inside);
	if (r < 0)
		return say_plain(app, "'%s': %s", name, strerror(-r));
	if (nsmgr_labels_new(app->ctx, name, &facts->labels) < 0)
		facts_add_failure(facts, "labels");
	if (nsmgr_set_profile(app->ctx, name, &facts->profile) < 0 && nsmgr_get_failure(app->ctx)->error != ENODATA)
		facts_add_failure(facts, "profile");
	for (int i = 0; i < facts->count; i++)
		if (facts->handles[i].ino && facts->handles[i].state != NSMGR_ELSEWHERE)
			facts->parents[i] = handle_parent(nsmgr_get_root(app->ctx), name, &facts->handles[i]);
	find_keeper(facts);
	find_helper(facts);
	if (facts_find_own_cgroup(facts) < 0)
		facts_add_failure(facts, "cgroup of the set");
	if (facts->own_cgroup != NSMGR_ORIGIN_UNKNOWN && facts->own_gone)
		facts_add_unseen(facts, "cgroup of the set", "it is gone, or not below the root of our cgroup namespace");
	if (whole)
		find_processes(facts);
	look_around(facts, whole);
	return STATUS_DONE;
}

int facts_gather(struct app *app, const char *name, bool whole, struct facts *ret)
{
	for (int tries = 0; tries < 8; tries++) {
		bool same = false;
		int status = gather(app, name, whole, ret);

		if (status == STATUS_DONE)
			status = compare(ret, &same);
		if (status != STATUS_DONE || same)
			return status;
		facts_free(ret);
		*ret = (struct facts){ 0 };
	}
	return say_plain(app, "'%s' became another set each time that it was looked at", name);
}
