/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_JOB_OUTPUT_H
#define NSM_CMD_JOB_OUTPUT_H

#include "cmd/jobs.h"

/* What one of many commands writes to its standard output or error, on its way to ours: lines behind the name of the set, or all of
 * it when the command has ended, from a file without a name. The command has a pipe in any case: a file it could empty. */
struct job_output {
	const char *name;
	int from; /* our end of the pipe */
	int file; /* where it is kept until the end, or below 0 */
	int to;	  /* STDOUT_FILENO or STDERR_FILENO */
	size_t used;
	char line[3968]; /* with the name and the newline it is what a pipe takes at once */
};

/* Has it kept in a file until the end. 0, or -errno. */
int job_output_keep(struct job_output *output);

/* Passes on at most `limit` bytes that the pipe has. The pipe is closed at its end. */
void job_output_pass(struct jobs *jobs, struct job_output *output, size_t limit);

/* The command has ended: what the pipe has by now, and a line without an end; or all of the file, below the name. Who else still has
 * the pipe is not waited for. */
void job_output_finish(struct jobs *jobs, struct job_output *output);

#endif
