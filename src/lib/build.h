/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_BUILD_H
#define NSM_LIB_BUILD_H

#include "lib/config.h"
#include "lib/creator.h"
#include "lib/stage.h"

/* Makes one set in the stage: namespaces, handles, metadata, and the name. Whole, or nothing is left. `self` is the
 * creator to use where the configuration needs none of its own; the calling process is then changed. Signals have to
 * be blocked. */
int nsm_build(struct nsm_stage *stage, const char *name, struct nsmgr_config *config, unsigned flags,
	      struct nsm_creator *self);

#endif
