/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/create_opts.h"

#include "cmd/launch.h"
#include "cmd/verbs.h"

#include <stdio.h>

struct job {
	struct app *app;
	struct recipe recipe;
	struct names names;
	unsigned flags;
	struct names files;	 /* from --from-file */
	struct names owned_text; /* their contents, to be freed */
};

static void free_job(struct job *job)
{
	for (size_t i = 0; i < job->owned_text.count; i++)
		free((char *)(uintptr_t)job->owned_text.array[i]);
	free(job->owned_text.array);
	free(job->files.array);
	free(job->names.array);
	recipe_free(&job->recipe);
}

/* Names from a file, one a line; blank lines are passed over. */
static int read_names(struct job *job, const char *path)
{
	FILE *file = nsm_streq(path, "-") ? stdin : fopen(path, "re");
	int status = STATUS_DONE;
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	if (!file)
		return say_usage(job->app, "cannot read '%s': %s", path, strerror(errno));
	while (status == STATUS_DONE && (len = getline(&line, &size, file)) > 0) {
		if (line[len - 1] == '\n')
			line[--len] = '\0';
		if (len == 0)
			continue;
		if (strlen(line) != (size_t)len)
			status = say_usage(job->app, "a name in '%s' has a zero byte", path);
		else if (add_name(&job->owned_text, line) && add_name(&job->names, line))
			line = NULL, size = 0;
		else
			status = say_plain(job->app, "out of memory");
	}
	if (status == STATUS_DONE && ferror(file))
		status = say_usage(job->app, "cannot read '%s': %s", path, strerror(errno));
	free(line);
	if (file != stdin)
		fclose(file);
	return status;
}

static void report(void *data, const char *name, int result)
{
	struct job *job = data;

	if (result < 0)
		say_failure(job->app, name);
	else if (job->app->verbose)
		fprintf(stderr, job->flags & NSMGR_CREATE_EXIST_OK ? "nsmgr: '%s' is there\n" : "nsmgr: made '%s'\n", name);
}

/* Names are judged before anything is made: a bad one anywhere is a usage error. */
static int check(struct job *job)
{
	int status = recipe_ready(&job->recipe);

	for (size_t i = 0; status == STATUS_DONE && i < job->files.count; i++)
		status = read_names(job, job->files.array[i]);
	if (status != STATUS_DONE)
		return status;
	if (job->names.count == 0 && job->files.count == 0)
		return say_usage(job->app, "a NAME is missing");
	status = recipe_check(&job->recipe, job->names.count == 1 ? job->names.array[0] : NULL);
	if (status != STATUS_DONE)
		return status;
	for (size_t i = 0; i < job->names.count; i++)
		if (nsmgr_check_name(job->app->ctx, job->names.array[i]) < 0)
			return say_refusal(job->app, job->names.array[i]);
	return STATUS_DONE;
}

static int act(struct job *job)
{
	int status = check(job);
	int failures;

	if (status != STATUS_DONE || job->names.count == 0)
		return status;
	if (job->app->verbose)
		nsmgr_set_log(job->app->ctx, say_remark, NULL);
	recipe_hold(&job->recipe);
	failures = nsmgr_create_many(job->app->ctx, job->names.array, job->names.count, job->recipe.config, job->flags, report,
				     job);
	recipe_settle(&job->recipe);
	if (failures < 0)
		return say_failure(job->app, job->names.count == 1 ? job->names.array[0] : NULL);
	return failures ? STATUS_FAILED : STATUS_DONE;
}

enum { OPT_EXIST_OK = CREATE_OPTION_END, OPT_FROM_FILE, OPT_FROM_POOL, OPT_IP_NETNS };

static const struct opt options[] = {
	CREATE_OPTIONS,
	{ "exist-ok", 0, NULL, OPT_EXIST_OK, "a set of that name with exactly these types is a success" },
	{ "from-pool", 0, NULL, OPT_FROM_POOL, "take a ready set that 'pool fill' made, if there is one" },
	{ "ip-netns", 0, NULL, OPT_IP_NETNS, "the network namespace is /run/netns/NAME as well, for ip(8)" },
	{ "from-file", 0, "FILE", OPT_FROM_FILE, "read names from FILE, one a line; - is standard input" },
	COMMON_OPTIONS,
};

static int run(struct app *app, int argc, char **argv)
{
	nsm_cleanup(free_job) struct job job = { .app = app };
	struct parser parser = { .app = app, .argc = argc, .argv = argv };
	const char *value;
	int id, status = recipe_begin(&job.recipe, app);

	if (status != STATUS_DONE)
		return status;
	while ((id = opt_next(&parser, &value)) != OPT_END) {
		bool added = true;

		if (recipe_option(&job.recipe, id, value, &status)) {
			if (status != STATUS_DONE)
				return status;
		} else if (id == OPT_OPERAND)
			added = add_name(&job.names, value);
		else if (id == OPT_EXIST_OK)
			job.flags |= NSMGR_CREATE_EXIST_OK;
		else if (id == OPT_FROM_POOL)
			job.flags |= NSMGR_CREATE_FROM_POOL;
		else if (id == OPT_IP_NETNS)
			nsmgr_config_ip_netns(job.recipe.config, true);
		else if (id == OPT_FROM_FILE)
			added = add_name(&job.files, value);
		else if (opt_common(app, id, &status))
			return status;
		if (!added)
			return say_plain(app, "out of memory");
	}
	return act(&job);
}

const struct verb verb_create = {
	.name = "create",
	.synopsis = "NAME... TYPES [OPTIONS]",
	.summary = "make sets of namespaces",
	.opts = options,
	.behind = launch_options,
	.run = run,
};
