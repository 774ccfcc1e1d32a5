/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_MANY_H
#define NSM_CMD_MANY_H

#include "cmd/launch.h"

/* exec in many sets, as it was asked for. */
struct many {
	bool all, grouped;
	const char *sets;     /* NAME|GLOB,... or NULL */
	const char *parallel; /* N, or NULL */
};

/* Runs the command in each of the sets: STATUS_DONE when it gave 0 in all, STATUS_FAILED when it did not in some, 125 when it
 * was not run in some because of us, 128 and a signal that ended us. nsmgr-full; the front hands over. */
int many_run(struct launch *launch, const struct many *many, char **argv);

#endif
