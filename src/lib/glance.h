/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_GLANCE_H
#define NSM_LIB_GLANCE_H

#include "lib/handle.h"

/* A look at a set that is as it was made, without opening its directory. Where it cannot be sure the set has to be looked at as any
 * other. */

/* The record of a set, whose directory has nothing but that and the handles that it tells of, of a store whose directories tell how
 * many entries they have; its fd stays closed. Whether the handles are mounted, and live, is still to be asked. */
bool nsm_glance_record(struct nsm_store *store, const char *name, struct nsm_setdir *ret);

/* For a list of thousands: the number of handles, all live, by type; or 0. */
int nsm_glance(struct nsm_store *store, const char *name, struct nsmgr_handle ret_handles[]);

/* For who enters it: those of `types` that such a set has, opened and verified; ret_fds, all closed, is as it was if it is not sure.
 * Whether the init of a pid namespace lives is not asked. */
bool nsm_glance_open(const struct nsm_setdir *set, unsigned types, int ret_fds[]);

#endif
