/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/command.h"

#include "lib/sys.h"

#include <sys/resource.h>

/* getrlimit(2) has their meaning; the numbers of some differ between architectures. */
static const char *const names[NSM_LIMIT_COUNT] = {
	[RLIMIT_AS] = "as",
	[RLIMIT_CORE] = "core",
	[RLIMIT_CPU] = "cpu",
	[RLIMIT_DATA] = "data",
	[RLIMIT_FSIZE] = "fsize",
	[RLIMIT_LOCKS] = "locks",
	[RLIMIT_MEMLOCK] = "memlock",
	[RLIMIT_MSGQUEUE] = "msgqueue",
	[RLIMIT_NICE] = "nice",
	[RLIMIT_NOFILE] = "nofile",
	[RLIMIT_NPROC] = "nproc",
	[RLIMIT_RSS] = "rss",
	[RLIMIT_RTPRIO] = "rtprio",
	[RLIMIT_RTTIME] = "rttime",
	[RLIMIT_SIGPENDING] = "sigpending",
	[RLIMIT_STACK] = "stack",
};

int nsmgr_limit_number(const char *name)
{
	for (int i = 0; i < NSM_LIMIT_COUNT; i++)
		if (nsm_streq(names[i], name))
			return i;
	return -1;
}

int nsmgr_command_limit(struct nsmgr_command *command, int resource, uint64_t soft, uint64_t hard)
{
	if (resource < 0 || resource >= NSM_LIMIT_COUNT)
		return nsm_fail_text(command->ctx, -EINVAL, "limit", NSMGR_TYPE_NONE, NULL, "there is no resource %d", resource);
	if (soft > hard)
		return nsm_fail_text(command->ctx, -EINVAL, "limit", NSMGR_TYPE_NONE, names[resource],
				     "the soft limit is above the hard one");
	command->limited |= 1u << resource;
	command->limits[resource] = (struct nsm_limit){ .soft = soft, .hard = hard };
	return 0;
}

static int failed(struct nsmgr_command *command, int r, int resource)
{
	/* EPERM has two reasons for one resource, which has a limit of its own. */
	const bool both = resource == RLIMIT_NOFILE;

	if (r != -EPERM)
		return nsm_fail(command->ctx, r, "limit", NSMGR_TYPE_NONE, names[resource]);
	return nsm_fail_text(command->ctx, r, "limit", NSMGR_TYPE_NONE, names[resource],
			     "only CAP_SYS_RESOURCE of the initial user namespace raises a hard limit%s",
			     both ? ", and at most to /proc/sys/fs/nr_open" : "");
}

int nsm_limits_raise(struct nsmgr_command *command)
{
	for (int i = 0; command->limited >> i; i++) {
		struct nsm_limit limit;
		int r;

		if (!(command->limited >> i & 1))
			continue;
		r = nsm_sys_prlimit(i, NULL, &limit);
		if (r == 0 && command->limits[i].hard > limit.hard) {
			limit.hard = command->limits[i].hard;
			r = nsm_sys_prlimit(i, &limit, NULL);
		}
		if (r < 0)
			return failed(command, r, i);
	}
	return 0;
}

int nsm_limits_apply(struct nsmgr_command *command)
{
	for (int i = 0; command->limited >> i; i++) {
		int r = command->limited >> i & 1 ? nsm_sys_prlimit(i, &command->limits[i], NULL) : 0;

		if (r < 0)
			return failed(command, r, i);
	}
	return 0;
}
