/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/members.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_member(const struct members *members, const struct member *member)
{
	return member->types && (!members->in_all || member->types == members->targets->types);
}

struct threads {
	struct members *members;
	struct member *leader;
};

/* All threads of a process are in one pid namespace, which is not asked for here: clone(2). */
static int visit_thread(void *data, const struct process *process, pid_t tid)
{
	const struct threads *threads = data;
	const struct targets *targets = threads->members->targets;
	struct member *leader = threads->leader, member = { .process = process, .tid = tid };
	struct process thread = { .pid = tid, .dir = process->dir };

	for (int type = 0; type < NSMGR_TYPE_COUNT; type++) {
		char path[48];
		struct nsm_text text = NSM_TEXT(path);
		struct stat st;

		nsm_text_add(&text, "task/%ld/ns/%s", (long)tid, nsmgr_type_name((enum nsmgr_type)type));
		if (type != NSMGR_PID && fstatat(process->dir, path, &st, 0) == 0)
			thread.ns[type] = st.st_ino;
	}
	member.types = targets_types_of(targets, &thread);
	thread.ns[NSMGR_PID] = process->ns[NSMGR_PID];
	member.ns = thread.ns;
	if (!(member.types & ~leader->types) || !is_member(threads->members, &member))
		return 0;
	if (!leader->details.command[0] && process_read(process, &leader->details) < 0)
		return 0;
	member.details = leader->details;
	return threads->members->found(threads->members->data, &member);
}

static int visit_threads(struct members *members, const struct process *process, struct member *leader)
{
	struct threads threads = { members, leader };
	bool everywhere = !(members->targets->types & ~leader->types & ~NSMGR_MASK(NSMGR_PID));

	return everywhere ? 0 : threads_walk(process, visit_thread, &threads);
}

static int visit(void *data, const struct process *process)
{
	struct members *members = data;
	struct member member = { .process = process, .ns = process->ns };
	int r;

	if (process->pid == getpid())
		return 0;
	members->hidden += targets_may_have(members->targets, process);
	member.types = targets_types_of(members->targets, process);
	if (!is_member(members, &member) && !targets_has_in_cgroup(members->targets, process))
		return visit_threads(members, process, &member);
	/* A zombie is still in its pid namespace. */
	if (process_read(process, &member.details) < 0 || member.details.ended)
		return 0;
	member.keeper = targets_is_keeper(members->targets, process->pid, member.details.command);
	r = members->found(members->data, &member);
	return r == 0 ? visit_threads(members, process, &member) : r;
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
