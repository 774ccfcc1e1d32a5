/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_GLANCE_H
#define NSM_LIB_GLANCE_H

#include "lib/handle.h"

/* A look at a set that is as it was made, without opening its directory. Where it cannot be sure the set has to be looked at as any
 * other. */

/* The record of a set whose directory has as many entries as that tells of, with labels or without, in a store whose directories tell
 * how many they have; its fd stays closed. Whether the handles are there, and live, is still to be asked: if all are, there is nothing
 * else. Nothing of *ret is of use where it is not sure. */
bool nsm_glance_record(struct nsm_store *store, const char *name, struct nsm_setdir *ret);

/* For a list of thousands: the number of handles, all live, by type, and never one of a pid namespace; or 0, and nothing of use. */
int nsm_glance(struct nsm_store *store, const char *name, struct nsmgr_handle ret_handles[]);

/* For who enters it: those of `types` that such a set has, opened and verified; ret_fds, all closed, is as it was if it is not sure.
 * Whether the init of a pid namespace lives is not asked. */
bool nsm_glance_open(const struct nsm_setdir *set, unsigned types, int ret_fds[]);

#endif
