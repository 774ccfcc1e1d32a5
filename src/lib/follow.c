/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/command.h"

#include "base/fd.h"
#include "lib/set.h"
#include "lib/sys.h"

#include <fcntl.h>

/* What a command takes over from elsewhere before it enters: afterwards neither the cgroup's files nor our own in /proc may be
 * in sight. Both are inherited by the children that entering may need. */

/* It would stop there before it has begun, and with it whoever waits for that. */
static int refuse_frozen(struct nsmgr_command *command, int cgroup, const char *cure)
{
	char events[128];
	ssize_t len = nsm_read_text_at(cgroup, "cgroup.events", events, sizeof(events));

	/* The root has none, nor has a cgroup of version 1. */
	if (len < 0 && len != -ENOENT)
		return nsm_command_fail(command, (int)len, "cgroup", "cgroup.events");
	return len < 0 || !strstr(events, "frozen 1")
		       ? 0
		       : nsm_fail_text(command->ctx, -EBUSY, "cgroup", NSMGR_TYPE_NONE, NULL,
				       "it is frozen, and nothing begins in it%s", cure);
}

/* "0" is the writing process: no number of it that another pid namespace would see differently. */
static int join_cgroup(struct nsmgr_command *command)
{
	int r = refuse_frozen(command, command->cgroup, "");

	if (r < 0)
		return r;
	r = nsm_write_text_at(command->cgroup, "cgroup.procs", "0");
	return r < 0 ? nsm_command_fail(command, r, "cgroup", "cgroup.procs") : 0;
}

int nsm_command_find_cgroup(struct nsmgr_command *command, const struct nsmgr_set *set)
{
	nsm_autoclose int cgroup = -EBADF;

	if (command->stays_in_cgroup || command->cgroup >= 0)
		return 0;
	cgroup = nsm_cgroup_open(&set->cgroup);
	if (cgroup == -ENOENT)
		return nsm_fail_text(command->ctx, cgroup, "cgroup", NSMGR_TYPE_NONE, set->cgroup.path,
				     "the set's cgroup is gone, or not to be seen here (cure: nsmgr check --repair, --no-join-cgroup)");
	nsm_close(&command->procs);
	command->procs = cgroup < 0 ? cgroup : openat(cgroup, "cgroup.procs", O_WRONLY | O_CLOEXEC);
	if (command->procs < 0)
		return nsm_command_fail(command, cgroup < 0 ? cgroup : -errno, "cgroup", set->cgroup.path);
	return refuse_frozen(command, cgroup, " (cure: nsmgr thaw, or --no-join-cgroup)");
}

int nsm_command_join_cgroup(struct nsmgr_command *command)
{
	int r = nsm_write_once(command->procs, "0", 1);

	nsm_close(&command->procs);
	if (r == -ENODEV)
		r = -ENOENT; /* removed meanwhile */
	return r < 0 ? nsm_command_fail(command, r, "cgroup", "cgroup.procs") : 0;
}

static int take_label(struct nsmgr_command *command)
{
	int r = nsm_write_text_at(AT_FDCWD, NSM_PROC_SELF "/attr/exec", command->label);

	return r < 0 ? nsm_command_fail(command, r, "label", command->label) : 0;
}

int nsm_command_follow(struct nsmgr_command *command)
{
	int r = command->cgroup >= 0 ? join_cgroup(command) : 0;

	return r == 0 && command->label ? take_label(command) : r;
}
