/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_BASE_DEADLINE_H
#define NSM_BASE_DEADLINE_H

#include <stdbool.h>
#include <time.h>

/* A moment of CLOCK_MONOTONIC until which something is waited for, or none. */
struct nsm_deadline {
	bool bounded;
	struct timespec at;
};

/* So far from now; NULL, or longer than a clock can tell, is for ever. */
struct nsm_deadline nsm_deadline(const struct timespec *timeout);

/* What is left, for poll(2): milliseconds, rounded up; -1 for ever; INT_MAX also stands for more than that. */
int nsm_deadline_left(const struct nsm_deadline *deadline);

#endif
