/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/jobs.h"

#include "base/fd.h"
#include "base/signals.h"
#include "cmd/job_output.h"
#include "cmd/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* A command that runs. Each has a session of its own: what asks at the terminal fails at once, where it would stop in the background
 * for ever, the terminal's signals come through us, and all it started can be told to end by its process group, which the first
 * process of a session cannot leave. */
struct job {
	size_t number; /* of its name */
	struct nsmgr_child *child; /* NULL: the slot is free */
	struct job_output outputs[2];
};

/* What is watched: our signals, and of each slot its end and its outputs. */
#define EVENTS_BEFORE 1
#define EVENTS_EACH 3

/* How long who was told to end may take. */
static const struct timespec patience = { .tv_sec = 5 };

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
		if (job->outputs[i].from < 0 || fcntl(job->outputs[i].from, F_SETFL, O_NONBLOCK) < 0)
			return -EIO;
	}
	return 0;
}

static enum outcome_kind start_in(struct jobs *jobs, struct job *job, const char *name)
{
	struct launch *launch = jobs->launch;
	enum outcome_kind kind;
	struct nsmgr_set *set;

	if (jobs->grouped && open_files(jobs, job) < 0)
		return OUTCOME_REFUSED;
	if (nsmgr_set_open(launch->app->ctx, name, launch->types, NSMGR_OPEN_HOLD, &set) < 0) {
		say_failure(launch->app, name);
		return OUTCOME_REFUSED;
	}
	kind = jobs_start(jobs, set, name, &job->child);
	nsmgr_set_close(set);
	if (kind == OUTCOME_ENDED && take_pipes(job) < 0) {
		say_failure(launch->app, name);
		return OUTCOME_REFUSED;
	}
	return kind;
}

static void empty(struct job *job)
{
	nsmgr_child_free(take_ptr(job->child));
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

static void finish(struct jobs *jobs, struct job *job)
{
	struct outcome *outcome = &jobs->outcomes[job->number];

	/* As long as it is not reaped, nobody else has its number. Of a run that is to end nothing stays. */
	if (jobs->patience.bounded)
		kill(-nsmgr_child_pid(job->child), SIGKILL);
	if (nsmgr_child_wait(job->child, NULL, &outcome->status) < 0)
		outcome->kind = OUTCOME_LOST;
	/* From here on its number may be another's, and what is written may take as long as its reader likes. */
	nsmgr_child_free(take_ptr(job->child));
	for (int i = 0; i < 2; i++)
		job_output_finish(jobs, &job->outputs[i]);
	empty(job);
	jobs->running--;
}

/* ---- Signals ---- */

static void tell_all(struct jobs *jobs, int signal)
{
	for (size_t i = 0; i < jobs->parallel; i++)
		if (jobs->slots[i].child)
			kill(-nsmgr_child_pid(jobs->slots[i].child), signal);
}

void jobs_stop(struct jobs *jobs, int signal)
{
	if (jobs->patience.bounded) {
		tell_all(jobs, SIGKILL);
		return;
	}
	tell_all(jobs, signal);
	tell_all(jobs, SIGCONT);
	jobs->patience = nsm_deadline(&patience);
}

/* nohup(1), and what a shell starts in the background. */
static bool is_ignored(int signal)
{
	struct sigaction action;

	return sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

static void take_signal(struct jobs *jobs, int signal)
{
	switch (signal) {
	case SIGHUP:
	case SIGINT:
	case SIGQUIT:
	case SIGTERM:
		if (is_ignored(signal))
			break;
		if (!jobs->signal)
			jobs->signal = signal;
		jobs_stop(jobs, signal);
		break;
	case SIGTSTP:
	case SIGTTIN:
	case SIGTTOU:
		tell_all(jobs, SIGSTOP);
		terminal_suspend(signal);
		/* Where nobody could continue us, we were not stopped. */
		tell_all(jobs, SIGCONT);
		break;
	case SIGCHLD: /* their pidfds tell */
	case SIGPIPE: /* and so does write(2) */
	case SIGWINCH:
	case SIGURG:
		break;
	default:
		tell_all(jobs, signal);
		break;
	}
}

void jobs_take_signals(struct jobs *jobs)
{
	struct signalfd_siginfo info;

	while (read(jobs->signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
		take_signal(jobs, (int)info.ssi_signo);
}

static void look_after(struct jobs *jobs, struct job *job, const struct pollfd *events)
{
	for (int i = 0; i < 2; i++)
		if (events[1 + i].revents)
			job_output_pass(jobs, &job->outputs[i], SIZE_MAX);
	if (events[0].revents)
		finish(jobs, job);
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
	if (poll(events, EVENTS_BEFORE + jobs->parallel * EVENTS_EACH, jobs->killed ? -1 : nsm_deadline_left(&jobs->patience)) == 0) {
		tell_all(jobs, SIGKILL);
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
