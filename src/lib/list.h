/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_LIST_H
#define NSM_LIB_LIST_H

#include "lib/store.h"

/* The store of a list, which it owns; without a root where there is no such directory. */
struct nsm_store *nsm_list_store(struct nsmgr_list *list);

/* The names of the sets in an opened store, sorted, as one allocation that ends with NULL. Names that no verb accepts are left
 * out unless `all`. Nothing is recorded as a failure. */
int nsm_list_read(int root, bool all, char ***ret_names, size_t *ret_count);

#endif
