/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/label.h"

#include "base/text.h"
#include "cmd/quote.h"
#include "cmd/verbs.h"
#include "cmd/view.h"

#include <stdio.h>

static const struct opt options[] = {
	VIEW_OPTIONS,
	COMMON_OPTIONS,
};

enum { LABEL_KEY, LABEL_VALUE, LABEL_COLUMN_COUNT };

static const struct column columns[LABEL_COLUMN_COUNT] = {
	[LABEL_KEY] = { "KEY", CELL_TEXT, "what the label is called" },
	[LABEL_VALUE] = { "VALUE", CELL_TEXT, "its value" },
};

static const size_t defaults[] = { LABEL_KEY, LABEL_VALUE };

struct job {
	struct app *app;
	const char *name;
	struct names operands; /* KEY=VALUE and KEY- */
	char *text;	       /* copies of them, taken apart */
	struct nsmgr_label *changes;
	struct nsmgr_labels *labels;
	struct view view;
};

static void free_job(struct job *job)
{
	free(job->operands.array);
	free(job->text);
	free(job->changes);
	nsmgr_labels_free(job->labels);
	view_free(&job->view);
}

static void cell(const void *row, size_t column, struct nsm_text *text)
{
	const struct nsmgr_label *label = row;

	nsm_text_add(text, "%s", column == LABEL_KEY ? label->key : label->value);
}

void print_labels_json(struct nsmgr_labels *labels)
{
	const char *separator = "";
	struct nsmgr_label label;

	putchar('{');
	while (nsmgr_labels_next(labels, &label) == 0) {
		printf("%s\n      ", separator);
		quote_json_bytes(stdout, label.key);
		fputs(": ", stdout);
		quote_json_bytes(stdout, label.value);
		separator = ",";
	}
	fputs(*separator ? "\n   }" : "}", stdout);
}

/* Not as a table, where an empty value would be none. */
static int list_json(struct job *job)
{
	fputs("{\n   \"labels\": ", stdout);
	print_labels_json(job->labels);
	puts("\n}");
	return STATUS_DONE;
}

static int list(struct job *job)
{
	struct nsmgr_label label;
	int r;

	if (nsmgr_labels_new(job->app->ctx, job->name, &job->labels) < 0)
		return say_failure(job->app, job->name);
	if (job->view.style.json)
		return list_json(job);
	r = view_begin(&job->view);
	while (r == 0 && nsmgr_labels_next(job->labels, &label) == 0)
		r = view_add(&job->view, cell, &label);
	if (r == 0)
		r = view_print(&job->view);
	return r < 0 ? say_plain(job->app, "cannot make the table: %s", strerror(-r)) : STATUS_DONE;
}

/* "KEY=VALUE" or "KEY-", in place. */
static int parse_change(const struct job *job, char *operand, struct nsmgr_label *ret)
{
	char *equals = strchr(operand, '='), *end = equals;

	if (!equals) {
		size_t len = strlen(operand);

		if (len == 0 || operand[len - 1] != '-')
			return say_usage(job->app, "'%s' is neither KEY=VALUE nor KEY-", operand);
		end = operand + len - 1;
	}
	*end = '\0';
	*ret = (struct nsmgr_label){ operand, equals ? equals + 1 : NULL };
	return nsmgr_label_check(job->app->ctx, ret) < 0 ? say_refusal(job->app, job->name) : STATUS_DONE;
}

static int parse_changes(struct job *job)
{
	size_t size = 0;
	char *at;

	for (size_t i = 0; i < job->operands.count; i++)
		size += strlen(job->operands.array[i]) + 1;
	job->text = at = malloc(size);
	job->changes = calloc(job->operands.count, sizeof(*job->changes));
	if (!job->text || !job->changes)
		return say_plain(job->app, "out of memory");
	for (size_t i = 0; i < job->operands.count; i++) {
		size_t len = strlen(job->operands.array[i]) + 1;
		int status;

		memcpy(at, job->operands.array[i], len);
		status = parse_change(job, at, &job->changes[i]);
		if (status != STATUS_DONE)
			return status;
		at += len;
	}
	return STATUS_DONE;
}

static int change(struct job *job)
{
	int status = parse_changes(job);

	if (status != STATUS_DONE)
		return status;
	return nsmgr_label_set(job->app->ctx, job->name, job->changes, job->operands.count) < 0
		       ? say_failure(job->app, job->name)
		       : STATUS_DONE;
}

static int act(struct job *job)
{
	struct app *app = job->app;
	int status = view_choose(app, &job->view);

	if (status != STATUS_DONE)
		return status;
	if (job->view.list_columns)
		return view_list_columns(&job->view);
	if (job->view.style.json && (job->view.output || job->view.style.no_headings))
		return say_usage(app, "--json goes with neither --output nor --noheadings");
	if (!job->name)
		return say_usage(app, "a NAME is missing");
	if (nsmgr_check_name(app->ctx, job->name) < 0)
		return say_refusal(app, job->name);
	if (!job->operands.count)
		return list(job);
	return view_is_table(&job->view) ? say_usage(app, "the options are for the list, and KEYs change labels")
					 : change(job);
}

static int run(struct app *app, int argc, char **argv)
{
	nsm_cleanup(free_job) struct job job = {
		.app = app,
		.view = { .columns = columns, .count = LABEL_COLUMN_COUNT, .defaults = defaults,
			  .default_count = NSM_ARRAY_SIZE(defaults), .style.name = "labels" },
	};
	struct parser parser = { .app = app, .argc = argc, .argv = argv };
	const char *value;
	int id, status = STATUS_DONE;

	while ((id = opt_next(&parser, &value)) != OPT_END) {
		if (id == OPT_OPERAND && !job.name)
			job.name = value;
		else if (id == OPT_OPERAND && !add_name(&job.operands, value))
			return say_plain(app, "out of memory");
		else if (id >= OPT_VIEW)
			view_apply(&job.view, id, value);
		else if (id != OPT_OPERAND && opt_common(app, id, &status))
			return status;
	}
	return act(&job);
}

const struct verb verb_label = {
	.name = "label",
	.synopsis = "NAME [KEY=VALUE|KEY-...] [OPTIONS]",
	.summary = "give a set labels, take them away, or list them",
	.opts = options,
	.run = run,
};
