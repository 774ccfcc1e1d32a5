/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_BUILD_H
#define NSM_LIB_BUILD_H

#include "lib/config.h"
#include "lib/creator.h"
#include "lib/store.h"

/* Makes one set: namespaces, handles in a stage, metadata, and the name. Whole, or nothing is left. `self` is the
 * creator to use where the configuration needs none of its own; the calling process is then changed. Signals are
 * blocked meanwhile. */
int nsm_build(struct nsm_store *store, const char *name, struct nsmgr_config *config, unsigned flags,
	      struct nsm_creator *self);

#endif
