/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/config.h"

void nsmgr_config_hook_outside(struct nsmgr_config *config, nsmgr_outside_fn *hook, void *data)
{
	config->outside = hook;
	config->outside_data = data;
}

void nsmgr_config_hook_inside(struct nsmgr_config *config, nsmgr_inside_fn *hook, void *data)
{
	config->inside = hook;
	config->inside_data = data;
}

int nsmgr_config_hook_fail(struct nsmgr_config *config, int error, const char *step, enum nsmgr_type type, const char *path,
			   const char *text)
{
	config->hook_told = true;
	return nsm_fail_text(config->ctx, error, step, type, path, "%s", text ? text : "");
}

void nsmgr_config_interrupt(struct nsmgr_config *config, uint64_t signals)
{
	config->interrupt = signals;
}

void nsmgr_config_making(const struct nsmgr_config *config, const char **ret_name, const char **ret_dir)
{
	*ret_name = config->making ? config->making->name : NULL;
	*ret_dir = config->making ? config->making->dir : NULL;
}
