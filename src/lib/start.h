/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_START_H
#define NSM_LIB_START_H

#include "lib/child.h"

/* A command on its way from a caller to its execve(2).
 *
 * The first process is cloned from the caller and enters the set. Where it thereby sends its children into a pid namespace, it
 * makes a second one, a child of the caller's too (CLONE_PARENT), and ends; else it goes on itself. It greets the caller with a
 * channel of its own making, the other end of which is nobody else's: an end that the caller had before the clone would be in
 * whatever child another of its threads makes meanwhile, and the end of file that tells of the execve would come as late as
 * that child's end. */
enum nsm_start_phase {
	NSM_START_FAILED,
	NSM_START_GREETING, /* with the channel, and before it the pidfd of the second process */
	NSM_START_READY	    /* all but the execve is done; after it nothing, or a failure */
};

struct nsm_start_report {
	enum nsm_start_phase phase;
	pid_t pid; /* of the second process */
	struct nsm_failure failure;
};

struct nsm_start {
	struct nsmgr_command *command;
	struct nsmgr_set *set;
	struct nsm_exec exec;
	int ours, theirs; /* a pair of sockets, for the greeting */
	int spare;	  /* a number for what comes with it */
	int stdio[3];	  /* what the command gets */
	sigset_t mask;	  /* of the calling thread */
	pid_t *second;	  /* shared: the number of the second process, from when there is one; NULL where there will be none */
};

/* The first process. */
_Noreturn void nsm_start_run(struct nsm_start *start);

#endif
