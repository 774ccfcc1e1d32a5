/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/jobs.h"

#include "base/fd.h"
#include "base/signals.h"
#include "cmd/job.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/signalfd.h>

/* What is watched: our signals, and of each slot its end and its outputs. */
#define EVENTS_BEFORE 1
#define EVENTS_EACH 3

/* ---- Starting one ---- */

static int open_files(struct jobs *jobs, struct job *job)
{
	for (int i = 0; i < 2; i++) {
		int r = job_output_keep(&job->outputs[i]);

		if (r < 0) {
			say_plain(jobs->launch->app, "no temporary file for the output of '%s': %s", job->outputs[i].name,
				  strerror(-r));
			return r;
		}
	}
	return 0;
}

static int take_pipes(struct job *job)
{
	for (int i = 0; i < 2; i++) {
		job->outputs[i].from = nsmgr_child_pipe(job->child, i + 1, true);
		if (job->outputs[i].from < 0)
			return job->outputs[i].from;
		if (fcntl(job->outputs[i].from, F_SETFL, O_NONBLOCK) < 0)
			return -errno;
	}
	return 0;
}

static enum outcome_kind start_in(struct jobs *jobs, struct job *job, const char *name)
{
	struct launch *launch = jobs->launch;
	enum outcome_kind kind;
	struct nsmgr_set *set;
	int r;

	if (jobs->grouped && open_files(jobs, job) < 0)
		return OUTCOME_REFUSED;
	if (nsmgr_set_open(launch->app->ctx, name, launch->types, NSMGR_OPEN_HOLD, &set) < 0) {
		say_failure(launch->app, name);
		return OUTCOME_REFUSED;
	}
	kind = jobs_start(jobs, job, set, name);
	if (job->own)
		launch = job->own;
	nsmgr_set_close(set);
	r = kind == OUTCOME_ENDED ? take_pipes(job) : 0;
	if (r < 0) {
		say_plain(launch->app, "cannot read the output of '%s': %s", name, strerror(-r));
		return OUTCOME_REFUSED;
	}
	if (kind != OUTCOME_ENDED)
		return kind;
	time_limit_begin(&job->limit, launch, nsmgr_child_pid(job->child));
	usage_begin(&jobs->outcomes[job->number].usage, launch);
	return kind;
}

static void empty(struct job *job)
{
	nsmgr_child_free(take_ptr(job->child));
	jobs_free_own(job);
	for (int i = 0; i < 2; i++) {
		nsm_close(&job->outputs[i].from);
		nsm_close(&job->outputs[i].file);
	}
}

static void start(struct jobs *jobs, struct job *job)
{
	struct outcome *outcome = &jobs->outcomes[jobs->next];

	job->number = jobs->next++;
	for (int i = 0; i < 2; i++) {
		job->outputs[i].name = jobs->names[job->number];
		job->outputs[i].from = job->outputs[i].file = -EBADF;
		job->outputs[i].to = i + 1;
		job->outputs[i].used = 0;
	}
	outcome->kind = start_in(jobs, job, jobs->names[job->number]);
	if (outcome->kind == OUTCOME_ENDED)
		jobs->running++;
	else
		empty(job);
}

static void conclude(struct outcome *outcome, const struct job *job)
{
	const struct nsmgr_status *status = &outcome->status;
	const struct rusage *rusage = nsmgr_child_usage(job->child);

	outcome->status.timed_out = job->limit.sent != 0;
	if (rusage)
		outcome->usage.rusage = *rusage;
	usage_end(&outcome->usage,
		  time_limit_status(&job->limit, status->signal ? STATUS_SIGNAL + status->signal : status->code));
}

/* All in one table where the command line asks for it, else each as its set has it. */
static void say_own_usage(struct jobs *jobs, const struct job *job)
{
	if (job->own && job->own->counts && !jobs->launch->counts &&
	    usage_say(job->own, &jobs->outcomes[job->number].usage, 1) != STATUS_DONE)
		jobs->unsaid = true;
}

static void finish(struct jobs *jobs, struct job *job)
{
	struct outcome *outcome = &jobs->outcomes[job->number];

	/* As long as it is not reaped, nobody else has its number. Of a run that is to end nothing stays. */
	if (jobs->patience.bounded)
		kill(-nsmgr_child_pid(job->child), SIGKILL);
	time_limit_keep(&job->limit);
	if (nsmgr_child_wait(job->child, NULL, &outcome->status) < 0)
		outcome->kind = OUTCOME_LOST;
	else
		conclude(outcome, job);
	/* From here on its number may be another's, and what is written may take as long as its reader likes. */
	nsmgr_child_free(take_ptr(job->child));
	for (int i = 0; i < 2; i++)
		job_output_finish(jobs, &job->outputs[i]);
	say_own_usage(jobs, job);
	empty(job);
	jobs->running--;
}

