/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/verbs.h"

#include "base/fd.h"
#include "base/parse.h"
#include "cmd/procs.h"
#include "cmd/select.h"
#include "cmd/sys.h"
#include "cmd/targets.h"
#include "cmd/view.h"

#include <unistd.h>

enum { OPT_QUIET };

static const struct opt options[] = {
	{ "quiet", 'q', NULL, OPT_QUIET, "names only" },
	VIEW_OPTIONS,
	COMMON_OPTIONS,
};

enum { IDENTIFY_NAME, IDENTIFY_TYPES, IDENTIFY_OTHERS, IDENTIFY_COLUMN_COUNT };

static const struct column columns[IDENTIFY_COLUMN_COUNT] = {
	[IDENTIFY_NAME] = { "NAME", CELL_TEXT, "name of the set" },
	[IDENTIFY_TYPES] = { "TYPES", CELL_TEXT, "types of the set that the process is in" },
	[IDENTIFY_OTHERS] = { "OTHERS", CELL_TEXT, "types of the set that it is not in" },
};

static const size_t defaults[] = { IDENTIFY_NAME, IDENTIFY_TYPES };

#define MAX_LEVELS 33 /* of pid namespaces: pid_namespaces(7) */

struct job {
	struct app *app;
	const char *process;
	pid_t pid;
	bool quiet;
	struct nsmgr_list *list;
	struct nsmgr_set *own;			       /* what the process is in */
	struct nsmgr_id ids[NSMGR_TYPE_COUNT];	       /* by type */
	struct nsmgr_id above[MAX_LEVELS];	       /* the pid namespaces above its own, in which it is, too */
	size_t levels;
	size_t matches;
	struct view view;
};

struct row {
	const char *name;
	unsigned types, others;
};

static void free_job(struct job *job)
{
	nsmgr_list_free(job->list);
	nsmgr_set_close(job->own);
	view_free(&job->view);
}

static void cell(const void *data, size_t column, struct nsm_text *text)
{
	const struct row *row = data;

	if (column == IDENTIFY_NAME)
		nsm_text_add(text, "%s", row->name);
	else
		add_types(text, column == IDENTIFY_TYPES ? row->types : row->others);
}

static void climb(struct job *job)
{
	nsm_autoclose int ns = sys_ns_parent(nsmgr_set_fd(job->own, NSMGR_PID));

	while (ns >= 0 && job->levels < MAX_LEVELS) {
		int parent = sys_ns_parent(ns);
		struct nsmgr_set *level;

		if (nsmgr_set_new(job->app->ctx, &level) == 0) {
			if (nsmgr_set_add(level, ns) == 0)
				nsmgr_set_id(level, NSMGR_PID, &job->above[job->levels++]);
			nsmgr_set_close(level);
		}
		nsm_close(&ns);
		ns = parent;
	}
}

static int look_at_process(struct job *job)
{
	int r = job->pid ? nsmgr_set_from_pid(job->app->ctx, job->pid, NSMGR_MASK_ALL, &job->own)
			 : nsmgr_set_from_caller(job->app->ctx, NSMGR_MASK_ALL, &job->own);

	if (r < 0)
		return say_failure(job->app, job->process);
	for (int type = 0; type < NSMGR_TYPE_COUNT; type++)
		nsmgr_set_id(job->own, (enum nsmgr_type)type, &job->ids[type]);
	climb(job);
	return STATUS_DONE;
}

static bool is_in(const struct job *job, const struct nsmgr_handle *handle)
{
	const struct nsmgr_id id = { .dev = handle->dev, .ino = handle->ino, .id = handle->id };

	if (handle->state != NSMGR_LIVE && handle->state != NSMGR_UNKNOWN)
		return false;
	if (nsmgr_id_equal(&id, &job->ids[handle->type]))
		return true;
	for (size_t i = 0; handle->type == NSMGR_PID && i < job->levels; i++)
		if (nsmgr_id_equal(&id, &job->above[i]))
			return true;
	return false;
}

static int look_at_set(struct job *job, const char *name)
{
	struct nsmgr_handle handles[NSMGR_TYPE_COUNT];
	int count = nsmgr_list_handles(job->list, name, handles);
	struct row row = { .name = name };

	for (int i = 0; i < count; i++)
		*(is_in(job, &handles[i]) ? &row.types : &row.others) |= NSMGR_MASK(handles[i].type);
	if (!row.types)
		return 0;
	job->matches++;
	if (!job->quiet)
		return view_add(&job->view, cell, &row);
	print_name(name);
	return 0;
}

static int act(struct job *job)
{
	struct app *app = job->app;
	int status = look_at_process(job), r;
	const char *name;

	if (status != STATUS_DONE)
		return status;
	if (nsmgr_list_new(app->ctx, NSMGR_LIST_ALL, &job->list) < 0)
		return say_failure(app, job->process);
	r = view_begin(&job->view);
	while (r == 0 && nsmgr_list_next(job->list, &name) == 0)
		r = look_at_set(job, name);
	if (r == 0 && !job->quiet && (job->matches || job->view.style.json))
		r = view_print(&job->view);
	if (r < 0)
		return say_plain(app, "cannot make the table: %s", strerror(-r));
	if (job->matches)
		return STATUS_DONE;
	return say_plain(app, "%s%s is in no set", job->pid ? "process " : "", job->process);
}

/* The whole command line is known. */
static int check(struct job *job)
{
	uint32_t pid = 0;
	int status = view_choose(job->app, &job->view);

	if (status != STATUS_DONE)
		return status;
	if (job->view.list_columns)
		return view_list_columns(&job->view);
	if (job->quiet && view_is_table(&job->view))
		return say_usage(job->app, "--quiet goes with no other form");
	if (!job->process)
		return say_usage(job->app, "a PID or 'self' is missing");
	if (!nsm_streq(job->process, "self") &&
	    (nsm_parse_u32(job->process, &pid) < 0 || pid == 0 || pid > INT32_MAX))
		return say_usage(job->app, "'%s' is neither a PID nor 'self'", job->process);
	job->pid = (pid_t)pid;
	return act(job);
}

static int run(struct app *app, int argc, char **argv)
{
	nsm_cleanup(free_job) struct job job = {
		.app = app,
		.view = { .columns = columns, .count = IDENTIFY_COLUMN_COUNT, .defaults = defaults,
			  .default_count = NSM_ARRAY_SIZE(defaults), .style.name = "sets" },
	};
	struct parser parser = { .app = app, .argc = argc, .argv = argv };
	const char *value;
	int id, status;

	while ((id = opt_next(&parser, &value)) != OPT_END) {
		if (id == OPT_OPERAND && job.process)
			return say_usage(app, "too many arguments: '%s'", value);
		if (id == OPT_OPERAND)
			job.process = value;
		else if (id >= OPT_VIEW)
			view_apply(&job.view, id, value);
		else if (id == OPT_QUIET)
			job.quiet = true;
		else if (opt_common(app, id, &status))
			return status;
	}
	return check(&job);
}

const struct verb verb_identify = {
	.name = "identify",
	.synopsis = "PID|self [OPTIONS]",
	.summary = "tell which sets a process is in",
	.opts = options,
	.run = run,
};
