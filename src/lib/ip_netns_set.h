/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_IP_NETNS_SET_H
#define NSM_LIB_IP_NETNS_SET_H

#include "lib/store.h"

/* Gives the network namespace of a set its name in /run/netns, and takes any other there away from it. Takes the store's lock. */
int nsm_store_add_ip_netns(struct nsm_store *store, const char *name);

/* Takes all its names there away. The lock is held. */
int nsm_store_remove_ip_netns(struct nsm_store *store, const char *name);

#endif
