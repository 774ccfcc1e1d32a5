/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_DEVICES_H
#define NSM_CMD_DEVICES_H

#include "cmd/inside.h"

/* The devices of the network namespace that the caller is in, and their addresses, by netlink: rtnetlink(7). Not by
 * getifaddrs(3), which gives an address by its label, which anybody may choose as he likes, and hides devices that have no
 * link-layer address. */
int look_at_devices(struct inside *inside);

#endif
