/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/verbs.h"

#include "base/fd.h"
#include "base/parse.h"
#include "cmd/nsid.h"
#include "cmd/view.h"

#include <stdio.h>

static const struct opt options[] = {
	VIEW_OPTIONS,
	COMMON_OPTIONS,
};

enum { NSID_NAME, NSID_NETNSID, NSID_COLUMN_COUNT };

static const struct column columns[NSID_COLUMN_COUNT] = {
	[NSID_NAME] = { "NAME", CELL_TEXT, "name of the set" },
	[NSID_NETNSID] = { "NETNSID", CELL_NUMBER, "id that our network namespace has given to its" },
};

static const size_t defaults[] = { NSID_NAME, NSID_NETNSID };

struct job {
	struct app *app;
	const char *name, *wanted; /* NULL: to be shown */
	int32_t id;		   /* of what is wanted */
	struct nsmgr_set *set;
	int netlink;
	struct view view;
};

static void free_job(struct job *job)
{
	nsm_close(&job->netlink);
	nsmgr_set_close(job->set);
	view_free(&job->view);
}

struct row {
	const char *name;
	const int32_t *id; /* NULL: it has none */
};

static void cell(const void *data, size_t column, struct nsm_text *text)
{
	const struct row *row = data;

	if (column == NSID_NAME)
		nsm_text_add(text, "%s", row->name);
	else if (row->id)
		nsm_text_add(text, "%ld", (long)*row->id);
}

static int print(struct job *job, const int32_t *id)
{
	struct row row = { job->name, id };
	int r;

	if (!view_is_table(&job->view)) {
		if (!id)
			return say_plain(job->app, "'%s' has no id in this network namespace (cure: nsmgr nsid %s auto)",
					 job->name, job->name);
		printf("%ld\n", (long)*id);
		return STATUS_DONE;
	}
	r = view_begin(&job->view);
	if (r == 0)
		r = view_add(&job->view, cell, &row);
	if (r == 0)
		r = view_print(&job->view);
	return r < 0 ? say_plain(job->app, "%s", strerror(-r)) : STATUS_DONE;
}

/* The set that has the id which was wanted, or NULL; its name is the list's. */
static const char *find_owner(struct job *job, struct nsmgr_list *list)
{
	const char *name;

	while (nsmgr_list_next(list, &name) == 0) {
		struct nsmgr_set *set;
		int32_t id;
		bool has;

		if (nsmgr_set_open(job->app->ctx, name, NSMGR_MASK(NSMGR_NET), 0, &set) < 0)
			continue;
		has = nsid_get(job->netlink, nsmgr_set_fd(set, NSMGR_NET), &id) == 0 && id == job->id;
		nsmgr_set_close(set);
		if (has)
			return name;
	}
	return NULL;
}

static int say_taken(struct job *job)
{
	struct nsmgr_list *list = NULL;
	const char *owner = NULL;
	int status;

	if (nsmgr_list_new(job->app->ctx, 0, &list) == 0)
		owner = find_owner(job, list);
	if (owner)
		status = say_plain(job->app, "'%s': id %ld is taken by '%s'", job->name, (long)job->id, owner);
	else
		status = say_plain(job->app, "'%s': id %ld is taken by another network namespace", job->name, (long)job->id);
	nsmgr_list_free(list);
	return status;
}

static int say_error(const struct job *job, int r)
{
	if (r == -EPERM)
		return say_plain(job->app, "'%s': needs CAP_NET_ADMIN over the present network namespace", job->name);
	return say_plain(job->app, "'%s': netlink: %s", job->name, strerror(-r));
}

/* It has an id, which nothing takes from it any more. */
static int accept(struct job *job, int32_t id)
{
	if (job->wanted && job->id != NSID_AUTO && job->id != id)
		return say_plain(job->app, "'%s' has the id %ld already, and keeps it as long as it lives", job->name, (long)id);
	return job->wanted && job->id != NSID_AUTO ? STATUS_DONE : print(job, &id);
}

static int give(struct job *job, int ns)
{
	int r = nsid_set(job->netlink, ns, job->id);
	bool taken = r == -EEXIST;
	int32_t id;

	if (r < 0 && !taken)
		return say_error(job, r);
	/* The kernel says the same where somebody was faster to give it one. */
	r = nsid_get(job->netlink, ns, &id);
	if (r == 0)
		return accept(job, id);
	return taken && r == -ENOENT ? say_taken(job) : say_error(job, r);
}

static int act(struct job *job)
{
	int32_t id;
	int ns, r;

	if (nsmgr_set_open(job->app->ctx, job->name, NSMGR_MASK(NSMGR_NET), 0, &job->set) < 0)
		return say_failure(job->app, job->name);
	ns = nsmgr_set_fd(job->set, NSMGR_NET);
	job->netlink = nsid_open();
	r = job->netlink < 0 ? job->netlink : nsid_get(job->netlink, ns, &id);
	if (r == 0)
		return accept(job, id);
	if (r != -ENOENT)
		return say_error(job, r);
	return job->wanted ? give(job, ns) : print(job, NULL);
}

static int check(struct job *job)
{
	int status = view_choose(job->app, &job->view);
	uint32_t id = 0;

	if (status != STATUS_DONE)
		return status;
	if (job->view.list_columns)
		return view_list_columns(&job->view);
	if (!job->name)
		return say_usage(job->app, "a NAME is missing");
	job->app->doing = job->wanted ? "give an id to" : "tell the id of";
	if (nsmgr_check_name(job->app->ctx, job->name) < 0)
		return say_refusal(job->app, job->name);
	job->id = NSID_AUTO;
	if (job->wanted && !nsm_streq(job->wanted, "auto")) {
		if (nsm_parse_u32(job->wanted, &id) < 0 || id > INT32_MAX)
			return say_usage(job->app, "'%s' is neither an id from 0 to %ld nor auto", job->wanted, (long)INT32_MAX);
		job->id = (int32_t)id;
	}
	if (job->id != NSID_AUTO && view_is_table(&job->view))
		return say_usage(job->app, "nothing is printed where an id is given");
	return act(job);
}

static int run(struct app *app, int argc, char **argv)
{
	nsm_cleanup(free_job) struct job job = {
		.app = app, .netlink = -EBADF,
		.view = { .columns = columns, .count = NSID_COLUMN_COUNT, .defaults = defaults,
			  .default_count = NSM_ARRAY_SIZE(defaults), .style.name = "nsid" },
	};
	struct parser parser = { .app = app, .argc = argc, .argv = argv };
	const char *value;
	int id, status;

	while ((id = opt_next(&parser, &value)) != OPT_END) {
		if (id == OPT_OPERAND && !job.name)
			job.name = value;
		else if (id == OPT_OPERAND && !job.wanted)
			job.wanted = value;
		else if (id == OPT_OPERAND)
			return say_usage(app, "too many operands: '%s'", value);
		else if (id >= OPT_VIEW)
			view_apply(&job.view, id, value);
		else if (opt_common(app, id, &status))
			return status;
	}
	return check(&job);
}

const struct verb verb_nsid = {
	.name = "nsid",
	.synopsis = "NAME [ID|auto] [OPTIONS]",
	.summary = "show or set the id of a set's network namespace",
	.opts = options,
	.run = run,
};
