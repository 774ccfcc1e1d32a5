/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/fd.h"
#include "lib/creator.h"
#include "lib/edge.h"
#include "lib/nstype.h"
#include "lib/set.h"
#include "lib/sys.h"

/* What the keeper of a set without a name shows. */
#define TITLE "unnamed"

/* Takes what the creator made, and what the configuration holds of others'. */
static int collect(struct nsmgr_config *config, const struct nsm_creator *creator, struct nsmgr_set *set)
{
	for NSM_EACH_TYPE (type) {
		int r = 0;

		if (nsm_config_makes(config, type))
			r = set->fds[type] = nsm_creator_open(config->ctx, creator, type);
		else if (config->source[type] >= 0)
			r = nsm_set_add_copy(set, type, config->source[type]);
		if (r < 0)
			return r;
	}
	return 0;
}

/* One that exists: a set without a name makes none. */
static int add_cgroup(struct nsmgr_config *config, struct nsmgr_set *set, int *ret_fd)
{
	return nsm_config_has_cgroup(config) ? nsm_cgroup_prepare(config, -EBADF, "", &set->cgroup, ret_fd) : 0;
}

static int make(struct nsmgr_config *config, struct nsmgr_set *set)
{
	nsm_autocreator struct nsm_creator creator = NSM_CREATOR_INIT;
	struct nsm_order order = { .name = TITLE, .tied = !config->keeper_stays };
	nsm_autoclose int cgroup = -EBADF;
	int r = add_cgroup(config, set, &cgroup);

	order.cgroup = cgroup;
	/* Always a creator: whatever is unshared, the caller is not to notice. */
	if (r == 0 && config->make)
		r = nsm_creator_start(config, &order, &creator);
	if (r == 0)
		r = collect(config, &creator, set);
	if (r < 0 || !nsm_config_makes(config, NSMGR_PID))
		return r;
	set->keeper = creator.keeper;
	return order.tied ? nsm_creator_give_keeper(config->ctx, &creator, &set->leash)
			  : nsm_creator_release(config->ctx, &creator);
}

static int unshare_set(struct nsmgr_config *config, struct nsmgr_set **ret_set)
{
	nsm_autoset struct nsmgr_set *set = NULL;
	int r = nsm_config_refuse_labels(config);

	if (r == 0)
		r = nsm_config_refuse_profile(config);
	if (r == 0 && config->ip_netns)
		r = nsm_fail_text(config->ctx, -EINVAL, "configuration", NSMGR_NET, NULL,
				  "a set without a name has none for ip netns either");
	if (r == 0)
		r = nsm_config_prepare(config);
	if (r == 0)
		r = nsm_config_refuse_new_cgroup(config);
	if (r == 0)
		r = nsm_set_new(config->ctx, &set);
	if (r < 0)
		return r;
	nsm_sys_block_signals(&config->signals);
	r = make(config, set);
	nsm_sys_restore_signals(&config->signals);
	if (r == 0)
		*ret_set = take_ptr(set);
	return r;
}

int nsmgr_unshare(struct nsmgr_config *config, struct nsmgr_set **ret_set)
{
	return nsm_edge(config->ctx, NSM_EDGE_unshare, unshare_set(config, ret_set));
}
