/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_JOB_H
#define NSM_CMD_JOB_H

#include "cmd/job_output.h"
#include "cmd/time_limit.h"

/* A command that runs. Each has a session of its own: what asks at the terminal fails at once, where it would stop in the background
 * for ever, the terminal's signals come through us, and all it started can be told to end by its process group, which the first
 * process of a session cannot leave. */
struct job {
	size_t number; /* of its name */
	struct nsmgr_child *child; /* NULL: the slot is free */
	struct launch *own; /* with the defaults of its set, to be freed; NULL: that of all */
	struct time_limit limit;
	struct job_output outputs[2];
};

#endif
