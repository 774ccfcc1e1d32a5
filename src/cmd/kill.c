/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/verbs.h"

#include "base/fd.h"
#include "base/parse.h"
#include "cmd/crowd.h"
#include "cmd/members.h"
#include "cmd/supervise.h"
#include "cmd/sys.h"

#include <stdio.h>

enum { OPT_SIGNAL, OPT_WAIT };

static const struct opt options[] = {
	{ "signal", 's', "SIG", OPT_SIGNAL, "the signal, by name or number (TERM)" },
	{ "wait", 0, "[=SEC]", OPT_WAIT, "wait until those that were signalled have ended" },
	COMMON_OPTIONS,
};

struct job {
	struct app *app;
	const char *name;
	int signal;
	bool waits, has_timeout;
	struct timespec timeout;
	struct targets targets;
	struct crowd crowd;
	size_t news;   /* signalled in this round */
	size_t rounds; /* before it */
	int status;
};

static void free_job(struct job *job)
{
	targets_free(&job->targets);
	crowd_free(&job->crowd);
}

/* Opened first and looked at again then, through a directory that has been the same process's all the time: so the pidfd
 * is of the process that was found, although numbers are used again (LESSONS 11). */
static int open_member(struct job *job, const struct process *process, int *ret_pidfd)
{
	nsm_autoclose int pidfd = sys_pidfd_open(process->pid, false);
	struct process now = { .pid = process->pid, .dir = process->dir };
	int r;

	if (pidfd < 0)
		return pidfd;
	process_look(&now);
	r = targets_have(&job->targets, &now);
	if (r <= 0)
		return r < 0 ? r : -ESRCH;
	*ret_pidfd = take_fd(pidfd);
	return 0;
}

static int found(void *data, const struct member *member)
{
	struct job *job = data;
	pid_t pid = member->process->pid;
	nsm_autoclose int pidfd = -EBADF;
	int r;

	/* A signal that ends a thread ends its process, which is somebody else's. */
	if (member->tid) {
		if (job->waits)
			job->status = STATUS_FAILED; /* not all in it will have ended */
		if (job->rounds == 0)
			say_plain(job->app, "'%s': thread %ld of process %ld is in it, but the process is not: left alone",
				  job->name, (long)member->tid, (long)pid);
		return 0;
	}
	/* The machine's or container's own init is in no set. */
	if (member->keeper || pid == 1 || crowd_has(&job->crowd, pid))
		return 0;
	r = open_member(job, member->process, &pidfd);
	if (r == 0)
		r = sys_pidfd_kill(pidfd, job->signal);
	if (r == -ESRCH)
		return 0;
	if (r == -EPERM || r == -EACCES) {
		job->status = say_plain(job->app, "'%s': process %ld: %s", job->name, (long)pid, strerror(-r));
		return crowd_add(&job->crowd, pid, -EBADF);
	}
	if (r < 0)
		return r;
	job->news++;
	return crowd_add(&job->crowd, pid, take_fd(pidfd));
}

/* One round; after a KILL others, until there is nobody new: who was killed may have had children meanwhile. */
static int signal_all(struct job *job)
{
	struct members members = { .targets = &job->targets, .found = found, .data = job };
	int r;

	do {
		job->news = 0;
		r = members_walk(&members);
		job->rounds++;
	} while (r == 0 && job->news && job->signal == SIGKILL);
	if (r < 0)
		return say_plain(job->app, "'%s': %s", job->name, strerror(-r));
	members_say_hidden(&members);
	return members.hidden ? STATUS_FAILED : job->status;
}

static int wait_all(struct job *job)
{
	int r = crowd_wait(&job->crowd, job->has_timeout ? &job->timeout : NULL);
	char pids[256];
	struct nsm_text text = NSM_TEXT(pids);

	if (r == -ETIMEDOUT) {
		crowd_list(&job->crowd, &text);
		return say_plain(job->app, "'%s': still there: %s", job->name, pids);
	}
	return r < 0 ? say_plain(job->app, "'%s': wait: %s", job->name, strerror(-r)) : STATUS_DONE;
}

static int act(struct job *job)
{
	struct app *app = job->app;
	int ours, status, waited = STATUS_DONE;

	if (!job->name)
		return say_usage(app, "a NAME is missing");
	status = targets_open(app, job->name, 0, &job->targets);
	if (status != STATUS_DONE)
		return status;
	ours = procs_are_ours();
	if (ours < 0)
		return say_plain(app, "'%s': cannot read /proc: %s", job->name, strerror(-ours));
	if (!ours)
		return say_plain(app, "'%s': /proc is that of another pid namespace", job->name);
	if (job->targets.common)
		return say_plain(app, "'%s': process 1 is in each of its namespaces, and with it everybody", job->name);
	crowd_begin();
	status = signal_all(job);
	if (app->verbose)
		fprintf(stderr, "nsmgr: signalled %zu in '%s'\n", job->crowd.count, job->name);
	if (job->waits)
		waited = wait_all(job);
	return status != STATUS_DONE ? status : waited;
}

static int apply(struct job *job, int id, const char *value)
{
	if (id == OPT_SIGNAL) {
		job->signal = signal_number(value);
		return job->signal ? STATUS_DONE : say_usage(job->app, "--signal: '%s' is no signal", value);
	}
	job->waits = true;
	job->has_timeout = value;
	if (value && nsm_parse_duration(value, &job->timeout) < 0)
		return say_usage(job->app, "--wait: '%s' is not SEC[.FRAC]", value);
	return STATUS_DONE;
}

static int run(struct app *app, int argc, char **argv)
{
	nsm_cleanup(free_job) struct job job = { .app = app, .signal = SIGTERM };
	struct parser parser = { .app = app, .argc = argc, .argv = argv };
	const char *value;
	int id, status = STATUS_DONE;

	while ((id = opt_next(&parser, &value)) != OPT_END) {
		if (id == OPT_OPERAND && job.name)
			return say_usage(app, "too many names: '%s'", value);
		if (id == OPT_OPERAND)
			job.name = value;
		else if (id >= 0)
			status = apply(&job, id, value);
		else if (opt_common(app, id, &status))
			return status;
		if (status != STATUS_DONE)
			return status;
	}
	return act(&job);
}

const struct verb verb_kill = {
	.name = "kill",
	.synopsis = "NAME [OPTIONS]",
	.summary = "signal the processes that are in a set",
	.opts = options,
	.run = run,
};
