/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/nstype.h"

#include "base/macro.h"
#include "lib/sys.h"

#include <sched.h>

const struct nsm_nstype nsm_nstypes[NSMGR_TYPE_COUNT] = {
	[NSMGR_CGROUP] = { "cgroup", "cgroup", NSM_CLONE_NEWCGROUP, NSM_PIDFD_GET(1) },
	[NSMGR_IPC] = { "ipc", "ipc", CLONE_NEWIPC, NSM_PIDFD_GET(2) },
	[NSMGR_MNT] = { "mnt", "mnt", CLONE_NEWNS, NSM_PIDFD_GET(3) },
	[NSMGR_NET] = { "net", "net", CLONE_NEWNET, NSM_PIDFD_GET(4) },
	[NSMGR_PID] = { "pid", "pid_for_children", CLONE_NEWPID, NSM_PIDFD_GET(5) },
	[NSMGR_TIME] = { "time", "time_for_children", NSM_CLONE_NEWTIME, NSM_PIDFD_GET(7) },
	[NSMGR_USER] = { "user", "user", CLONE_NEWUSER, NSM_PIDFD_GET(9) },
	[NSMGR_UTS] = { "uts", "uts", CLONE_NEWUTS, NSM_PIDFD_GET(10) },
};

const enum nsmgr_type nsm_join_order[NSMGR_TYPE_COUNT] = {
	NSMGR_CGROUP, NSMGR_IPC, NSMGR_UTS, NSMGR_NET, NSMGR_PID, NSMGR_TIME, NSMGR_MNT, NSMGR_USER,
};

const char *nsmgr_type_name(enum nsmgr_type type)
{
	return type >= 0 && type < NSMGR_TYPE_COUNT ? nsm_nstypes[type].name : NULL;
}

enum nsmgr_type nsm_nstype_from_file(const char *name)
{
	for NSM_EACH_TYPE (type)
		if (nsm_nstypes[type].name[0] == name[0] && nsm_streq(nsm_nstypes[type].name, name))
			return type;
	return NSMGR_TYPE_NONE;
}

int nsmgr_type_from_name(const char *name, enum nsmgr_type *ret_type)
{
	enum nsmgr_type type = nsm_nstype_from_file(nsm_streq(name, "mount") ? "mnt" : name);

	if (type == NSMGR_TYPE_NONE)
		return -EINVAL;
	*ret_type = type;
	return 0;
}

enum nsmgr_type nsm_nstype_from_flag(int flag)
{
	for NSM_EACH_TYPE (type)
		if (nsm_nstypes[type].flag == flag)
			return type;
	return NSMGR_TYPE_NONE;
}
