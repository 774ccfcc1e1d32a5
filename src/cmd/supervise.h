/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_SUPERVISE_H
#define NSM_CMD_SUPERVISE_H

#include "base/macro.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/types.h>

/* A child that stands for us: what we are sent it gets, when it stops we stop, and its end is ours. */
struct supervision {
	pid_t child;
	bool shares_terminal; /* it gets the signals of the terminal itself */
	bool leads; /* a process group, which gets them from us */
	struct rusage *usage; /* what it used, at its end; may be NULL */
	void (*ending)(void *data); /* called at its end, before its number may be another's; NULL: nothing is */
	void *ending_data;
	sigset_t before;
	struct sigaction chld_before;
};

/* Before the fork: from here on signals wait for us. */
void supervise_begin(struct supervision *supervision);

/* In the child: signals are as they were. */
void supervise_child(const struct supervision *supervision);

/* The same for a command that the library starts. 0, or -errno with the context's failure. */
struct nsmgr_command;
int supervise_command(const struct supervision *supervision, struct nsmgr_command *command);

/* What the child does: CHILD_STOPPED is told once for each time. ret_status is that of supervise(), at its end. */
enum child_state { CHILD_RUNS, CHILD_STOPPED, CHILD_ENDED };
enum child_state supervise_look(const struct supervision *supervision, int *ret_status);

/* Hands a signal on that we were sent, where that is for us to do; below 1 is none. */
void supervise_pass(const struct supervision *supervision, int signal, const siginfo_t *info);

/* Waits for the end; gives the exit status, or 128 and the signal. */
int supervise(const struct supervision *supervision);

/* "TERM", "SIGTERM" or "15"; 0 for what is no signal. */
int signal_number(const char *name);

#endif
