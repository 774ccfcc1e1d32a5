/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_CROWD_H
#define NSM_CMD_CROWD_H

#include "base/text.h"

#include <sys/types.h>
#include <time.h>

/* Processes that were signalled, by their pidfds. */
struct crowd {
	struct signalled {
		pid_t pid;
		int pidfd; /* -EBADF of one that could not be signalled, and is not waited for */
	} *array;
	size_t count, size;
};

void crowd_free(struct crowd *crowd);

/* Lets us have as many descriptors as we may. */
void crowd_begin(void);

/* Takes the pidfd. */
int crowd_add(struct crowd *crowd, pid_t pid, int pidfd);

/* Whether this very process is among them: one that has got the number since is not. */
bool crowd_has(const struct crowd *crowd, pid_t pid);

/* Until all have ended; -ETIMEDOUT. No timeout: NULL. */
int crowd_wait(const struct crowd *crowd, const struct timespec *timeout);

/* The numbers of those that are left, as many as fit. */
void crowd_list(const struct crowd *crowd, struct nsm_text *text);

#endif
