/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/many.h"

#include "base/parse.h"
#include "base/text.h"
#include "cmd/jobs.h"

#include <fnmatch.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

/* ---- Which sets ---- */

static bool fits_one(const char *name, const struct names *patterns, bool matched[])
{
	bool fits = false;

	for (size_t i = 0; i < patterns->count; i++)
		if (fnmatch(patterns->array[i], name, 0) == 0)
			fits = matched[i] = true;
	return fits;
}

/* A part of the list that names nothing is a mistake that a run in the others would hide. */
static int check_all_matched(const struct app *app, const struct names *patterns, const bool matched[])
{
	char escaped[512];

	for (size_t i = 0; i < patterns->count; i++)
		if (!matched[i])
			return say_plain(app, "no set is called '%s'; nothing was done",
					 nsm_escape(patterns->array[i], escaped, sizeof(escaped)));
	return STATUS_DONE;
}

static int match(const struct app *app, const struct names *patterns, struct nsmgr_list *list, struct names *ret)
{
	nsm_autofree bool *matched = calloc(patterns->count + 1, sizeof(bool));
	const char *name;

	if (!matched)
		return say_plain(app, "out of memory");
	while (nsmgr_list_next(list, &name) == 0)
		if ((!patterns->count || fits_one(name, patterns, matched)) && !add_name(ret, name))
			return say_plain(app, "out of memory");
	if (!ret->count && !patterns->count)
		return say_plain(app, "there are no sets");
	return check_all_matched(app, patterns, matched);
}

/* Splits `list` in place. */
static int split(const struct app *app, char *list, struct names *ret)
{
	const char *part;
	size_t len = strlen(list);

	/* What an unset variable of a script makes of it is not every set. */
	if (len == 0 || list[len - 1] == ',')
		return say_usage(app, "--sets: a name is missing");
	while ((part = nsm_token(&list, ','))) {
		if (!*part)
			return say_usage(app, "--sets: a name is missing");
		if (!add_name(ret, part))
			return say_plain(app, "out of memory");
	}
	return STATUS_DONE;
}

/* ---- How many at a time ---- */

/* Each has at most eight descriptors while it is started. More of them at a time than there is room for would only fail. */
static size_t fitting(uint32_t wanted)
{
	struct rlimit limit;
	size_t room = 128;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
		room = limit.rlim_cur > 48 ? (limit.rlim_cur - 32) / 8 : 1;
	return wanted < room ? wanted : room;
}

static int parse_parallel(const struct app *app, const char *text, size_t *ret)
{
	uint32_t number = 1;
	long processors;

	if (text && nsm_parse_u32(text, &number) < 0)
		return say_usage(app, "-P: '%s' is no number", text);
	processors = sysconf(_SC_NPROCESSORS_ONLN);
	if (number == 0)
		number = processors > 0 ? (uint32_t)processors : 1;
	*ret = fitting(number);
	return STATUS_DONE;
}

/* ---- What became of it ---- */

static void describe(FILE *line, const struct outcome *outcome)
{
	switch (outcome->kind) {
	case OUTCOME_NOT_STARTED:
		fputs("not started", line);
		break;
	case OUTCOME_REFUSED:
		fputs("not run", line);
		break;
	case OUTCOME_NOT_FOUND:
		fputs("not found", line);
		break;
	case OUTCOME_NOT_EXECUTED:
		fputs("not executable", line);
		break;
	case OUTCOME_ENDED:
		if (outcome->status.timed_out)
			fputs("timed out", line);
		else if (outcome->status.signal)
			fprintf(line, "signal %d", outcome->status.signal);
		else
			fprintf(line, "status %d", outcome->status.code);
		break;
	case OUTCOME_LOST:
		fputs("status unknown", line);
		break;
	}
}

static bool is_failure(const struct outcome *outcome)
{
	const struct nsmgr_status *status = &outcome->status;

	return outcome->kind != OUTCOME_ENDED || status->signal || status->code || status->timed_out;
}

