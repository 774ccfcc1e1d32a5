/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_FAULTS_CAMPAIGN_H
#define NSM_FAULTS_CAMPAIGN_H

#include "trace.h"
#include "world.h"

#include <stdatomic.h>

/* What all jobs share. */
struct shared {
	atomic_uint next, skipped;
	atomic_ulong tried, unmet, bad;
};

/* What the command line says. */
struct options {
	struct programs programs;
	const char *build;
	const struct a_case *only;
	struct fault fault; /* the only one, if it has an n */
	const char *call;   /* the only system call, if any */
	unsigned long sample; /* so many points of each case; 0: all */
	unsigned jobs;
	struct shared *shared;
};

/* Tries the faults of one case, and reports them on standard output. */
void do_case(const struct options *options, const struct a_case *of);

#endif
