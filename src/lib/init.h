/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_INIT_H
#define NSM_LIB_INIT_H

#include <stdbool.h>
#include <sys/types.h>

/* Finds the init (pid 1) of a pid namespace, whose death kills all in it and leaves it useless (KERNEL R41): through the namespace;
 * before Linux 6.11 through the pid that was recorded (0: none was), which is believed only if that process lives in this very
 * namespace. 1: it is alive, *ret_pidfd is a pidfd, *ret_pid its pid as we see it, both may be NULL. 0: it is dead, also where it was
 * killed and not reaped yet. -errno: that is not known; -EXDEV: as it is not below our pid namespace, or the kernel cannot tell. */
int nsm_init_find(int nsfd, pid_t recorded, int *ret_pidfd, pid_t *ret_pid);

/* The number of its init as we see it, or 0 where that is dead: for who counts the others. -EAGAIN: it cannot be found now. */
int nsm_init_number(int nsfd, pid_t recorded, pid_t *ret_pid);

/* Kills a process, and waits until it is gone; of an init, until everybody in its namespace is. -ETIMEDOUT when that takes
 * more than ten seconds: somebody in it is not reaped by a parent outside. */
int nsm_pidfd_end(int pidfd);

/* Whether the process of a pidfd has ended, reaped or not. */
bool nsm_pidfd_has_ended(int pidfd);

#endif
