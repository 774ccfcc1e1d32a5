/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/members.h"

#include <unistd.h>

static int visit(void *data, const struct process *process)
{
	struct members *members = data;
	struct member member = { .process = process };

	if (process->pid == getpid())
		return 0;
	members->hidden += targets_may_have(members->targets, process);
	member.types = targets_types_of(members->targets, process);
	if (!member.types || (members->in_all && member.types != members->targets->types))
		return 0;
	/* A zombie is still in its pid namespace. */
	if (process_read(process, &member.details) < 0 || member.details.ended)
		return 0;
	member.keeper = targets_is_keeper(members->targets, process->pid, member.details.command);
	return members->found(members->data, &member);
}

int members_walk(struct members *members)
{
	members->hidden = 0;
	return procs_walk(visit, members);
}

void members_say_hidden(const struct members *members)
{
	if (members->hidden)
		say_plain(members->targets->app, "%zu %s could not be looked into, for lack of privilege", members->hidden,
			  members->hidden == 1 ? "process" : "processes");
}
