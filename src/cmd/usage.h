/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_USAGE_H
#define NSM_CMD_USAGE_H

#include "cmd/launch.h"

#include <sys/resource.h>

/* What a command used, and all that it started and waited for. */
struct usage {
	const char *set; /* NULL: it had none, or none with a name */
	struct timespec begun, ended;
	struct rusage rusage;
	int status;
};

/* --rusage[=FILE]. STATUS_DONE, or what is wrong was said. */
int usage_option(struct launch *launch, const char *file);

/* Once all options are known: opens the file, so that one that cannot be opened is no surprise at the end. The same results. */
int usage_open(struct launch *launch);

/* Of the command that was started last, in the set that it was started in. */
void usage_begin(struct usage *usage, const struct launch *launch);
void usage_end(struct usage *usage, int status);

/* Says what some used, on standard error or in the file; those that have not ended are left out. STATUS_DONE, or what is wrong
 * was said. */
int usage_say(struct launch *launch, const struct usage *usages, size_t count);

#endif
