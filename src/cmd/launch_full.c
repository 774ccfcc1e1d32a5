/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/launch.h"

#include "cmd/caps.h"
#include "cmd/follow.h"

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
	if (id == LAUNCH_CAP_KEEP)
		nsmgr_command_keep_capabilities(launch->command, caps);
	else
		nsmgr_command_ambient_capabilities(launch->command, caps);
	return STATUS_DONE;
}

int launch_full_option(struct launch *launch, int id, const char *value)
{
	switch (id) {
	case LAUNCH_CAP_KEEP:
	case LAUNCH_CAP_AMBIENT:
		return choose_capabilities(launch, id, value);
	case LAUNCH_JOIN_CGROUP:
		launch->join_cgroup = true;
		launch->prepare = follow_init;
		return STATUS_DONE;
	default:
		launch->follow_context = true;
		launch->prepare = follow_init;
		return STATUS_DONE;
	}
}
