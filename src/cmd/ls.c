/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/verbs.h"

#include "cmd/ls_columns.h"
#include "cmd/select.h"

#include <stdio.h>

enum { OPT_QUIET, OPT_TYPES, OPT_OUTPUT, OPT_JSON, OPT_RAW, OPT_NO_HEADINGS, OPT_LIST_COLUMNS };

static const struct opt options[] = {
	{ "quiet", 'q', NULL, OPT_QUIET, "names only" },
	{ "types", 't', "LIST", OPT_TYPES, "only these types" },
	{ "output", 'o', "COLUMNS", OPT_OUTPUT, "choose columns; +COLUMNS adds to the usual ones" },
	{ "json", 'J', NULL, OPT_JSON, "as JSON" },
	{ "raw", 'r', NULL, OPT_RAW, "without alignment" },
	{ "noheadings", 'n', NULL, OPT_NO_HEADINGS, "without the line of headings" },
	{ "list-columns", 0, NULL, OPT_LIST_COLUMNS, "list the columns there are" },
	COMMON_OPTIONS,
};

struct job {
	struct app *app;
	struct selection selection;
	struct ls_sources sources;
	struct table_style style;
	bool quiet, list_columns;
	unsigned types;
	const char *output;
	size_t columns[LS_COLUMN_COUNT * 2];
	size_t column_count;
};

static void free_job(struct job *job)
{
	selection_free(&job->selection);
	ls_sources_free(&job->sources);
}

static int say_error(struct job *job, int r, const char *what)
{
	return say_plain(job->app, "%s: %s", what, strerror(-r));
}

static int add_row(struct job *job, struct table *table, const char *name, const struct nsmgr_handle *handle)
{
	int r = table_add_row(table);

	for (size_t i = 0; r == 0 && i < job->column_count; i++) {
		char cell[LS_CELL_SIZE];

		ls_format(&job->sources, job->columns[i], name, handle, cell);
		r = table_set(table, i, cell);
	}
	return r;
}

/* The rows of one set. A set that cannot be read is said, and the others still listed. */
static int add_set(struct job *job, struct table *table, const char *name, int *status)
{
	struct nsmgr_handle handles[NSMGR_TYPE_COUNT];
	int count = nsmgr_list_handles(job->selection.list, name, handles);

	if (count < 0 && count != -ENOENT)
		*status = say_failure(job->app, name);
	for (int i = 0; i < count; i++) {
		int r;

		if (!(job->types & NSMGR_MASK(handles[i].type)))
			continue;
		r = add_row(job, table, name, &handles[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

static int list_table(struct job *job)
{
	autotable struct table *table = NULL;
	int status = STATUS_DONE;
	const char *name;
	int r = table_new(&job->style, &table);

	for (size_t i = 0; r == 0 && i < job->column_count; i++)
		r = table_add_column(table, &ls_columns[job->columns[i]]);
	if (r == 0)
		r = ls_sources_open(&job->sources, job->columns, job->column_count);
	if (r < 0)
		return say_error(job, r, "cannot read what the columns need");
	while (r == 0 && selection_next(&job->selection, &name))
		r = add_set(job, table, name, &status);
	if (r == 0)
		r = table_print(table);
	return r < 0 ? say_error(job, r, "cannot make the table") : status;
}

static int list_names(struct job *job)
{
	const char *name;

	while (selection_next(&job->selection, &name))
		print_name(name);
	return STATUS_DONE;
}

static int list_columns(void)
{
	for (size_t i = 0; i < LS_COLUMN_COUNT; i++)
		printf("%-8s  %s\n", ls_columns[i].name, ls_columns[i].help);
	return STATUS_DONE;
}

static int act(struct job *job)
{
	int status, missing;
	char bad[32];
	int count = columns_parse(ls_columns, LS_COLUMN_COUNT, job->output, ls_default_columns, LS_DEFAULT_COUNT,
				  job->columns, NSM_ARRAY_SIZE(job->columns), bad);

	if (job->list_columns)
		return list_columns();
	if (count < 0)
		return say_usage(job->app, "no column '%s' (see --list-columns)", bad);
	if (job->style.json && (job->style.raw || job->quiet))
		return say_usage(job->app, "--json goes neither with --raw nor with --quiet");
	job->column_count = (size_t)count;
	job->sources.root = nsmgr_get_root(job->app->ctx);
	status = selection_begin(&job->selection);
	if (status != STATUS_DONE)
		return status;
	status = job->quiet ? list_names(job) : list_table(job);
	missing = selection_end(&job->selection);
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
	case OPT_OUTPUT:
		job->output = value;
		break;
	case OPT_JSON:
		job->style.json = true;
		break;
	case OPT_RAW:
		job->style.raw = true;
		break;
	case OPT_NO_HEADINGS:
		job->style.no_headings = true;
		break;
	default:
		job->list_columns = true;
		break;
	}
	return STATUS_DONE;
}

static int run(struct app *app, int argc, char **argv)
{
	nsm_cleanup(free_job) struct job job = {
		.app = app, .selection.app = app, .types = NSMGR_MASK_ALL, .style.name = "handles",
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
