/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/verbs.h"

#include "base/deadline.h"
#include "base/parse.h"
#include "cmd/crowd.h"

#include <poll.h>

enum { OPT_REMOVED, OPT_TIMEOUT };

static const struct opt options[] = {
	{ "removed", 0, NULL, OPT_REMOVED, "until none of them is there" },
	{ "timeout", 0, "SEC", OPT_TIMEOUT, "give up after so long, with status 124" },
	COMMON_OPTIONS,
};

struct job {
	struct app *app;
	struct names names;
	bool removed, has_timeout;
	struct timespec timeout;
	struct nsmgr_watch *watch;
	struct nsmgr_list *list;
	const char *missed; /* the first that is not as it should be */
	struct nsmgr_handle spoilt; /* what is wrong with it; no type: it is not there, or still there */
};

static void free_job(struct job *job)
{
	nsmgr_list_free(job->list);
	nsmgr_watch_free(job->watch);
	free(job->names.array);
}

/* What no command could use: exec would refuse it. Of a set made by hand nobody can say when it is finished. */
static bool is_spoilt(const struct nsmgr_handle *handle)
{
	return handle->origin != NSMGR_ORIGIN_UNKNOWN &&
	       (handle->state == NSMGR_STALE || handle->state == NSMGR_DEAD || handle->state == NSMGR_FOREIGN);
}

/* Whether a handle is there matters only to who can use it, and no event tells of a mount in another mount namespace: what exec
 * says is said at once. 0: it has become another one since. */
static int refuse_elsewhere(struct job *job, const char *name, enum nsmgr_type type)
{
	struct nsmgr_set *set;
	int r = nsmgr_set_open(job->app->ctx, name, NSMGR_MASK(type), 0, &set);

	if (r == 0)
		nsmgr_set_close(set);
	return r == -EXDEV ? r : 0;
}

/* 1: it is as it should be; 0: not yet; or what could not be looked at. */
static int is_reached(struct job *job, const char *name)
{
	struct nsmgr_handle handles[NSMGR_TYPE_COUNT];
	int count = nsmgr_list_handles(job->list, name, handles);

	if (count == -ENOENT || count == -ENOTDIR)
		return job->removed;
	if (count < 0 || job->removed)
		return count < 0 ? count : 0;
	for (int i = 0; i < count; i++) {
		if (handles[i].state == NSMGR_ELSEWHERE)
			return refuse_elsewhere(job, name, handles[i].type);
		if (!is_spoilt(&handles[i]))
			continue;
		job->spoilt = handles[i];
		return 0;
	}
	return 1;
}

static int are_all_reached(struct job *job)
{
	int r;

	nsmgr_list_free(job->list);
	job->list = NULL;
	r = nsmgr_list_new(job->app->ctx, 0, &job->list);
	if (r < 0)
		return r;
	r = 1;
	for (size_t i = 0; r > 0 && i < job->names.count; i++) {
		job->missed = job->names.array[i];
		job->spoilt.type = NSMGR_TYPE_NONE;
		r = is_reached(job, job->missed);
	}
	return r;
}

/* All that has happened by now. A handle that is mended is a mount, which is no event but wakes us. */
static int take_events(struct job *job)
{
	struct nsmgr_event event;
	int r;

	do
		r = nsmgr_watch_next(job->watch, &event);
	while (r > 0);
	return r;
}

static void say_over(const struct job *job)
{
	const struct nsmgr_handle *spoilt = &job->spoilt;

	if (spoilt->type != NSMGR_TYPE_NONE)
		say_plain(job->app, "'%s' is there when the time is over, but its %s is %s (cure: nsmgr rm %s)", job->missed,
			  nsmgr_type_name(spoilt->type), nsmgr_state_name(spoilt->state), job->missed);
	else
		say_plain(job->app, "'%s' is %s when the time is over", job->missed, job->removed ? "still there" : "not there");
}

static int wait_for_all(struct job *job)
{
	struct nsm_deadline deadline = nsm_deadline(job->has_timeout ? &job->timeout : NULL);
	struct pollfd fd = { .fd = nsmgr_watch_fd(job->watch), .events = POLLIN };
	int r = are_all_reached(job);

	while (r == 0) {
		int left = nsm_deadline_left(&deadline);

		if (left == 0)
			break;
		if (poll(&fd, 1, left) < 0 && errno != EINTR)
			return say_plain(job->app, "poll: %s", strerror(errno));
		r = take_events(job);
		if (r == 0)
			r = are_all_reached(job);
	}
	if (r < 0)
		return say_failure(job->app, job->missed);
	if (r > 0)
		return STATUS_DONE;
	say_over(job);
	return STATUS_TIMEOUT;
}

static int act(struct job *job)
{
	struct app *app = job->app;

	if (job->names.count == 0)
		return say_usage(app, "a NAME is missing");
	for (size_t i = 0; i < job->names.count; i++)
		if (nsmgr_check_name(app->ctx, job->names.array[i]) < 0)
			return say_refusal(app, job->names.array[i]);
	crowd_begin(); /* a descriptor for each pid namespace */
	/* Before the first look, so that nothing happens between that and the wait. */
	if (nsmgr_watch_new(app->ctx, 0, &job->watch) < 0)
		return say_failure(app, job->names.array[0]);
	return wait_for_all(job);
}

static int apply(struct job *job, int id, const char *value)
{
	if (id == OPT_REMOVED) {
		job->removed = true;
		return STATUS_DONE;
	}
	job->has_timeout = true;
	if (nsm_parse_duration(value, &job->timeout) < 0)
		return say_usage(job->app, "--timeout: '%s' is not SEC[.FRAC]", value);
	return STATUS_DONE;
}

static int run(struct app *app, int argc, char **argv)
{
	nsm_cleanup(free_job) struct job job = { .app = app, .spoilt.type = NSMGR_TYPE_NONE };
	struct parser parser = { .app = app, .argc = argc, .argv = argv };
	const char *value;
	int id, status = STATUS_DONE;

	app->doing = "wait for";
	while ((id = opt_next(&parser, &value)) != OPT_END) {
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

const struct verb verb_wait = {
	.name = "wait",
	.synopsis = "NAME... [OPTIONS]",
	.summary = "wait until sets are there, or gone",
	.opts = options,
	.run = run,
};
