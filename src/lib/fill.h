/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_FILL_H
#define NSM_LIB_FILL_H

#include "lib/config.h"
#include "lib/creator.h"
#include "lib/stage.h"

/* What a set in the making gets into its stage: handles, and the record of them. */
struct nsm_filling {
	struct nsm_stage *stage;
	const struct nsmgr_config *config;
	unsigned bound; /* types that have their handle */
	struct nsm_meta meta;
};

/* Binds what is there before anything is set up: all but a new pid namespace, which cannot be opened before it has its init (KERNEL
 * R40). For a hook that is to find the handles. `filling` is a struct nsm_filling; an early step of struct nsm_order. */
int nsm_fill_early(void *filling, const struct nsm_creator *creator);

/* Binds the rest, and writes metadata and labels. */
int nsm_fill(struct nsm_filling *filling, const struct nsm_creator *creator);

#endif