/* One line that leaves nobody out, however many they are. */
static void say_which(const struct jobs *jobs, size_t failures)
{
	char *text = NULL;
	size_t size;
	FILE *line = open_memstream(&text, &size);
	const char *before = ": ";

	if (!line)
		return;
	fprintf(line, "nsmgr: exec: failed in %zu of %zu sets", failures, jobs->count);
	for (size_t i = 0; i < jobs->count; i++) {
		if (!is_failure(&jobs->outcomes[i]))
			continue;
		fprintf(line, "%s%s (", before, jobs->names[i]);
		describe(line, &jobs->outcomes[i]);
		fputc(')', line);
		before = ", ";
	}
	fputc('\n', line);
	if (fclose(line) == 0)
		(void)!write(STDERR_FILENO, text, size);
	free(text);
}

static int sum_up(const struct jobs *jobs)
{
	size_t failures = 0;
	int status = STATUS_DONE;

	for (size_t i = 0; i < jobs->count; i++) {
		if (!is_failure(&jobs->outcomes[i]))
			continue;
		failures++;
		if (jobs->outcomes[i].kind == OUTCOME_REFUSED)
			status = STATUS_NSMGR;
		else if (status == STATUS_DONE)
			status = STATUS_FAILED;
	}
	if (failures)
		say_which(jobs, failures);
	if (jobs->signal)
		return STATUS_SIGNAL + jobs->signal;
	if (jobs->write_error)
		return say_plain(jobs->launch->app, "cannot write the output: %s", strerror(jobs->write_error));
	return status;
}

/* What could not be said is a failure of ours, unless there is a worse one. */
static int say_usages(const struct jobs *jobs, int status)
{
	nsm_autofree struct usage *usages = calloc(jobs->count, sizeof(*usages));
	int said;

	if (!usages)
		return say_plain(jobs->launch->app, "out of memory");
	for (size_t i = 0; i < jobs->count; i++)
		usages[i] = jobs->outcomes[i].usage;
	said = usage_say(jobs->launch, usages, jobs->count);
	return status < STATUS_NSMGR && said != STATUS_DONE ? said : status;
}

/* ---- All of it ---- */

static void free_list(struct nsmgr_list **list)
{
	nsmgr_list_free(*list);
}

int many_run(struct launch *launch, const struct many *many, char **argv)
{
	struct app *app = launch->app;
	nsm_cleanup(free_names) struct names patterns = { 0 }, names = { 0 };
	nsm_cleanup(free_list) struct nsmgr_list *list = NULL;
	nsm_autofree char *text = strdup(many->sets ? many->sets : "");
	struct jobs jobs = { .launch = launch, .argv = argv, .grouped = many->grouped };
	int status;

	if (!text)
		return say_plain(app, "out of memory");
	if (many->all && many->sets)
		return say_usage(app, "--all-sets and --sets exclude each other");
	if (launch->has_pty)
		return say_usage(app, "--pty goes with one set");
	status = parse_parallel(app, many->parallel, &jobs.parallel);
	if (status == STATUS_DONE && many->sets)
		status = split(app, text, &patterns);
	if (status == STATUS_DONE && nsmgr_list_new(app->ctx, 0, &list) < 0)
		status = say_failure(app, NULL);
	if (status == STATUS_DONE)
		status = match(app, &patterns, list, &names);
	if (status != STATUS_DONE)
		return status;
	if (app->verbose)
		nsmgr_set_log(app->ctx, say_remark, NULL);
	jobs.names = names.array;
	jobs.count = names.count;
	status = jobs_run(&jobs);
	if (status == STATUS_DONE) {
		status = sum_up(&jobs);
		if (launch->counts)
			status = say_usages(&jobs, status);
		if (jobs.unsaid && status < STATUS_NSMGR)
			status = STATUS_NSMGR;
	}
	free(jobs.outcomes);
	return status;
}
