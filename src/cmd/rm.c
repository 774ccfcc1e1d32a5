/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/verbs.h"

#include "base/parse.h"
#include "cmd/rm_report.h"

#include <stdio.h>

enum { OPT_ALL_SETS, OPT_IGNORE_MISSING, OPT_KILL, OPT_WAIT, OPT_FORCE, OPT_REPORT };

static const struct opt options[] = {
	{ "all-sets", 0, NULL, OPT_ALL_SETS, "remove every set of the store" },
	{ "ignore-missing", 0, NULL, OPT_IGNORE_MISSING, "no such set is a success" },
	{ "kill", 0, NULL, OPT_KILL, "end the processes of a pid namespace or cgroup of the set's own" },
	{ "wait", 0, "[=SEC]", OPT_WAIT, "wait for them to end by themselves" },
	{ "force", 0, NULL, OPT_FORCE, "also where the store is mounted in another mount namespace" },
	{ "report", 0, NULL, OPT_REPORT, "tell what keeps namespaces of removed sets alive" },
	COMMON_OPTIONS,
};

struct job {
	struct app *app;
	struct names names;
	struct nsmgr_list *list;
	bool all_sets, ignores_missing, has_timeout;
	int failures;
	unsigned flags;
	struct timespec timeout;
	struct rm_report *report;
};

static void free_job(struct job *job)
{
	free(job->names.array);
	nsmgr_list_free(job->list);
	if (job->report)
		job->report->free(job->report);
}

static int apply(struct job *job, int id, const char *value)
{
	switch (id) {
	case OPT_ALL_SETS:
		job->all_sets = true;
		break;
	case OPT_IGNORE_MISSING:
		job->ignores_missing = true;
		break;
	case OPT_KILL:
		job->flags |= NSMGR_REMOVE_KILL;
		break;
	case OPT_WAIT:
		job->flags |= NSMGR_REMOVE_WAIT;
		job->has_timeout = value;
		if (value && nsm_parse_duration(value, &job->timeout) < 0)
			return say_usage(job->app, "--wait: '%s' is not SEC[.FRAC]", value);
		break;
	case OPT_REPORT:
		return job->report ? STATUS_DONE : rm_report_new(job->app, &job->report);
	default:
		job->flags |= NSMGR_REMOVE_FORCE;
		break;
	}
	return STATUS_DONE;
}

static void report(void *data, const char *name, int result)
{
	struct job *job = data;
	bool is_missing = result == -ENOENT && job->ignores_missing;

	if (result < 0 && !is_missing) {
		say_failure(job->app, name);
		job->failures++;
	} else if (job->app->verbose) {
		fprintf(stderr, is_missing ? "nsmgr: '%s' was not there\n" : "nsmgr: removed '%s'\n", name);
	}
	/* One that is gone was named twice, or removed by somebody else: what holds its namespaces is told all the same. */
	if (result < 0 && result != -ENOENT && job->report)
		job->report->drop(job->report, name);
}

static int remove_names(struct job *job, const char *const names[], size_t count)
{
	int status = STATUS_DONE;

	/* Which namespaces they are can be told now, and what holds them then. */
	if (job->report)
		status = job->report->begin(job->report, names, count);
	if (status != STATUS_DONE)
		return status;
	if (nsmgr_remove_many(job->app->ctx, names, count, job->flags, job->has_timeout ? &job->timeout : NULL, report, job) < 0)
		return say_failure(job->app, count == 1 ? names[0] : NULL);
	if (job->report)
		status = job->report->end(job->report);
	return job->failures || status != STATUS_DONE ? STATUS_FAILED : STATUS_DONE;
}

static int act(struct job *job)
{
	struct app *app = job->app;
	const char *const *names;
	size_t count;

	if (job->all_sets && job->names.count)
		return say_usage(app, "--all-sets goes without NAMEs");
	if (!job->all_sets && !job->names.count)
		return say_usage(app, "a NAME is missing");
	if ((job->flags & NSMGR_REMOVE_KILL) && (job->flags & NSMGR_REMOVE_WAIT))
		return say_usage(app, "--kill and --wait exclude each other");
	nsmgr_set_log(app->ctx, say_remark, NULL);
	for (size_t i = 0; i < job->names.count; i++)
		if (nsmgr_check_name(app->ctx, job->names.array[i]) < 0)
			return say_refusal(app, job->names.array[i]);
	if (!job->all_sets)
		return remove_names(job, job->names.array, job->names.count);
	if (nsmgr_list_new(app->ctx, 0, &job->list) < 0)
		return say_failure(app, NULL);
	names = nsmgr_list_names(job->list, &count);
	/* One that somebody else removes meanwhile is gone, as it should be. */
	job->ignores_missing = true;
	return count ? remove_names(job, names, count) : STATUS_DONE;
}

static int run(struct app *app, int argc, char **argv)
{
	nsm_cleanup(free_job) struct job job = { .app = app };
	struct parser parser = { .app = app, .argc = argc, .argv = argv };
	const char *value;
	int id, status;

	while ((id = opt_next(&parser, &value)) != OPT_END) {
		status = STATUS_DONE;
		if (id == OPT_OPERAND) {
			if (!add_name(&job.names, value))
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

static const char *const aliases[] = { "del", "delete", "remove", NULL };

const struct verb verb_rm = {
	.name = "rm",
	.aliases = aliases,
	.synopsis = "NAME... | --all-sets [OPTIONS]",
	.summary = "remove sets, so that the kernel frees their namespaces",
	.opts = options,
	.run = run,
};
