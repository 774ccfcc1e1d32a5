/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_FAULTS_TRACER_H
#define NSM_FAULTS_TRACER_H

#include "trace.h"

#define MAX_TRACEES 64
#define MAX_CALLS 512 /* above the highest number of a system call */

struct tracee {
	pid_t pid;
	char who[WHO_SIZE]; /* empty until its parent has told of it */
	unsigned calls, children;
	unsigned short of_kind[MAX_CALLS];
	bool has_begun;	 /* its main() has */
	bool is_foreign; /* it runs another program: its calls are not ours to count */
	bool is_asleep;	 /* in pause(2), or a pasta, which stays */
	int error;	 /* to be given at the exit */
	unsigned long long argument; /* of brk(2), likewise, if not 0 */
};

struct tracer {
	struct run *run;
	const struct fault *fault;
	struct tracee tracees[MAX_TRACEES];
	size_t count, room;
	bool is_over; /* the manager has ended */
};

/* At a stop in front of a system call, or behind it: counts or strikes. */
void at_call(struct tracer *tracer, struct tracee *tracee);

/* It has become a program: whose calls are not counted, if that is none of ours. */
void at_exec(struct tracee *tracee);

#endif
