/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_FAULTS_TRACE_H
#define NSM_FAULTS_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Processes are told apart by their descent, which is the same in each run, as their numbers are not: "1" is the manager, "1.2" its
 * second child, "1.2.1" that one's first. */
#define WHO_SIZE 24

/* The n-th system call of a process, counted from 1. What it is met again by is that it is the k-th of its kind: a table that is
 * read in one part more, or a process that is gone a moment later, does not put off all that comes behind. */
struct point {
	char who[WHO_SIZE];
	unsigned n, k;
	long nr;	  /* which call it was when they were counted */
	uint64_t args[6]; /* likewise */
};

struct fault {
	struct point at;
	int error; /* given instead of its result; 0: the process is killed in front of it */
};

struct run {
	struct point *points; /* all calls, when they were counted */
	size_t count;
	int status;	/* of the manager, as from waitpid(2) */
	bool hung;	/* it, or a process that it left, did not come to its end */
	bool struck;	/* the point was reached */
	char said[4096]; /* on both standard outputs */
};

/* Runs a command and all processes it makes, under ptrace(2), and waits until each has ended or, once the first has, sleeps in
 * pause(2), as a keeper does, or is a pasta; those live on. `fault` NULL: counts instead. Counting begins at the first poll(2) of
 * a program, main()'s first: what is before is the C library's. It ends for a process that becomes a program which is none of
 * ours. False when it cannot be traced at all.
 *
 * Every child of the caller's may be reaped by it: the caller is a subreaper and has no others. */
bool run_traced(char *const argv[], const struct fault *fault, struct run *ret);

void run_free(struct run *run);

/* Whether this machine's registers are known to regs.c. */
bool can_inject(void);

/* At the entry of a system call: it will not be done. At its exit: it gives -error. */
bool skip_call(pid_t pid);
/* At the entry: it gets 0 as its first argument. At its exit: a register that is not the result has that again, as the caller may
 * look at what it gave. */
bool clear_first_argument(pid_t pid, unsigned long long *ret_old);
bool restore_first_argument(pid_t pid, unsigned long long old);
bool set_result(pid_t pid, int error);

#endif
