/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_INHABITANTS_H
#define NSM_LIB_INHABITANTS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* The processes in a pid namespace and those below it, but for its init, as /proc shows them here. `keeper`
 * is the init as it was recorded, or 0. Gives their number, of
 * which the first `size` are in ret_pids; or -errno. */
int nsm_inhabitants(int pidns, pid_t keeper, pid_t *ret_pids, size_t size);

/* Whether a process lives there. */
bool nsm_is_inhabitant(int pidns, pid_t pid);

#endif
