/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_LIST_H
#define NSM_LIB_LIST_H

#include "lib/store.h"

/* The store of a list, which it owns; without a root where there is no such directory. */
struct nsm_store *nsm_list_store(struct nsmgr_list *list);

#endif
