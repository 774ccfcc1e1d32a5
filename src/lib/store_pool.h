/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_STORE_POOL_H
#define NSM_LIB_STORE_POOL_H

#include "lib/config.h"
#include "lib/store.h"

/* ROOT/.pool/HASH/XXXXXXXXXXXX: sets that are ready, without a name yet. HASH is that of the configuration in words, which is in
 * HASH/.config, and of which two may differ only if they are called differently. */

/* Gives a ready set of this configuration the name, by one rename. 1: there is none left; -EEXIST: there is a set of that name. The
 * configuration is prepared. At a glance takes only what is as it was made on this very mount, which a store that is open to be
 * read is enough for; whatever else there is, is 1 then. */
int nsm_store_pool_take(struct nsm_store *store, struct nsmgr_config *config, const char *name, bool glance);

/* Whether a ready set is whole and, with `types`, has these. -ESTALE, -ESRCH: it is not, and never will be; -ENOENT: it is gone;
 * others cannot tell. `pool` is the view of its pool. */
int nsm_store_pool_check(struct nsm_store *pool, const char *entry, unsigned types);

#endif
