/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/launch.h"

#include "cmd/caps.h"
#include "cmd/follow.h"
#include "cmd/landlock.h"
#include "cmd/pty.h"
#include "cmd/seccomp_option.h"

static int choose_capabilities(struct launch *launch, int id, const char *list)
{
	uint64_t caps;
	const char *bad;
	int len;

	if (launch->privileges)
		return say_usage(launch->app, "--cap-keep and --cap-ambient exclude each other, and go once");
	if (caps_parse(list, &caps, &bad, &len) != 0)
		return say_usage(launch->app, "'%.*s' is no capability", len, bad);
	launch->privileges = true;
	launch->capabilities = caps;
	launch->keeps_capabilities = id == LAUNCH_CAP_KEEP;
	if (id == LAUNCH_CAP_KEEP)
		nsmgr_command_keep_capabilities(launch->command, caps);
	else
		nsmgr_command_ambient_capabilities(launch->command, caps);
	return STATUS_DONE;
}

static int prepare(struct launch *launch, const struct nsmgr_set *set, const char *name)
{
	int status = launch->reset_vrf ? follow_no_vrf(launch) : STATUS_DONE;

	if (status == STATUS_DONE && (launch->join_cgroup || launch->follow_context))
		status = follow_init(launch, set, name);
	if (status == STATUS_DONE && launch->seccomp)
		status = seccomp_prepare(launch, set);
	if (status == STATUS_DONE && launch->supervise)
		status = pty_open(launch);
	return status;
}

static int choose_cgroup(struct launch *launch, bool *which)
{
	*which = true;
	if (launch->join_cgroup && launch->reset_vrf)
		return say_usage(launch->app, "--join-cgroup and --reset-vrf exclude each other");
	launch->prepare = prepare;
	return STATUS_DONE;
}

int launch_full_option(struct launch *launch, int id, const char *value)
{
	switch (id) {
	case LAUNCH_CAP_KEEP:
	case LAUNCH_CAP_AMBIENT:
		return choose_capabilities(launch, id, value);
	case LAUNCH_JOIN_CGROUP:
		return choose_cgroup(launch, &launch->join_cgroup);
	case LAUNCH_RESET_VRF:
		return choose_cgroup(launch, &launch->reset_vrf);
	case LAUNCH_SYSFS:
		nsmgr_command_sysfs(launch->command);
		return STATUS_DONE;
	case LAUNCH_PTY:
		launch->supervise = pty_supervise;
		launch->fork = launch->new_session = true;
		nsmgr_command_new_session(launch->command);
		launch->prepare = prepare;
		return STATUS_DONE;
	case LAUNCH_LANDLOCK_RO:
	case LAUNCH_LANDLOCK_RW:
	case LAUNCH_LANDLOCK_RX:
	case LAUNCH_LANDLOCK_BIND:
	case LAUNCH_LANDLOCK_CONNECT:
	case LAUNCH_LANDLOCK_SCOPE:
	case LAUNCH_LANDLOCK_BEST_EFFORT:
		return landlock_option(launch, id, value);
	case LAUNCH_SECCOMP:
		launch->prepare = prepare;
		return seccomp_option(launch, value);
	default:
		launch->follow_context = true;
		launch->prepare = prepare;
		return STATUS_DONE;
	}
}