/* ---- Waiting ---- */

static void look_after(struct jobs *jobs, struct job *job, const struct pollfd *events)
{
	for (int i = 0; i < 2; i++)
		if (events[1 + i].revents)
			job_output_pass(jobs, &job->outputs[i], SIZE_MAX);
	if (events[0].revents)
		finish(jobs, job);
	else
		time_limit_keep(&job->limit);
}

/* How long nothing is due, for poll(2). */
static int left(const struct jobs *jobs)
{
	int left = jobs->killed ? -1 : nsm_deadline_left(&jobs->patience);

	for (size_t i = 0; i < jobs->parallel; i++) {
		int own = jobs->slots[i].child ? time_limit_left(&jobs->slots[i].limit) : -1;

		if (own >= 0 && (left < 0 || own < left))
			left = own;
	}
	return left;
}

static void wait_for_some(struct jobs *jobs)
{
	struct pollfd *events = jobs->events;

	events[0] = (struct pollfd){ .fd = jobs->signals, .events = POLLIN };
	for (size_t i = 0; i < jobs->parallel; i++) {
		const struct job *job = &jobs->slots[i];
		struct pollfd *own = events + EVENTS_BEFORE + i * EVENTS_EACH;

		own[0] = (struct pollfd){ .fd = job->child ? nsmgr_child_pidfd(job->child) : -1, .events = POLLIN };
		for (int k = 0; k < 2; k++)
			own[1 + k] = (struct pollfd){ .fd = job->outputs[k].from, .events = POLLIN };
	}
	poll(events, EVENTS_BEFORE + jobs->parallel * EVENTS_EACH, left(jobs));
	if (!jobs->killed && nsm_deadline_left(&jobs->patience) == 0) {
		jobs_kill(jobs);
		jobs->killed = true;
	}
	if (events[0].revents)
		jobs_take_signals(jobs);
	for (size_t i = 0; i < jobs->parallel; i++)
		if (jobs->slots[i].child)
			look_after(jobs, &jobs->slots[i], events + EVENTS_BEFORE + i * EVENTS_EACH);
}

static bool may_start(struct jobs *jobs)
{
	jobs_take_signals(jobs);
	return !jobs->patience.bounded && jobs->next < jobs->count;
}

static void run_all(struct jobs *jobs)
{
	for (;;) {
		for (size_t i = 0; i < jobs->parallel; i++)
			while (may_start(jobs) && !jobs->slots[i].child)
				start(jobs, &jobs->slots[i]);
		if (!jobs->running)
			return;
		wait_for_some(jobs);
	}
}

/* ---- All of it ---- */

static int prepare(struct jobs *jobs)
{
	sigset_t all;
	int r;

	if (jobs->parallel > jobs->count)
		jobs->parallel = jobs->count;
	jobs->outcomes = calloc(jobs->count, sizeof(*jobs->outcomes));
	jobs->slots = calloc(jobs->parallel, sizeof(*jobs->slots));
	jobs->events = calloc(EVENTS_BEFORE + jobs->parallel * EVENTS_EACH, sizeof(*jobs->events));
	if (!jobs->outcomes || !jobs->slots || !jobs->events)
		return say_plain(jobs->launch->app, "out of memory");
	for (size_t i = 0; i < jobs->parallel; i++)
		for (int k = 0; k < 2; k++)
			jobs->slots[i].outputs[k].from = jobs->slots[i].outputs[k].file = -EBADF;
	nsm_all_signals(&all);
	jobs->launch->new_session = true;
	supervise_begin(&jobs->supervision);
	jobs->signals = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
	if (jobs->signals < 0)
		return say_plain(jobs->launch->app, "signalfd: %s", strerror(errno));
	r = jobs_prepare(jobs, jobs->launch->command);
	return r < 0 ? say_failure(jobs->launch->app, NULL) : STATUS_DONE;
}

int jobs_run(struct jobs *jobs)
{
	int status;

	jobs->signals = -EBADF;
	status = prepare(jobs);
	if (status == STATUS_DONE)
		run_all(jobs);
	nsm_close(&jobs->signals);
	nsm_free_ptr(&jobs->slots);
	nsm_free_ptr(&jobs->events);
	return status;
}
