/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_FOLLOW_H
#define NSM_CMD_FOLLOW_H

#include "cmd/launch.h"

/* Has the command take over the cgroup and the security label, as far as asked for, of the init of the set's pid namespace: what
 * stands for the set where it needs a process. STATUS_DONE, or a failure that was said. */
int follow_init(struct launch *launch, const struct nsmgr_set *set, const char *name);

/* Has it leave the VRF that we are in, where we are in one: "ip vrf exec" is a cgroup that binds sockets to a device, which is none
 * of another network namespace's. ip-vrf(8) */
int follow_no_vrf(struct launch *launch);

#endif
