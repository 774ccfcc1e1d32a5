/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/verbs.h"

#include "cmd/members.h"
#include "cmd/view.h"

#include <stdio.h>

enum { OPT_IN_ALL, OPT_KEEPER };

static const struct opt options[] = {
	{ "in-all", 0, NULL, OPT_IN_ALL, "only processes that are in every TYPE given" },
	{ "keeper", 'k', NULL, OPT_KEEPER, "keepers as well" },
	VIEW_OPTIONS,
	COMMON_OPTIONS,
};

enum { PIDS_PID, PIDS_TID, PIDS_PPID, PIDS_COMMAND, PIDS_USER, PIDS_UID, PIDS_TYPES, PIDS_COLUMN_COUNT };

static const struct column columns[PIDS_COLUMN_COUNT] = {
	[PIDS_PID] = { "PID", CELL_NUMBER, "the process" },
	[PIDS_TID] = { "TID", CELL_NUMBER, "the thread, where the process itself is elsewhere" },
	[PIDS_PPID] = { "PPID", CELL_NUMBER, "its parent" },
	[PIDS_COMMAND] = { "COMMAND", CELL_TEXT, "its command line" },
	[PIDS_USER] = { "USER", CELL_TEXT, "user that it runs as" },
	[PIDS_UID] = { "UID", CELL_NUMBER, "number of that user" },
	[PIDS_TYPES] = { "TYPES", CELL_TEXT, "in which of the namespaces looked for it is; none: in the cgroup alone" },
};

static const size_t defaults[] = { PIDS_PID, PIDS_TID, PIDS_PPID, PIDS_COMMAND, PIDS_USER, PIDS_TYPES };

struct job {
	struct app *app;
	const char *name;
	unsigned types;
	bool keepers, plain;
	size_t threads; /* not printed */
	struct targets targets;
	struct members members;
	struct view view;
};

static void free_job(struct job *job)
{
	targets_free(&job->targets);
	view_free(&job->view);
}

static void cell(const void *row, size_t column, struct nsm_text *text)
{
	const struct member *member = row;
	char user[64];

	switch (column) {
	case PIDS_PID:
		nsm_text_add(text, "%ld", (long)member->process->pid);
		break;
	case PIDS_TID:
		if (member->tid)
			nsm_text_add(text, "%ld", (long)member->tid);
		break;
	case PIDS_PPID:
		nsm_text_add(text, "%ld", (long)member->details.parent);
		break;
	case PIDS_COMMAND:
		nsm_text_add(text, "%s", member->details.command);
		break;
	case PIDS_USER:
		nsm_text_add(text, "%s", user_name(member->details.uid, user));
		break;
	case PIDS_UID:
		nsm_text_add(text, "%lu", (unsigned long)member->details.uid);
		break;
	default:
		add_types(text, member->types);
		break;
	}
}

static int found(void *data, const struct member *member)
{
	struct job *job = data;

	if (member->keeper && !job->keepers)
		return 0;
	if (!job->plain)
		return view_add(&job->view, cell, member);
	/* A number alone would be taken for that of a process which is in the set. */
	if (member->tid) {
		job->threads++;
		return 0;
	}
	printf("%ld\n", (long)member->process->pid);
	return 0;
}

static int list(struct job *job)
{
	int r = job->plain ? 0 : view_begin(&job->view);

	job->members.targets = &job->targets;
	job->members.found = found;
	job->members.data = job;
	if (r == 0)
		r = members_walk(&job->members);
	if (r == 0 && !job->plain)
		r = view_print(&job->view);
	if (r < 0)
		return say_plain(job->app, "cannot read the processes: %s", strerror(-r));
	members_say_hidden(&job->members);
	if (job->threads)
		say_plain(job->app, "%zu %s in '%s' as well, of processes that are not (nsmgr pids %s -o +tid)", job->threads,
			  job->threads == 1 ? "thread is" : "threads are", job->name, job->name);
	return STATUS_DONE;
}

static int act(struct job *job)
{
	int status = view_choose(job->app, &job->view);

	if (status != STATUS_DONE)
		return status;
	if (job->view.list_columns)
		return view_list_columns(&job->view);
	if (!job->name)
		return say_usage(job->app, "a NAME is missing");
	if (job->members.in_all && !job->types)
		return say_usage(job->app, "--in-all needs TYPEs");
	job->plain = !view_is_table(&job->view);
	status = targets_open(job->app, job->name, job->types, &job->targets);
	return status == STATUS_DONE ? list(job) : status;
}

static int operand(struct job *job, const char *value)
{
	unsigned types;

	if (!job->name) {
		job->name = value;
		return STATUS_DONE;
	}
	if (!parse_types(job->app, value, &types))
		return STATUS_USAGE;
	job->types |= types;
	return STATUS_DONE;
}

static int run(struct app *app, int argc, char **argv)
{
	nsm_cleanup(free_job) struct job job = {
		.app = app,
		.view = { .columns = columns, .count = PIDS_COLUMN_COUNT, .defaults = defaults,
			  .default_count = NSM_ARRAY_SIZE(defaults), .style.name = "processes" },
	};
	struct parser parser = { .app = app, .argc = argc, .argv = argv };
	const char *value;
	int id, status = STATUS_DONE;

	app->doing = "find the processes of";
	while ((id = opt_next(&parser, &value)) != OPT_END) {
		if (id == OPT_OPERAND)
			status = operand(&job, value);
		else if (id >= OPT_VIEW)
			view_apply(&job.view, id, value);
		else if (id == OPT_IN_ALL)
			job.members.in_all = true;
		else if (id == OPT_KEEPER)
			job.keepers = true;
		else if (opt_common(app, id, &status))
			return status;
		if (status != STATUS_DONE)
			return status;
	}
	return act(&job);
}

const struct verb verb_pids = {
	.name = "pids",
	.synopsis = "NAME [TYPE...] [OPTIONS]",
	.summary = "list the processes that are in a set",
	.opts = options,
	.run = run,
};
