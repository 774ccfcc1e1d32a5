/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_PROGRAM_H
#define NSM_CMD_PROGRAM_H

#include "base/macro.h"

#include <signal.h>
#include <sys/types.h>

/* Another program that is run for a set in the making, with a pipe from its output, which comes out on our standard error, behind the
 * name of the set. It is found by the caller's PATH, and leads a session of its own. Its descriptors are 0, which is at its
 * end, 1 and 2; its signals are all as they are at first. */
struct program {
	char *const *argv;
	const char *name; /* before each line */
	/* In the child before it becomes the program: the environment. 0, or -errno. May be NULL. */
	int (*prepare)(const void *data);
	const void *data;
	sigset_t ending; /* signals, blocked, on which it is ended */
	/* Takes a line of its output; NULL: it goes to our standard error. */
	void (*line)(const struct program *program, const char *line, size_t size);
};

/* A program that was started. */
struct running {
	const struct program *program;
	pid_t pid; /* 0: none */
	int pidfd, output;
	size_t used;
	char line[2048];
};

#define RUNNING_INIT { .pidfd = -EBADF, .output = -EBADF }

/* Starts it, once `ready` has given 0; NULL is no condition. It is called with the child's pid, before the child can do anything that
 * outlives us; the child ends if we do. 0, or -errno: of `ready`, or why the program cannot be run. */
int program_start(const struct program *program, int (*ready)(void *data, pid_t pid), void *data, struct running *ret);

/* Passes on what it has written. false: nobody has the other end any more. */
bool program_pass(struct running *running);

/* What there is now, and a line without an end, and no more: somebody whom it left behind may write for ever. */
void program_pass_rest(struct running *running);

/* Passes its output on until it has ended, and reaps it; who else has the pipe is not waited for. *ret_status is as wait(2) has
 * it. -EINTR: a signal came; it was ended by TERM, or by KILL after five seconds, with its process group. */
int program_wait(struct running *running, int *ret_status);

/* Ends it at once, with its process group, and reaps it. Destructor. */
void program_end(struct running *running);

/* Leaves it to itself. */
void program_release(struct running *running);

/* "it ended with status 3", "it died of signal 9" */
const char *program_status_text(int status, char ret[64]);

#endif
