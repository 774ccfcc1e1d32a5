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
	int r;

	for (int type = 0; type < NSMGR_TYPE_COUNT; type++) {
		char path[48];
		struct nsm_text text = NSM_TEXT(path);
		struct stat st;

		nsm_text_add(&text, "task/%ld/ns/%s", (long)tid, nsmgr_type_name((enum nsmgr_type)type));
		if (type != NSMGR_PID && fstatat(process->dir, path, &st, 0) == 0)
			thread.ns[type] = st.st_ino;
	}
	r = targets_types_of(targets, &thread, &member.types);
	if (r < 0)
		return r;
	thread.ns[NSMGR_PID] = process->ns[NSMGR_PID];
	member.ns = thread.ns;
	if (!(member.types & ~leader->types) || !is_member(threads->members, &member))
		return 0;
	r = leader->details.command[0] ? 0 : process_read(process, &leader->details);
	if (r < 0)
		return r == -ESRCH ? 0 : r;
	member.details = leader->details;
	return threads->members->found(threads->members->data, &member);
}

static int visit_threads(struct members *members, const struct process *process, struct member *leader)
{
	struct threads threads = { members, leader };
	bool everywhere = !(members->targets->types & ~leader->types & ~NSMGR_MASK(NSMGR_PID));

	return everywhere ? 0 : threads_walk(process, visit_thread, &threads);
}

/* One that cannot be looked into keeps nobody from looking at the others; for want of memory or descriptors none can be. */
static int pass_over(struct members *members, const struct process *process, int r)
{
	if (r == -ESRCH || r == -ENOENT)
		return 0;
	if (r == -ENOMEM || r == -EMFILE || r == -ENFILE)
		return r;
	if (!targets_may_have(members->targets, process))
		members->hidden++;
	members->why = r;
	return 0;
}

static int visit(void *data, const struct process *process)
{
	struct members *members = data;
	struct member member = { .process = process, .ns = process->ns };
	int r;

	if (process->pid == getpid())
		return 0;
	if (targets_may_have(members->targets, process)) {
		members->hidden++;
		members->why = process->hidden;
	}
	r = targets_types_of(members->targets, process, &member.types);
	if (r == 0)
		r = is_member(members, &member) ? 1 : targets_has_in_cgroup(members->targets, process);
	if (r == 0)
		r = visit_threads(members, process, &member);
	if (r <= 0)
		return r < 0 ? pass_over(members, process, r) : 0;
	/* A zombie is still in its pid namespace. */
	r = process_read(process, &member.details);
	if (r == 0 && member.details.ended)
		return 0;
	if (r == 0)
		r = targets_is_keeper(members->targets, process->pid, &member.details);
	if (r < 0)
		return pass_over(members, process, r);
	member.keeper = r;
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
	say_hidden(members->targets->app, members->hidden, "process", "processes", members->why);
}
