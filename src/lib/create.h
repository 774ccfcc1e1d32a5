/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_CREATE_H
#define NSM_LIB_CREATE_H

#include "lib/config.h"
#include "lib/store.h"

/* Makes a set for each name in an opened store, by a worker where one serves for all, else by a creator each. The configuration is
 * prepared. Gives the number of failures, or -errno when it could not begin. */
int nsm_create_batch(struct nsm_store *store, const char *const names[], size_t count, struct nsmgr_config *config,
		     unsigned flags, nsmgr_result_fn *done, void *data);

#endif
