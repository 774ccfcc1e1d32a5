/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/stage.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int nsm_stage_write_labels(struct nsm_stage *stage, const struct nsm_labels *labels)
{
	int r = nsm_labels_write(stage->dir, NSM_STAGE_SET "/" NSM_LABELS_FILE, stage->modes_exact, labels);

	return r < 0 ? nsm_fail(stage->store->ctx, r, "label", NSMGR_TYPE_NONE, NULL) : 0;
}

int nsm_stage_drop_labels(struct nsm_stage *stage)
{
	return unlinkat(stage->dir, NSM_STAGE_SET "/" NSM_LABELS_FILE, 0) < 0 && errno != ENOENT ? -errno : 0;
}

int nsm_stage_move_labels(struct nsm_stage *stage, int setdir)
{
	if (renameat(stage->dir, NSM_STAGE_SET "/" NSM_LABELS_FILE, setdir, NSM_LABELS_FILE) < 0)
		return nsm_fail(stage->store->ctx, -errno, "label", NSMGR_TYPE_NONE, NULL);
	return 0;
}
