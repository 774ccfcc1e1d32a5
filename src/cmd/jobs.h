/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_JOBS_H
#define NSM_CMD_JOBS_H

#include "base/deadline.h"
#include "cmd/launch.h"
#include "cmd/supervise.h"
#include "cmd/usage.h"

struct job;

/* One command in many sets, some of them at a time. */

enum outcome_kind {
	OUTCOME_NOT_STARTED,  /* a signal came before its turn */
	OUTCOME_REFUSED,      /* the set could not be entered */
	OUTCOME_NOT_FOUND,    /* the command is not there */
	OUTCOME_NOT_EXECUTED, /* or it cannot be executed */
	OUTCOME_ENDED,
	OUTCOME_LOST /* it ended, and nobody knows how */
};

struct outcome {
	enum outcome_kind kind;
	struct nsmgr_status status; /* where it ended */
	struct usage usage;
};

struct jobs {
	struct launch *launch;
	char **argv;
	const char **names;
	size_t count;
	bool grouped;
	size_t parallel; /* at least 1 */
	/* What came of it: */
	struct outcome *outcomes; /* a name each, to be freed */
	int signal;		  /* that ended us, or 0 */
	int write_error;	  /* the errno with which our output failed, or 0 */
	bool unsaid;		  /* what one used, as its set has it, could not be said */
	/* Meanwhile: */
	struct supervision supervision;
	int signals; /* a descriptor that tells of them */
	struct job *slots;
	struct pollfd *events;
	struct nsm_deadline patience; /* how long who was told to end may take */
	bool killed;		      /* that was too long */
	size_t next, running;
};

/* Runs them all. STATUS_DONE, whatever they gave, or a failure of ours that was said before anything was run. */
int jobs_run(struct jobs *jobs);

/* jobs_start.c: what is the same in each set, a session of its own and pipes (0, or -errno with the failure); and starting it in one
 * that was opened, OUTCOME_ENDED if it runs, with what kept it from that said. Where the set has defaults, job->own is the launch with them. */
int jobs_prepare(const struct jobs *jobs, struct nsmgr_command *command);
enum outcome_kind jobs_start(const struct jobs *jobs, struct job *job, struct nsmgr_set *set, const char *name);
void jobs_free_own(struct job *job);

/* Looks after signals that came meanwhile. */
void jobs_take_signals(struct jobs *jobs);

/* Has all of them end: they are told by a signal, and killed when they take too long, or at the second time. */
void jobs_stop(struct jobs *jobs, int signal);

/* At once, without a word. */
void jobs_kill(struct jobs *jobs);

/* Writes all of it, unless our output is broken. While it cannot be written, signals are seen to; what still cannot be when
 * one has ended us is dropped. */
void jobs_write(struct jobs *jobs, int fd, const char *data, size_t size);

#endif
