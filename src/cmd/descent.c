/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/descent.h"

#include "cmd/procs.h"
#include "cmd/sys.h"

struct search {
	struct crowd *crowd;
	pid_t ancestor;
	bool found;
};

static int visit(void *data, const struct process *process)
{
	struct search *search = data;
	struct process_details details;
	int pidfd;

	if (process_read(process, &details) < 0 || details.ended || crowd_has(search->crowd, process->pid) ||
	    (details.parent != search->ancestor && !crowd_has(search->crowd, details.parent)))
		return 0;
	pidfd = sys_pidfd_open(process->pid, false);
	/* Still there behind that: the number was not another's (LESSONS 11). */
	if (pidfd >= 0 && process_read(process, &details) == 0 && crowd_add(search->crowd, process->pid, pidfd) == 0)
		search->found = true;
	return 0;
}

void descent_gather(struct crowd *crowd, pid_t ancestor)
{
	struct search search = { .crowd = crowd, .ancestor = ancestor, .found = procs_are_ours() > 0 };

	/* Once more when some were found: these may have had children behind our back. */
	while (search.found) {
		search.found = false;
		procs_walk(visit, &search);
	}
}

void descent_signal(const struct crowd *crowd, int signal)
{
	for (size_t i = 0; i < crowd->count; i++)
		sys_pidfd_kill(crowd->array[i].pidfd, signal);
}
