/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/jobs.h"

#include "cmd/job.h"

#include <unistd.h>

static enum outcome_kind why(int status)
{
	return status == STATUS_NOT_FOUND	 ? OUTCOME_NOT_FOUND
	       : status == STATUS_NOT_EXECUTABLE ? OUTCOME_NOT_EXECUTED
						 : OUTCOME_REFUSED;
}

int jobs_prepare(const struct jobs *jobs, struct nsmgr_command *command)
{
	int r = supervise_command(&jobs->supervision, command);

	nsmgr_command_new_session(command);
	if (r == 0)
		r = nsmgr_command_stdio(command, STDIN_FILENO, NSMGR_STDIO_NULL);
	for (int fd = 1; r == 0 && fd <= 2; fd++)
		r = nsmgr_command_stdio(command, fd, NSMGR_STDIO_PIPE);
	return r;
}

static enum outcome_kind start_by(const struct jobs *jobs, struct launch *launch, struct nsmgr_set *set, const char *name,
				  struct nsmgr_child **ret_child)
{
	int r;

	nsmgr_command_cover(launch->command, NULL, NULL); /* what the set before had */
	if (launch_choose_etc(launch, nsmgr_set_types(set), name) != STATUS_DONE ||
	    launch_prepare(launch, set, name) != STATUS_DONE)
		return OUTCOME_REFUSED;
	r = nsmgr_command_start(launch->command, set, (const char *const *)jobs->argv, ret_child);
	return r < 0 ? why(launch_failed(launch, name, r)) : OUTCOME_ENDED;
}

/* Its file, if any, is not that of the command line. */
static int check_own(const struct jobs *jobs, struct launch *own, const char *name)
{
	if (own->has_pty)
		return say_plain(own->app, "'%s' has --pty as a default, which goes with one set (--no-defaults)", name);
	return jobs->launch->counts ? STATUS_DONE : launch_check(own);
}

/* A set with defaults has a command of its own. */
static enum outcome_kind start_with_defaults(const struct jobs *jobs, struct job *job, struct nsmgr_set *set, const char *name)
{
	int status;

	job->own = calloc(1, sizeof(*job->own));
	if (!job->own) {
		say_plain(jobs->launch->app, "out of memory");
		return OUTCOME_REFUSED;
	}
	status = launch_for_set(jobs->launch, set, name, job->own);
	if (status == STATUS_DONE)
		status = check_own(jobs, job->own, name);
	if (status == STATUS_DONE && jobs_prepare(jobs, job->own->command) < 0)
		status = say_failure(job->own->app, name);
	job->own->new_session = true;
	return status == STATUS_DONE ? start_by(jobs, job->own, set, name, &job->child) : OUTCOME_REFUSED;
}

enum outcome_kind jobs_start(const struct jobs *jobs, struct job *job, struct nsmgr_set *set, const char *name)
{
	return nsmgr_set_has_defaults(set) && !jobs->launch->no_defaults
		       ? start_with_defaults(jobs, job, set, name)
		       : start_by(jobs, jobs->launch, set, name, &job->child);
}

void jobs_free_own(struct job *job)
{
	if (job->own)
		launch_free(job->own);
	nsm_free_ptr(&job->own);
}
