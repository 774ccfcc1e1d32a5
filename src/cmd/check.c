/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/check.h"

#include "cmd/procs.h"
#include "cmd/quote.h"
#include "cmd/verbs.h"
#include "cmd/view.h"

#include <stdio.h>
#include <sys/stat.h>

enum { OPT_REPAIR };

static const struct opt options[] = {
	{ "repair", 0, NULL, OPT_REPAIR, "mend what can be mended without losing anything" },
	VIEW_OPTIONS,
	COMMON_OPTIONS,
};

static const struct opt gc_options[] = {
	VIEW_OPTIONS,
	COMMON_OPTIONS,
};

enum { CHECK_KIND, CHECK_SET, CHECK_TYPE, CHECK_PATH, CHECK_PROBLEM, CHECK_REPAIR, CHECK_STATE, CHECK_PID,
       CHECK_COLUMN_COUNT };

static const struct column columns[CHECK_COLUMN_COUNT] = {
	[CHECK_KIND] = { "KIND", CELL_TEXT, "what kind of problem it is" },
	[CHECK_SET] = { "SET", CELL_TEXT, "the set, stage or ready set concerned" },
	[CHECK_TYPE] = { "TYPE", CELL_TEXT, "type of the handle concerned" },
	[CHECK_PATH] = { "PATH", CELL_TEXT, "the file concerned" },
	[CHECK_PROBLEM] = { "PROBLEM", CELL_TEXT, "what is wrong" },
	[CHECK_REPAIR] = { "REPAIR", CELL_TEXT, "what a repair does; where none can, what to do" },
	[CHECK_STATE] = { "STATE", CELL_TEXT, "gc, repair or hand: who can mend it; mended; failed, with the reason" },
	[CHECK_PID] = { "PID", CELL_NUMBER, "the keeper concerned" },
};

static const size_t defaults[] = { CHECK_KIND, CHECK_SET, CHECK_TYPE, CHECK_PATH, CHECK_PROBLEM, CHECK_REPAIR, CHECK_STATE };

enum { STATUS_LEFT = 3 }; /* something is wrong, and not mended */

struct job {
	struct app *app;
	unsigned flags;
	struct view view;
	size_t found, left;
	int error;
	bool has_lost_keeper, is_no_store;
};

static void free_job(struct job *job)
{
	view_free(&job->view);
}

static void state_cell(const struct check_row *row, struct nsm_text *text)
{
	static const char *const by[] = {
		[NSMGR_MEND_BY_HAND] = "hand", [NSMGR_MEND_BY_REPAIR] = "repair", [NSMGR_MEND_BY_GC] = "gc",
	};

	if (row->mended)
		nsm_text_add(text, "mended");
	else if (*row->reason)
		nsm_text_add(text, "failed: %s", row->reason);
	else
		nsm_text_add(text, "%s", by[row->mend]);
}

static void cell(const void *data, size_t column, struct nsm_text *text)
{
	const struct check_row *row = data;
	const char *type = nsmgr_type_name(row->type);

	switch (column) {
	case CHECK_KIND:
		nsm_text_add(text, "%s", row->kind);
		break;
	case CHECK_SET:
		nsm_text_add(text, "%s", row->name);
		break;
	case CHECK_TYPE:
		nsm_text_add(text, "%s", type ? type : "");
		break;
	case CHECK_PROBLEM:
		nsm_text_add(text, "%s", row->text);
		break;
	case CHECK_REPAIR:
		nsm_text_add(text, "%s", row->cure);
		break;
	case CHECK_STATE:
		state_cell(row, text);
		break;
	case CHECK_PATH:
		nsm_text_add(text, "%s", row->path);
		break;
	default:
		if (row->pid)
			nsm_text_add(text, "%ld", (long)row->pid);
		break;
	}
}

/* JSON is UTF-8, and names of files are any bytes. */
static const char *fit(const struct job *job, const char *text, char *buf, size_t size)
{
	return !job->view.style.json || text_is_utf8(text) ? text : nsm_escape(text, buf, size);
}

static int add_row(void *data, const struct check_row *row)
{
	char name[1100], path[VIEW_CELL_SIZE], cure[VIEW_CELL_SIZE];
	struct job *job = data;
	struct check_row fitting = *row;

	job->found++;
	job->left += !row->mended;
	fitting.name = fit(job, row->name, name, sizeof(name));
	fitting.path = fit(job, row->path, path, sizeof(path));
	fitting.cure = fit(job, row->cure, cure, sizeof(cure));
	return view_add(&job->view, cell, &fitting);
}

