/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_SYS_H
#define NSM_CMD_SYS_H

#include "nsmgr.h"

/* System calls that a C library may lack, for the verbs that look at processes. All give a result >= 0 or -errno. */

/* A descriptor of a process, close-on-exec; of a thread with `thread` (PIDFD_THREAD, 6.9). */
int sys_pidfd_open(pid_t pid, bool thread);
int sys_pidfd_kill(int pidfd, int sig);

/* Closes every descriptor from `first` on. */
void sys_close_from(int first);

/* A copy of somebody's descriptor, close-on-exec. Needs PTRACE_MODE_ATTACH_REALCREDS. */
int sys_pidfd_getfd(int pidfd, int fd);

/* Whether two threads have one table of descriptors: 0 if so, something else if not. kcmp(2). */
int sys_compare_files(pid_t a, pid_t b);

/* ioctl_nsfs(2): a descriptor of the parent, of the owning user namespace. -EPERM: outside what we may see. */
int sys_ns_parent(int ns);
int sys_ns_owner(int ns);

/* The first process of a pid namespace, as we see it (6.11). -ESRCH: it has none any more, or none that we see. */
pid_t sys_ns_init(int ns);

/* The type of a namespace, NSMGR_TYPE_NONE for what is none. */
enum nsmgr_type sys_ns_type(int fd);

/* A descriptor of the network namespace of a socket, or of the queue of a tap device. Needs CAP_NET_ADMIN over it. */
int sys_socket_netns(int socket);

/* The device of the message queues of the ipc namespace that we are in, through a mount that is nowhere to be seen. Only what
 * a child of a threaded program may call. */
int sys_mqueue_device(dev_t *ret);

#endif
