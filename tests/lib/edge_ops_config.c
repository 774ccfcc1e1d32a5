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

const struct op config_ops[] = {
	{ "config_pin", NSM_EDGE_config_pin, run_config_pin, NULL },
	{ "config_pin_process", NSM_EDGE_config_pin_process, run_config_pin_process, NULL },
	{ "config_pin_path", NSM_EDGE_config_pin_path, run_config_pin_path, NULL },
	{ "config_pin_path of a file", NSM_EDGE_config_pin_path, run_config_pin_path_file, NULL },
	{ "config_base", NSM_EDGE_config_base, run_config_base, NULL },
	{ "config_base_set", NSM_EDGE_config_base_set, run_config_base_set, NULL },
	{ "config_base_caller", NSM_EDGE_config_base_caller, run_config_base_caller, NULL },
	{ 0 },
};