static void add_finding(void *data, const struct nsmgr_finding *finding)
{
	const struct check_row row = {
		.kind = nsmgr_problem_name(finding->problem),
		.name = finding->name,
		.path = finding->path,
		.text = finding->text,
		.cure = finding->cure,
		.reason = finding->reason,
		.type = finding->type,
		.mend = finding->mend,
		.mended = finding->mended,
	};
	struct job *job = data;
	int r = add_row(job, &row);

	if (r < 0 && !job->error)
		job->error = r;
	/* Its keeper, if that lives, is known by nothing else. */
	if (finding->problem == NSMGR_PROBLEM_MISSING && finding->type == NSMGR_PID && !finding->mended)
		job->has_lost_keeper = true;
	if (finding->problem == NSMGR_PROBLEM_UNMOUNTED && finding->mend == NSMGR_MEND_BY_HAND)
		job->is_no_store = true;
}

/* Nothing on a terminal would leave it open whether anything was looked at. */
static void say_clean(const struct job *job)
{
	const char *root = nsmgr_get_root(job->app->ctx);
	char escaped[VIEW_CELL_SIZE];
	struct stat st;

	nsm_escape(root, escaped, sizeof(escaped));
	if (lstat(root, &st) < 0 && errno == ENOENT)
		printf("nothing is wrong: there is no store %s yet\n", escaped);
	else
		printf("nothing is wrong with %s\n", escaped);
}

static int print(struct job *job)
{
	int r = 0;

	if (job->found || job->view.style.json)
		r = view_print(&job->view);
	else if (!job->view.style.raw && !job->view.style.no_headings)
		say_clean(job);
	if (r < 0)
		return say_plain(job->app, "cannot make the table: %s", strerror(-r));
	return job->left ? STATUS_LEFT : STATUS_DONE;
}

/* What was found, and perhaps mended, is told also where it cannot go on. */
static int fail(struct job *job, int status)
{
	if (job->found)
		print(job);
	return status;
}

static int act(struct job *job)
{
	struct app *app = job->app;
	int r = view_begin(&job->view), ours;

	if (r < 0)
		return say_plain(app, "cannot make the table: %s", strerror(-r));
	app->doing = "check the store";
	nsmgr_set_log(app->ctx, say_remark, NULL);
	if (nsmgr_check(app->ctx, job->flags, add_finding, job) < 0)
		return fail(job, say_failure(app, NULL));
	r = job->error;
	ours = r == 0 && !job->is_no_store && !job->has_lost_keeper ? procs_are_ours() : 0;
	if (ours < 0)
		r = ours;
	if (r == 0 && job->has_lost_keeper)
		say_plain(app, "keepers without a set are not looked for while a set has lost the handle of its pid namespace");
	else if (r == 0 && !job->is_no_store && ours == 0)
		say_plain(app, "keepers without a set are not looked for: /proc is that of another pid namespace");
	else if (r == 0 && !job->is_no_store)
		r = check_keepers(app, job->flags & NSMGR_CHECK_REPAIR, add_row, job);
	if (r == 0)
		r = check_limits(app, add_row, job);
	if (r < 0)
		return fail(job, say_plain(app, "cannot look at everything: %s", strerror(-r)));
	return print(job);
}

static int parse(struct job *job, int argc, char **argv)
{
	struct parser parser = { .app = job->app, .argc = argc, .argv = argv };
	const char *value;
	int id, status;

	while ((id = opt_next(&parser, &value)) != OPT_END) {
		if (id == OPT_OPERAND)
			return say_usage(job->app, "'%s' is one too many: all of the store is looked at", value);
		if (id == OPT_REPAIR)
			job->flags = NSMGR_CHECK_REPAIR;
		else if (id >= OPT_VIEW)
			view_apply(&job->view, id, value);
		else if (opt_common(job->app, id, &status))
			return status;
	}
	status = view_choose(job->app, &job->view);
	if (status != STATUS_DONE)
		return status;
	return job->view.list_columns ? view_list_columns(&job->view) : act(job);
}

static int run_with(struct app *app, int argc, char **argv, unsigned flags)
{
	nsm_cleanup(free_job) struct job job = {
		.app = app,
		.flags = flags,
		.view = { .columns = columns, .count = CHECK_COLUMN_COUNT, .defaults = defaults,
			  .default_count = NSM_ARRAY_SIZE(defaults), .style.name = "findings" },
	};

	return parse(&job, argc, argv);
}

static int run(struct app *app, int argc, char **argv)
{
	return run_with(app, argc, argv, 0);
}

static int run_gc(struct app *app, int argc, char **argv)
{
	return run_with(app, argc, argv, NSMGR_CHECK_GC);
}

const struct verb verb_check = {
	.name = "check",
	.synopsis = "[OPTIONS]",
	.summary = "tell what is wrong with the store, and mend it",
	.opts = options,
	.run = run,
};

const struct verb verb_gc = {
	.name = "gc",
	.synopsis = "[OPTIONS]",
	.summary = "clear away what nobody can use any more",
	.opts = gc_options,
	.run = run_gc,
};
