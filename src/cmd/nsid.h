/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_NSID_H
#define NSM_CMD_NSID_H

#include "base/macro.h"

#include <stdint.h>

/* A socket for questions about network namespaces, close-on-exec; -errno. rtnetlink(7) */
int nsid_open(void);

/* The id that our network namespace has given to another one: `ns` is a descriptor of it. -ENOENT: none. */
int nsid_get(int socket, int ns, int32_t *ret_id);

/* Gives it one, for as long as both namespaces live; NSID_AUTO: one that is free. -EEXIST: it has an id, or another namespace has
 * this one; -EPERM: needs CAP_NET_ADMIN over ours. ip-netns(8) */
#define NSID_AUTO (-1)
int nsid_set(int socket, int ns, int32_t id);

#endif
