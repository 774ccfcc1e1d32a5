/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/apply.h"

#include "cmd/verbs.h"

enum { OPT_RECREATE, OPT_PRUNE, OPT_KILL, OPT_DRY_RUN };

static const struct opt options[] = {
	{ "recreate", 0, NULL, OPT_RECREATE, "remove a set that differs, and make it again" },
	{ "prune", 0, NULL, OPT_PRUNE, "remove sets that apply has made, and whose profile is gone" },
	{ "kill", 0, NULL, OPT_KILL, "with these: end the processes in a pid namespace that the set made" },
	{ "dry-run", 0, NULL, OPT_DRY_RUN, "change nothing, tell what would be done; status 3: something" },
	VIEW_OPTIONS,
	COMMON_OPTIONS,
};

enum { APPLY_NAME, APPLY_ACTION, APPLY_REASON, APPLY_PROFILE, APPLY_COLUMN_COUNT };

static const struct column columns[APPLY_COLUMN_COUNT] = {
	[APPLY_NAME] = { "NAME", CELL_TEXT, "name of the set" },
	[APPLY_ACTION] = { "ACTION", CELL_TEXT, "match, create, recreate, remove, differ or fail" },
	[APPLY_REASON] = { "REASON", CELL_TEXT, "how it differs, or why it failed" },
	[APPLY_PROFILE] = { "PROFILE", CELL_TEXT, "the file that tells what it is to be" },
};

static const size_t defaults[] = { APPLY_NAME, APPLY_ACTION, APPLY_REASON };

enum { STATUS_CHANGES = 3 }; /* something would be done */

static void free_apply(struct apply *apply)
{
	free(apply->names.array);
	wanted_free(&apply->wanted);
	view_free(&apply->view);
}

/* ---- what is told ---- */

static void cell(const void *row, size_t column, struct nsm_text *text)
{
	static const char *const actions[] = {
		[APPLY_MATCH] = "match",   [APPLY_CREATE] = "create", [APPLY_RECREATE] = "recreate",
		[APPLY_REMOVE] = "remove", [APPLY_DIFFER] = "differ", [APPLY_FAIL] = "fail",
	};
	const struct wanted *wanted = row;

	switch (column) {
	case APPLY_NAME:
		nsm_text_add(text, "%s", wanted->name);
		break;
	case APPLY_ACTION:
		nsm_text_add(text, "%s", actions[wanted->action]);
		break;
	case APPLY_REASON:
		nsm_text_add(text, "%s", wanted->reason);
		break;
	default:
		if (wanted->files.count)
			nsm_text_add(text, "%s", wanted->files.array[0]);
	}
}

/* A set that is as it should be is told of only to programs, and to who wants to know more. */
void apply_tell(struct apply *apply, const struct wanted *wanted)
{
	int r;

	apply->failed |= wanted->action == APPLY_FAIL;
	apply->changes |= wanted->action == APPLY_CREATE || wanted->action == APPLY_RECREATE || wanted->action == APPLY_REMOVE;
	if (wanted->action == APPLY_MATCH && !apply->view.style.json && !apply->app->verbose)
		return;
	apply->rows++;
	r = view_add(&apply->view, cell, wanted);
	if (r < 0 && !apply->error)
		apply->error = r;
}

/* ---- all of it ---- */

static void choose(struct apply *apply)
{
	for (size_t i = 0; i < apply->wanted.count; i++)
		apply->wanted.array[i].chosen = !apply->names.count && !apply->wanted.array[i].masked;
	for (size_t i = 0; i < apply->names.count; i++) {
		struct wanted *wanted = wanted_named(&apply->wanted, apply->names.array[i]);

		if (wanted && !wanted->masked) {
			wanted->chosen = true;
		} else if (!apply->prune) {
			say_plain(apply->app, "there is no profile '%s'", apply->names.array[i]);
			apply->failed = true;
		}
	}
}

static int print(struct apply *apply)
{
	int r = apply->error;

	if (r == 0 && (apply->rows || apply->view.style.json))
		r = view_print(&apply->view);
	if (r < 0)
		return say_plain(apply->app, "cannot make the table: %s", strerror(-r));
	return apply->failed ? STATUS_FAILED : apply->dry_run && apply->changes ? STATUS_CHANGES : STATUS_DONE;
}

static int act(struct apply *apply)
{
	struct app *app = apply->app;
	int r, status = wanted_find(app, &apply->wanted);

	if (status != STATUS_DONE)
		return status;
	choose(apply);
	if (app->verbose)
		nsmgr_set_log(app->ctx, say_remark, NULL);
	r = view_begin(&apply->view);
	if (r < 0)
		return say_plain(app, "cannot make the table: %s", strerror(-r));
	for (size_t i = 0; i < apply->wanted.count; i++)
		if (apply->wanted.array[i].chosen)
			apply_visit(apply, &apply->wanted.array[i]);
	if (apply->prune && apply_prune(apply) != STATUS_DONE)
		apply->failed = true;
	return print(apply);
}

static int check(struct apply *apply)
{
	for (size_t i = 0; i < apply->names.count; i++)
		if (nsmgr_check_name(apply->app->ctx, apply->names.array[i]) < 0)
			return say_refusal(apply->app, apply->names.array[i]);
	if (apply->kill && !apply->recreate && !apply->prune)
		return say_usage(apply->app, "--kill goes with --recreate and --prune");
	return view_choose(apply->app, &apply->view);
}

static bool own_option(struct apply *apply, int id)
{
	switch (id) {
	case OPT_RECREATE:
		apply->recreate = true;
		return true;
	case OPT_PRUNE:
		apply->prune = true;
		return true;
	case OPT_KILL:
		apply->kill = true;
		return true;
	case OPT_DRY_RUN:
		apply->dry_run = true;
		return true;
	default:
		return false;
	}
}

static int run(struct app *app, int argc, char **argv)
{
	nsm_cleanup(free_apply) struct apply apply = {
		.app = app,
		.view = { .columns = columns, .count = APPLY_COLUMN_COUNT, .defaults = defaults,
			  .default_count = NSM_ARRAY_SIZE(defaults), .style.name = "sets" },
	};
	struct parser parser = { .app = app, .argc = argc, .argv = argv };
	const char *value;
	int id, status;

	while ((id = opt_next(&parser, &value)) != OPT_END) {
		if (id == OPT_OPERAND) {
			if (!add_name(&apply.names, value))
				return say_plain(app, "out of memory");
		} else if (id >= OPT_VIEW) {
			view_apply(&apply.view, id, value);
		} else if (!own_option(&apply, id) && opt_common(app, id, &status)) {
			return status;
		}
	}
	status = check(&apply);
	if (status != STATUS_DONE)
		return status;
	return apply.view.list_columns ? view_list_columns(&apply.view) : act(&apply);
}

const struct verb verb_apply = {
	.name = "apply",
	.synopsis = "[NAME...] [OPTIONS]",
	.summary = "make the sets that profiles of the system tell of",
	.opts = options,
	.run = run,
};
