/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/verbs.h"

#include "cmd/crowd.h"
#include "cmd/select.h"
#include "cmd/targets.h"
#include "cmd/words.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

enum { OPT_JSON, OPT_INITIAL, OPT_LABELS };

static const struct opt options[] = {
	{ "initial", 0, NULL, OPT_INITIAL, "begin with the sets that are there" },
	{ "labels", 0, NULL, OPT_LABELS, "tell of changed labels as well" },
	{ "json", 'J', NULL, OPT_JSON, "as JSON, an object a line" },
	COMMON_OPTIONS,
};

struct job {
	struct app *app;
	struct names patterns;
	struct nsmgr_watch *watch;
	sigset_t signals; /* while we wait */
	bool json;
	unsigned flags;
};

static void free_job(struct job *job)
{
	nsmgr_watch_free(job->watch);
	free(job->patterns.array);
}

/* What ends us without being a failure. */
static volatile sig_atomic_t stopped, writing;

/* A write to a terminal that takes no more waits however poll(2) has answered, and one that is only about to begin would not be
 * interrupted: nothing is left to be done then. */
static void stop(int signal)
{
	(void)signal;
	if (writing)
		_exit(STATUS_DONE);
	stopped = 1;
}

/* Who began with one of them ignored, as a shell begins what runs in its background, is not ended by it. Both are blocked but
 * where we wait or write, so that none comes between a look and the wait. */
