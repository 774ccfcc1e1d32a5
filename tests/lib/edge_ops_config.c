/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge_ops.h"

#include "edge_world.h"
#include "fixture.h"

static int run_config_pin(void)
{
	return nsmgr_config_pin(world.simple, NSMGR_UTS, "@web");
}

static int run_config_pin_process(void)
{
	return nsmgr_config_pin_process(world.simple, NSMGR_MASK(NSMGR_UTS), world.resident.pid);
}

static int run_config_pin_path(void)
{
	return nsmgr_config_pin_path(world.simple, NSMGR_MASK_ALL, in_root("web"));
}

static int run_config_pin_path_file(void)
{
	return nsmgr_config_pin_path(world.simple, NSMGR_MASK(NSMGR_NET), "/proc/self/ns/net");
}

static int run_config_base(void)
{
	return nsmgr_config_base(world.simple, "web");
}

static int run_config_base_set(void)
{
	return nsmgr_config_base_set(world.simple, world.set);
}

static int run_config_base_caller(void)
{
	return nsmgr_config_base_caller(world.simple);
}

/* With a descriptor that goes from the hook outside to the one inside. */

static struct nsmgr_config *handing;

static int hand(void *data, pid_t pid)
{
	(void)data, (void)pid;
	return nsmgr_config_hand_fd(handing, 7, 0);
}

static int look_for_it(void *data)
{
	(void)data;
	return nsmgr_config_handed_fd(handing, 7) < 0 ? -ENODATA : 0;
}

static int run_hand_fd(void)
{
	struct nsmgr_set *made = NULL;
	int r = nsmgr_config_new(fixture.ctx, &handing);

	if (r < 0)
		return r;
	nsmgr_config_make(handing, NSMGR_UTS);
	nsmgr_config_hook_outside(handing, hand, NULL);
	nsmgr_config_hook_inside(handing, look_for_it, NULL);
	r = nsmgr_unshare(handing, &made);
	nsmgr_set_close(made);
	nsmgr_config_free(handing);
	return r == -ENODATA ? LIED : r;
}

const struct op config_ops[] = {
	{ "unshare with a descriptor handed", NSM_EDGE_unshare, run_hand_fd, NULL },
	{ "config_pin", NSM_EDGE_config_pin, run_config_pin, NULL },
	{ "config_pin_process", NSM_EDGE_config_pin_process, run_config_pin_process, NULL },
	{ "config_pin_path", NSM_EDGE_config_pin_path, run_config_pin_path, NULL },
	{ "config_pin_path of a file", NSM_EDGE_config_pin_path, run_config_pin_path_file, NULL },
	{ "config_base", NSM_EDGE_config_base, run_config_base, NULL },
	{ "config_base_set", NSM_EDGE_config_base_set, run_config_base_set, NULL },
	{ "config_base_caller", NSM_EDGE_config_base_caller, run_config_base_caller, NULL },
	{ 0 },
};
