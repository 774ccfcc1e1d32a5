/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/launch.h"

#include "cmd/attend.h"
#include "cmd/caps.h"
#include "cmd/follow.h"
#include "cmd/landlock.h"
#include "cmd/limit.h"
#include "cmd/pty.h"
#include "cmd/seccomp_option.h"
#include "cmd/time_limit.h"
#include "cmd/usage.h"

_Static_assert(LAUNCH_OPTION_END - LAUNCH_FIRST <= 64, "a bit for each");

/* --cap-keep tells of all sets, so that nothing is left for the others; and a second list would have to replace or to add. */
static int choose_capabilities(struct launch *launch, int id, const char *list)
{
	const uint64_t option = 1ull << (id - LAUNCH_FIRST), keep = 1ull << (LAUNCH_CAP_KEEP - LAUNCH_FIRST);
	uint64_t caps;
	const char *bad;
	int len;

	if (launch->cap_options & option || launch->cap_options & keep || (option == keep && launch->cap_options))
		return say_usage(launch->app, "--cap-keep and the other options about capabilities exclude each other, and each "
					      "goes once; those that a set has as defaults count, but for --no-defaults");
	if (caps_parse(list, &caps, &bad, &len) != 0)
		return say_usage(launch->app, "--%s: '%.*s' is no capability", opt_find_id(launch_options, id)->name, len, bad);
	launch->cap_options |= option;
	switch (id) {
	case LAUNCH_CAP_KEEP:
		launch->keeps_capabilities = true;
		launch->capabilities = caps;
		nsmgr_command_keep_capabilities(launch->command, caps);
		break;
	case LAUNCH_CAP_AMBIENT:
		launch->capabilities = caps;
		nsmgr_command_ambient_capabilities(launch->command, caps);
		break;
	case LAUNCH_CAP_DROP:
		launch->bounding &= ~caps;
		/* All there may be: a user namespace begins with more than we have. */
		nsmgr_command_drop_capabilities(launch->command, nsm_streq(list, "all") ? UINT64_MAX : caps);
		break;
	default:
		launch->bounding &= caps;
		nsmgr_command_bounding_capabilities(launch->command, caps);
		break;
	}
	return STATUS_DONE;
}

static int choose_securebits(struct launch *launch, const char *list)
{
	unsigned bits;
	const char *bad;
	int len;

	if (caps_parse_securebits(list, &bits, &bad, &len) != 0)
		return say_usage(launch->app, "--securebits: '%.*s' is no securebit that a command can have", len, bad);
	return nsmgr_command_securebits(launch->command, bits) < 0 ? say_refusal(launch->app, NULL) : STATUS_DONE;
}

static int check(struct launch *launch)
{
	if (launch->has_kill_after && !launch->has_timeout)
		return say_usage(launch->app, "--kill-after goes with --timeout");
	return usage_open(launch);
}

static int prepare(struct launch *launch, const struct nsmgr_set *set, const char *name)
{
	int status = launch->reset_vrf ? follow_no_vrf(launch) : STATUS_DONE;

	if (status == STATUS_DONE && (launch->join_cgroup || launch->follow_context))
		status = follow_init(launch, set, name);
	if (status == STATUS_DONE && launch->seccomp)
		status = seccomp_prepare(launch, set);
	if (status == STATUS_DONE && launch->has_pty)
		status = pty_open(launch);
	if (status == STATUS_DONE)
		time_limit_prepare(launch);
	launch->name = name;
	clock_gettime(CLOCK_MONOTONIC, &launch->begun);
	return status;
}

static int choose_cgroup(struct launch *launch, bool *which)
{
	*which = true;
	if (launch->join_cgroup && launch->reset_vrf)
		return say_usage(launch->app, "--join-cgroup and --reset-vrf exclude each other");
	return STATUS_DONE;
}

/* Somebody stays in front of it, outside of its set. */
static void have_attended(struct launch *launch)
{
	launch->supervise = attend;
	launch->fork = true;
}

int launch_full_option(struct launch *launch, int id, const char *value)
{
	launch->check = check;
	launch->prepare = prepare;
	switch (id) {
	case LAUNCH_CAP_KEEP:
	case LAUNCH_CAP_AMBIENT:
	case LAUNCH_CAP_DROP:
	case LAUNCH_CAP_BOUNDING:
		return choose_capabilities(launch, id, value);
	case LAUNCH_SECUREBITS:
		return choose_securebits(launch, value);
	case LAUNCH_LIMIT:
		return limit_option(launch, value);
	case LAUNCH_TIMEOUT:
	case LAUNCH_KILL_AFTER:
		have_attended(launch);
		return time_limit_option(launch, id, value);
	case LAUNCH_RUSAGE:
		have_attended(launch);
		return usage_option(launch, value);
	case LAUNCH_JOIN_CGROUP:
		return choose_cgroup(launch, &launch->join_cgroup);
	case LAUNCH_RESET_VRF:
		return choose_cgroup(launch, &launch->reset_vrf);
	case LAUNCH_SYSFS:
		nsmgr_command_sysfs(launch->command);
		return STATUS_DONE;
	case LAUNCH_PTY:
		launch->has_pty = launch->new_session = true;
		nsmgr_command_new_session(launch->command);
		have_attended(launch);
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
		return seccomp_option(launch, value);
	default:
		launch->follow_context = true;
		return STATUS_DONE;
	}
}
