/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/command.h"

#include "base/fd.h"
#include "lib/sys.h"

#include <fcntl.h>

/* What a command takes over from elsewhere before it enters: afterwards neither the cgroup's files nor our own in /proc may be
 * in sight. Both are inherited by the children that entering may need. */

/* "0" is the writing process: no number of it that another pid namespace would see differently. */
static int join_cgroup(struct nsmgr_command *command)
{
	int r = nsm_write_text_at(command->cgroup, "cgroup.procs", "0");

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
