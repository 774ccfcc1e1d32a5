/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_MEMBERS_H
#define NSM_CMD_MEMBERS_H

#include "cmd/targets.h"

/* Goes through the processes that are in a set. */

struct member {
	const struct process *process;
	struct process_details details;
	pid_t tid;	/* a thread that is there while its process is not; 0: the process */
	const ino_t *ns; /* of the process or thread: as in struct process */
	unsigned types; /* in which of the targets it is; of one that is only in the cgroup none */
	bool keeper;
};

typedef int member_fn(void *data, const struct member *member);

struct members {
	struct targets *targets;
	bool in_all;	 /* in each of the targets; otherwise one is enough */
	member_fn *found;
	void *data;
	size_t hidden;	/* how many could not be looked into, and may be in the set */
	int why;	/* -errno: of one of these */
};

/* First the process, then those of its threads that setns(2) took to where it is not. Those that have ended, and we ourselves,
 * are no members. */
int members_walk(struct members *members);

/* "N processes could not be looked into ..." if there are any. */
void members_say_hidden(const struct members *members);

#endif
