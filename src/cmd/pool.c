/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/pool.h"

#include "base/parse.h"
#include "cmd/create_opts.h"
#include "cmd/launch.h"
#include "cmd/verbs.h"

#include <stdio.h>

enum { OPT_JSON = CREATE_OPTION_END };

static const struct opt options[] = {
	CREATE_OPTIONS,
	{ "json", 'J', NULL, OPT_JSON, "ls: print JSON" },
	COMMON_OPTIONS,
};

struct job {
	struct app *app;
	struct recipe recipe;
	struct names operands;
	bool configured; /* an option says which sets are meant */
	bool labelled, profiled;
	bool json;
};

static void free_job(struct job *job)
{
	free(job->operands.array);
	recipe_free(&job->recipe);
}

static int say_count(struct job *job, int count, const char *what)
{
	if (count < 0)
		return say_failure(job->app, NULL);
	if (job->app->verbose)
		fprintf(stderr, "nsmgr: %s %d\n", what, count);
	return STATUS_DONE;
}

static int fill(struct job *job)
{
	uint32_t count;
	int status;

	job->app->doing = "fill the pool";
	if (job->operands.count != 2 || nsm_parse_u32(job->operands.array[1], &count) < 0 || count == 0)
		return say_usage(job->app, "fill takes one number, of sets to have ready");
	status = recipe_check(&job->recipe, NULL);
	if (status != STATUS_DONE)
		return status;
	return say_count(job, nsmgr_store_fill(job->app->ctx, job->recipe.config, count), "made");
}

static int drain(struct job *job)
{
	int status = STATUS_DONE;

	job->app->doing = "drain the pool";
	if (job->operands.count != 1)
		return say_usage(job->app, "drain takes options only");
	if (job->configured)
		status = recipe_check(&job->recipe, NULL);
	if (status != STATUS_DONE)
		return status;
	return say_count(job, nsmgr_store_drain(job->app->ctx, job->configured ? job->recipe.config : NULL), "removed");
}

static int list(struct job *job)
{
	job->app->doing = "list the pools";
	if (job->operands.count != 1 || job->configured)
		return say_usage(job->app, "ls takes no other option than --json");
	return pool_ls(job->app, job->json);
}

static int act(struct job *job)
{
	const char *what;

	if (job->app->verbose)
		nsmgr_set_log(job->app->ctx, say_remark, NULL);
	if (!job->operands.count)
		return say_usage(job->app, "one of fill, ls and drain is missing");
	what = job->operands.array[0];
	if (nsm_streq(what, "ls"))
		return list(job);
	if (job->json)
		return say_usage(job->app, "--json goes with ls");
	if (job->labelled)
		return say_usage(job->app, "a ready set has no labels: give them to 'create --from-pool'");
	if (job->profiled)
		return say_usage(job->app, "a ready set has neither a profile nor defaults: give them to 'create'");
	job->recipe.unnamed = true;
	if (nsm_streq(what, "fill"))
		return fill(job);
	if (nsm_streq(what, "drain"))
		return drain(job);
	return say_usage(job->app, "'%s' is none of fill, ls and drain", what);
}

static int run(struct app *app, int argc, char **argv)
{
	nsm_cleanup(free_job) struct job job = { .app = app };
	struct parser parser = { .app = app, .argc = argc, .argv = argv };
	const char *value;
	int id, status;

	app->doing = "use the pool";
	status = recipe_begin(&job.recipe, app);
	if (status != STATUS_DONE)
		return status;
	while ((id = opt_next(&parser, &value)) != OPT_END) {
		job.labelled |= id == CREATE_LABEL;
		job.profiled |= id == CREATE_PROFILE || id >= CREATE_EXEC;
		job.configured |= id >= 0 && id != OPT_JSON;
		if (recipe_option(&job.recipe, id, value, &status)) {
			if (status != STATUS_DONE)
				return status;
		} else if (id == OPT_OPERAND) {
			if (!add_name(&job.operands, value))
				return say_plain(app, "out of memory");
		} else if (id == OPT_JSON) {
			job.json = true;
		} else if (opt_common(app, id, &status)) {
			return status;
		}
	}
	return act(&job);
}

const struct verb verb_pool = {
	.name = "pool",
	.synopsis = "fill N TYPES [OPTIONS] | ls [--json] | drain [TYPES [OPTIONS]]",
	.summary = "have sets ready for 'create --from-pool'",
	.opts = options,
	.behind = launch_options,
	.run = run,
};
