/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/verbs.h"

#include "cmd/filter.h"
#include "cmd/ls_ahead.h"
#include "cmd/ls_columns.h"
#include "cmd/ls_tree.h"
#include "cmd/select.h"

enum { OPT_QUIET, OPT_TYPES, OPT_FILTER, OPT_OUTPUT_ALL, OPT_TREE };

static const struct opt options[] = {
	{ "quiet", 'q', NULL, OPT_QUIET, "names only" },
	{ "types", 't', "LIST", OPT_TYPES, "only these types" },
	{ "filter", 'f', "COLUMN=GLOB[,...]...", OPT_FILTER, "only where the cell, or label:KEY, matches; != for not" },
	{ "tree", 0, "[=HOW]", OPT_TREE, "as a tree: below the set, the owner or the parent (set, owner, parent)" },
	VIEW_OPTIONS,
	{ "output-all", 0, NULL, OPT_OUTPUT_ALL, "all columns" },
	COMMON_OPTIONS,
};

struct job {
	struct app *app;
	struct selection selection;
	struct ls_ahead *ahead;
	struct ls_sources sources;
	struct filters filters;
	struct view view;
	struct ls_tree tree;
	bool quiet, complete; /* each set was looked at */
	unsigned types;
};

static void free_job(struct job *job)
{
	ls_ahead_end(job->ahead);
	selection_free(&job->selection);
	ls_sources_free(&job->sources);
	ls_tree_free(&job->tree);
	view_free(&job->view);
}

static int say_error(struct job *job, int r, const char *what)
{
	return say_plain(job->app, "%s: %s", what, strerror(-r));
}

/* The rows of one set. A set that cannot be read is said, and the others still listed. */
static int add_set(struct job *job, const char *name, int *status)
{
	struct nsmgr_handle handles[NSMGR_TYPE_COUNT];
	int count = ls_ahead_handles(job->ahead, job->selection.list, name, handles), r = 0;

	if (count < 0 && count != -ENOENT)
		*status = say_failure(job->app, name);
	for (int i = 0; r == 0 && i < count; i++) {
		const struct ls_row row = { .sources = &job->sources, .name = name, .handle = &handles[i] };
		bool chosen = (job->types & NSMGR_MASK(handles[i].type)) && filters_pass(&job->filters, ls_cell, &row);

		if (job->tree.kind != LS_TREE_NONE) {
			r = ls_tree_add(&job->tree, name, &handles[i], chosen);
			continue;
		}
		if (!chosen)
			continue;
		if (!job->quiet) {
			r = view_add(&job->view, ls_cell, &row);
			continue;
		}
		print_name(name);
		break;
	}
	return r;
}

static bool needs(void *data, size_t column)
{
	const struct job *job = data;

	return (!job->quiet && view_has(&job->view, column)) || filters_have(&job->filters, column);
}

static int list_table(struct job *job)
{
	int status = STATUS_DONE;
	const char *name;
	int r = job->quiet ? 0 : view_begin(&job->view);

	if (r == 0)
		r = ls_sources_open(&job->sources, needs, job);
	if (r < 0)
		return say_error(job, r, "cannot read what the columns need");
	if (r == 0 && job->selection.patterns.count == 0)
		job->ahead = ls_ahead_begin(job->app->ctx, job->selection.list, job->selection.list_flags);
	while (r == 0 && selection_next(&job->selection, &name))
		r = add_set(job, name, &status);
	job->complete = r == 0;
	if (r == 0 && job->tree.kind != LS_TREE_NONE)
		r = ls_tree_show(&job->tree, &job->view);
	if (r == 0 && !job->quiet)
		r = view_print(&job->view);
	if (r == 0 && job->sources.unread)
		status = STATUS_FAILED;
	return r < 0 ? say_error(job, r, "cannot make the table") : status;
}

static int list_names(struct job *job)
{
	const char *name;

	while (selection_next(&job->selection, &name))
		print_name(name);
	job->complete = true;
	return STATUS_DONE;
}

static int act(struct job *job)
{
	int missing, status = view_choose(job->app, &job->view);

	if (status != STATUS_DONE)
		return status;
	if (job->view.list_columns)
		return view_list_columns(&job->view);
	if (job->view.style.json && job->quiet)
		return say_usage(job->app, "--json does not go with --quiet");
	if (job->tree.kind != LS_TREE_NONE && (job->quiet || job->view.style.raw))
		return say_usage(job->app, "--tree goes with neither --quiet nor --raw");
	job->tree.sources = &job->sources;
	job->sources.app = job->app;
	job->sources.root = nsmgr_get_root(job->app->ctx);
	if (needs(job, LS_OWNER))
		job->selection.list_flags = NSMGR_LIST_OWNERS;
	status = selection_begin(&job->selection);
	if (status != STATUS_DONE)
		return status;
	job->sources.list = job->selection.list;
	status = job->quiet && !job->filters.count ? list_names(job) : list_table(job);
	missing = job->complete ? selection_end(&job->selection) : STATUS_DONE;
	return status != STATUS_DONE ? status : missing;
}

static int apply(struct job *job, int id, const char *value)
{
	switch (id) {
	case OPT_QUIET:
		job->quiet = true;
		break;
	case OPT_TYPES:
		return parse_types(job->app, value, &job->types) ? STATUS_DONE : STATUS_USAGE;
	case OPT_FILTER:
		return filters_add(job->app, &job->filters, &job->view, value);
	case OPT_TREE:
		job->tree.kind = ls_tree_kind_of(value);
		job->view.style.tree = true;
		if (job->tree.kind == LS_TREE_NONE)
			return say_usage(job->app, "--tree: '%s' is none of set, owner and parent", value);
		break;
	case OPT_OUTPUT_ALL:
		job->view.output_all = true;
		break;
	default:
		view_apply(&job->view, id, value);
		break;
	}
	return STATUS_DONE;
}

static int run(struct app *app, int argc, char **argv)
{
	nsm_cleanup(free_job) struct job job = {
		.app = app,
		.selection.app = app,
		.sources.netlink = -EBADF,
		.types = NSMGR_MASK_ALL,
		.filters.label = ls_label,
		.view = { .columns = ls_columns, .count = LS_COLUMN_COUNT, .defaults = ls_default_columns,
			  .default_count = LS_DEFAULT_COUNT, .style.name = "handles" },
	};
	struct parser parser = { .app = app, .argc = argc, .argv = argv };
	const char *value;
	int id, status = STATUS_DONE;

	while ((id = opt_next(&parser, &value)) != OPT_END) {
		if (id == OPT_OPERAND) {
			if (!add_name(&job.selection.patterns, value))
				return say_plain(app, "out of memory");
		} else if (id >= 0) {
			status = apply(&job, id, value);
		} else if (opt_common(app, id, &status)) {
			return status;
		}
		if (status != STATUS_DONE)
			return status;
	}
	return act(&job);
}

static const char *const aliases[] = { "list", NULL };

const struct verb verb_ls = {
	.name = "ls",
	.aliases = aliases,
	.synopsis = "[NAME|GLOB...] [OPTIONS]",
	.summary = "list sets and their namespaces",
	.opts = options,
	.run = run,
};
