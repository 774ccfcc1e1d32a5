/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_IDMAP_WRITE_H
#define NSM_LIB_IDMAP_WRITE_H

#include "lib/config.h"

/* Gives a process that has unshared its user namespace the maps of the configuration, from outside. `proc` is its
 * directory in /proc. Where the kernel does not allow it directly newuidmap(1) and newgidmap(1) are asked, and what
 * they say is the failure's text. */
int nsm_idmap_write(struct nsmgr_config *config, int proc, pid_t pid);

#endif
