/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_TIME_LIMIT_H
#define NSM_CMD_TIME_LIMIT_H

#include "base/deadline.h"
#include "cmd/crowd.h"
#include "cmd/launch.h"

#include <sys/types.h>

/* The time that a command has: then it is told to end by SIGTERM, and, when it takes too long over that, killed. The clock is that of
 * who stands in front of it, who never enters its set, so that a time namespace makes no difference. */
struct time_limit {
	const struct launch *launch;
	pid_t child;
	bool leads; /* a process group, all of which is meant */
	struct nsm_deadline next; /* when what comes next is due; without bounds: nothing comes */
	int sent;   /* the last signal, or 0 */
	struct crowd descent; /* who else was sent it, without such a group */
};

/* What --timeout says, as the option has it. STATUS_DONE, or what is wrong was said. */
int time_limit_option(struct launch *launch, int id, const char *value);

/* Before the command is started. */
void time_limit_prepare(struct launch *launch);

/* From now on; without --timeout it has all the time there is. */
void time_limit_begin(struct time_limit *limit, const struct launch *launch, pid_t child);

/* For poll(2), milliseconds: how long nothing is due. -1: ever. */
int time_limit_left(const struct time_limit *limit);

/* Does what is due. To be called before the child is reaped, too: where its time was over, what is left of all that was told goes with
 * it. */
void time_limit_keep(struct time_limit *limit);

/* Stops us with the command, at most for that time: what is stopped has no more time than others. */
void time_limit_stop(const struct time_limit *limit, void (*stop)(int signal), int signal);

void time_limit_end(struct time_limit *limit);

/* What the status of the command becomes: 124 when it was told to end, 137 when it was killed. */
int time_limit_status(const struct time_limit *limit, int status);

#endif