static void catch_signals(struct job *job)
{
	static const int ours[] = { SIGINT, SIGTERM };
	struct sigaction action = { .sa_handler = stop }, old;
	sigset_t block;

	sigemptyset(&block);
	for (size_t i = 0; i < NSM_ARRAY_SIZE(ours); i++) {
		if (sigaction(ours[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(ours[i], &action, NULL);
		sigaddset(&block, ours[i]);
	}
	sigprocmask(SIG_BLOCK, &block, &job->signals);
	for (size_t i = 0; i < NSM_ARRAY_SIZE(ours); i++)
		sigdelset(&job->signals, ours[i]);
	signal(SIGPIPE, SIG_IGN);
}

/* ---- one event ---- */

static void add_text(struct nsm_text *text, const struct nsmgr_event *event)
{
	char moment[32];

	nsm_text_add(text, "%s %-8s %s", format_moment(&event->time, moment), nsmgr_event_kind_name(event->kind),
		     event->name);
	if (event->old_name)
		nsm_text_add(text, " was %s", event->old_name);
	if (event->types)
		add_types(text, event->types);
	if (event->init)
		nsm_text_add(text, " %ld", (long)event->init);
	nsm_text_add(text, "\n");
}

/* The names are such as any syntax takes: nsmgr_name_is_valid(). */
static void add_json(struct nsm_text *text, const struct nsmgr_event *event)
{
	char moment[32];

	nsm_text_add(text, "{\"time\":\"%s\",\"event\":\"%s\",\"name\":\"%s\"", format_moment(&event->time, moment),
		     nsmgr_event_kind_name(event->kind), event->name);
	if (event->old_name)
		nsm_text_add(text, ",\"old\":\"%s\"", event->old_name);
	if (event->types) {
		nsm_text_add(text, ",\"types\":");
		add_types_json(text, event->types);
	}
	if (event->init)
		nsm_text_add(text, ",\"pid\":%ld", (long)event->init);
	nsm_text_add(text, "}\n");
}

static bool is_selected(const struct job *job, const struct nsmgr_event *event)
{
	for (size_t i = 0; i < job->patterns.count; i++) {
		const char *pattern = job->patterns.array[i];

		if (is_named(pattern, event->name) || (event->old_name && is_named(pattern, event->old_name)))
			return true;
	}
	return job->patterns.count == 0;
}

/* ---- what is read and written ---- */

/* Waits for either. Who reads us and goes is noticed at once, not at the next event. 0: that, or a signal. */
static int await(struct job *job, bool to_write)
{
	struct pollfd fds[] = {
		{ .fd = STDOUT_FILENO, .events = to_write ? POLLOUT : 0 },
		{ .fd = nsmgr_watch_fd(job->watch), .events = POLLIN },
	};
	int r;

	do
		r = ppoll(fds, to_write ? 1 : 2, NULL, &job->signals);
	while (r < 0 && errno == EINTR && !stopped);
	if (stopped || (r > 0 && fds[0].revents & (POLLERR | POLLHUP)))
		return 0;
	return r < 0 ? -errno : 1;
}

static ssize_t write_some(const struct job *job, const char *buf, size_t size)
{
	sigset_t blocked;
	ssize_t n;

	writing = 1;
	sigprocmask(SIG_SETMASK, &job->signals, &blocked);
	n = write(STDOUT_FILENO, buf, size);
	n = n < 0 ? -errno : n;
	sigprocmask(SIG_SETMASK, &blocked, NULL);
	writing = 0;
	return n;
}

/* By write(2), line by line, for who reads them as they come. 1: go on; 0: who read us has gone, or a signal came. */
static int put(struct job *job, const struct nsm_text *text)
{
	size_t done = 0;

	while (done < text->len) {
		int r = await(job, true);
		ssize_t n;

		if (r <= 0)
			return r;
		n = write_some(job, text->buf + done, text->len - done);
		if (n == -EPIPE)
			return 0;
		if (n < 0 && n != -EAGAIN && n != -EINTR)
			return (int)n;
		done += n > 0 ? (size_t)n : 0;
	}
	return 1;
}

static int tell(struct job *job, const struct nsmgr_event *event)
{
	char line[512];
	struct nsm_text text = NSM_TEXT(line);

	if (!is_selected(job, event))
		return 1;
	if (job->json)
		add_json(&text, event);
	else
		add_text(&text, event);
	return put(job, &text);
}

static int follow(struct job *job)
{
	struct nsmgr_event event;
	int r, told = 1;

	do {
		while (told > 0 && (r = nsmgr_watch_next(job->watch, &event)) != 0) {
			if (r < 0)
				return say_failure(job->app, NULL);
			told = tell(job, &event);
		}
		if (told > 0)
			told = await(job, false);
	} while (told > 0);
	return told < 0 ? say_plain(job->app, "cannot write the answer: %s", strerror(-told)) : STATUS_DONE;
}

static int act(struct job *job)
{
	struct app *app = job->app;

	for (size_t i = 0; i < job->patterns.count; i++)
		if (!is_pattern(job->patterns.array[i]) && nsmgr_check_name(app->ctx, job->patterns.array[i]) < 0)
			return say_refusal(app, job->patterns.array[i]);
	crowd_begin(); /* a descriptor for each pid namespace */
	catch_signals(job);
	if (nsmgr_watch_new(app->ctx, job->flags, &job->watch) < 0)
		return say_failure(app, NULL);
	return follow(job);
}

static int run(struct app *app, int argc, char **argv)
{
	nsm_cleanup(free_job) struct job job = { .app = app };
	struct parser parser = { .app = app, .argc = argc, .argv = argv };
	const char *value;
	int id, status = STATUS_DONE;

	while ((id = opt_next(&parser, &value)) != OPT_END) {
		if (id == OPT_OPERAND && !add_name(&job.patterns, value))
			return say_plain(app, "out of memory");
		if (id == OPT_JSON)
			job.json = true;
		else if (id == OPT_INITIAL)
			job.flags |= NSMGR_WATCH_INITIAL;
		else if (id == OPT_LABELS)
			job.flags |= NSMGR_WATCH_LABELS;
		else if (id != OPT_OPERAND && opt_common(app, id, &status))
			return status;
	}
	return act(&job);
}

const struct verb verb_monitor = {
	.name = "monitor",
	.synopsis = "[NAME|GLOB...] [OPTIONS]",
	.summary = "tell what happens to sets, as it happens",
	.opts = options,
	.run = run,
};
