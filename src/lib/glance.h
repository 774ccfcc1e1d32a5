/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_GLANCE_H
#define NSM_LIB_GLANCE_H

#include "lib/store.h"

/* Looks at a set that is as it was made without opening its directory or its handles, for a list of thousands. Gives the number of
 * handles, all live, by type; or 0 when it cannot be sure: then it has to be looked at as any other. */
int nsm_glance(struct nsm_store *store, const char *name, struct nsmgr_handle ret_handles[]);

/* Whether that may work in this store: its directories tell how many entries they have. */
bool nsm_glance_works(int root);

#endif
