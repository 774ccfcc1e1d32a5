/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_PROC_H
#define NSM_LIB_PROC_H

#include <stdbool.h>
#include <sys/types.h>

/* A /proc shows the processes of the pid namespace it was mounted in, under their numbers there: after "unshare --pid" without
 * a new mount that is not ours. */

/* Whether /proc numbers processes as we do: 0, 1, or -errno where that cannot be told. */
int nsm_proc_is_ours(void);

/* The number under which /proc shows the process of a pidfd, or -ESRCH when it does not; another -errno where that cannot be told.
 * proc_pid_fdinfo(5). */
pid_t nsm_proc_pid(int pidfd);

/* A pidfd of the process of that number. -ESRCH: there is none, or it is a thread's number. */
int nsm_proc_pidfd(pid_t pid);

/* The directory in /proc of the process of a pidfd, and its number there: of that process and never another's, whoever gets the
 * number later (LESSONS 11). -ESRCH: it has ended; -ENOENT: this /proc does not show it. */
int nsm_proc_open_pidfd(int pidfd, pid_t *ret_number);

/* A thread of the process whose directory in /proc this is that still has namespaces: 0 for the first, which can have ended while
 * others go on; -ESRCH when no thread has: what has ended, or is about to, keeps its pid and user namespace alone. Another
 * -errno where that cannot be told. */
pid_t nsm_proc_live_thread(int proc);

/* Opens /proc/PID (0: /proc/self), verified to be in a proc file system (LESSONS security 14). */
int nsm_proc_open(pid_t pid);

#endif
