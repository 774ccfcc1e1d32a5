/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_CHILD_H
#define NSM_LIB_CHILD_H

#include "base/deadline.h"
#include "lib/command.h"

#include <sys/resource.h>
#include <time.h>

/* Killed and reaped when it is freed. All that concerns the process goes by the pidfd, for its number may be another's as soon
 * as anybody has reaped it. */
struct nsmgr_child {
	struct nsmgr_ctx *ctx;
	pid_t pid;
	int pidfd;
	int pipes[3]; /* our ends */
	bool over;    /* was waited for; what came of that: */
	int result;
	bool has_usage;
	struct nsmgr_status status;
	struct rusage usage;
};

int nsm_child_new(struct nsmgr_ctx *ctx, struct nsmgr_child **ret_child);

/* Waits for its end; kills it at the deadline. */
int nsm_child_wait_until(struct nsmgr_child *child, const struct nsm_deadline *deadline);

#endif
