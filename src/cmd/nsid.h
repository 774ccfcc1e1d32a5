/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_NSID_H
#define NSM_CMD_NSID_H

#include "base/macro.h"

#include <stdint.h>

/* A socket for questions about network namespaces, close-on-exec; -errno. rtnetlink(7) */
int nsid_open(void);

/* The id that our network namespace has given to another one: `ns` is a descriptor of it. -ENOENT: none. */
int nsid_get(int socket, int ns, int32_t *ret_id);

#endif
