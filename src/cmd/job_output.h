/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_JOB_OUTPUT_H
#define NSM_CMD_JOB_OUTPUT_H

#include "cmd/jobs.h"

/* What one of many commands writes to its standard output or error, on its way to ours: lines behind the name of the set, from
 * a pipe; or all of it when the command has ended, from a file without a name. */
struct job_output {
	const char *name;
	int from; /* our end of the pipe, or the file */
	int to;	  /* STDOUT_FILENO or STDERR_FILENO */
	size_t used;
	char line[3968]; /* with the name and the newline it is what a pipe takes at once */
};

/* Passes on at most `limit` bytes that the pipe has. The pipe is closed at its end. */
void job_output_pass(struct jobs *jobs, struct job_output *output, size_t limit);

/* The command has ended: what the pipe has by now, and a line without an end. Who else still has the pipe is not waited for. */
void job_output_finish(struct jobs *jobs, struct job_output *output);

/* All of the file, below the name. */
void job_output_show(struct jobs *jobs, struct job_output *output);

#endif
