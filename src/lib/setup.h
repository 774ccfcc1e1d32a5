/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_SETUP_H
#define NSM_LIB_SETUP_H

#include "lib/config.h"

/* What a creator does to itself. None of these allocates: they run in children cloned from a possibly threaded
 * program. */

/* Becomes the user who is to own the namespaces (KERNEL R28). */
int nsm_setup_owner(struct nsmgr_config *config);

/* Becomes 0:0 of the user namespace where it maps that: what an ipc sysctl and a file made inside belong to. */
void nsm_setup_become_root(void);

/* Unshares one by one every made type but user, so that a failure names its type. */
int nsm_setup_unshare(struct nsmgr_config *config);

/* The clock offsets of the process whose /proc directory is `proc`, before anybody enters (KERNEL R50). */
int nsm_setup_offsets(struct nsmgr_config *config, int proc);

/* Inside the new namespaces: propagation, names, loopback, and the sysctls of this writer's. */
int nsm_setup_inside(struct nsmgr_config *config);

/* The mounts of cgroups in a new mount namespace with a new cgroup namespace. setup_cgroup.c */
int nsm_setup_cgroup(struct nsmgr_config *config);

/* The same for the init of a new pid namespace: its sysctls, and its /proc. pid_max_ino is what stat(2) gave outside
 * for /proc/sys/kernel/pid_max. */
int nsm_setup_keeper(struct nsmgr_config *config, ino_t pid_max_ino);
ino_t nsm_setup_pid_max_ino(void);

/* Has the kernel give out namespace ids until they exceed `floor` (KERNEL R11). */
void nsm_setup_outdo_id(uint64_t floor);

#endif
