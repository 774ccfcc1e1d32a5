/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/fill.h"

#include "base/text.h"
#include "lib/nstype.h"
#include "lib/profile.h"

/* Adds one handle to the stage and its record to the metadata. */
static int add_handle(struct nsm_filling *filling, const struct nsm_creator *creator, enum nsmgr_type type)
{
	const struct nsmgr_config *config = filling->config;
	struct nsm_record *record = &filling->meta.types[type];
	bool made = nsm_config_makes(config, type);
	nsm_autoclose int opened = -EBADF;
	int fd = config->source[type], r;

	if (made)
		fd = opened = nsm_creator_open(config->ctx, creator, type);
	if (fd < 0)
		return fd;
	r = nsm_nsfd_id(fd, &record->id);
	if (r < 0)
		return nsm_fail(config->ctx, r, "open", type, NULL);
	record->origin = made ? NSMGR_MADE : NSMGR_PINNED;
	filling->bound |= NSMGR_MASK(type);
	return nsm_stage_bind(filling->stage, type, fd, &record->mount_id);
}

/* Those of `types` that have no handle yet. */
static int add_handles(struct nsm_filling *filling, const struct nsm_creator *creator, unsigned types)
{
	int r = 0;

	types &= nsmgr_config_types(filling->config) & ~filling->bound;
	/* mnt first: it alone can be refused for an id that looks too old, and the rest is spared then. */
	if (types & NSMGR_MASK(NSMGR_MNT))
		r = add_handle(filling, creator, NSMGR_MNT);
	for NSM_EACH_TYPE (type)
		if (r == 0 && type != NSMGR_MNT && types & NSMGR_MASK(type))
			r = add_handle(filling, creator, type);
	return r;
}

int nsm_fill_early(void *data, const struct nsm_creator *creator)
{
	struct nsm_filling *filling = data;

	return add_handles(filling, creator, ~(filling->config->make & NSMGR_MASK(NSMGR_PID)));
}

int nsm_fill(struct nsm_filling *filling, const struct nsm_creator *creator)
{
	struct nsm_stage *stage = filling->stage;
	struct nsm_meta *meta = &filling->meta;
	const struct nsm_labels *labels = filling->config->labels;
	int r;

	meta->mount_id = stage->store->mount_id;
	meta->keeper = creator->keeper;
	nsm_copy(meta->boot_id, sizeof(meta->boot_id), stage->store->boot_id);
	clock_gettime(CLOCK_REALTIME, &meta->created);
	meta->defaults = filling->config->defaults ? strlen(filling->config->profile) : 0;
	r = add_handles(filling, creator, NSMGR_MASK_ALL);
	if (r == 0)
		r = nsm_stage_write_meta(stage, meta);
	if (r == 0 && labels)
		r = nsm_stage_write_labels(stage, labels);
	return r == 0 && filling->config->profile ? nsm_profile_write(stage, filling->config->profile) : r;
}
