/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_LEASH_H
#define NSM_LIB_LEASH_H

#include <sys/types.h>

/* The keeper of a pid namespace that only sets in memory have: our child without exit signal, which ends when the other end of
 * its socket is closed, and so with us at the latest, or with a child of ours that was forked without an execve. Copies of a
 * set share it; a pool carries them from one thread to another. */
struct nsm_leash {
	unsigned refs;
	pid_t owner; /* us: in a child of ours it is not ours to end */
	pid_t pid;
	int pidfd;
	int socket;
};

/* Takes both descriptors over, also on failure, when the keeper is ended. -ENOMEM. */
int nsm_leash_new(pid_t pid, int pidfd, int socket, struct nsm_leash **ret);

struct nsm_leash *nsm_leash_ref(struct nsm_leash *leash); /* NULL gives NULL */

/* The last one ends the keeper, with all that live in its namespace, and reaps it. */
void nsm_leash_unref(struct nsm_leash *leash);

#endif
