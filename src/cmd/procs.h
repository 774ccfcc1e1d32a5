/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_PROCS_H
#define NSM_CMD_PROCS_H

#include "base/macro.h"
#include "nsmgr.h"

/* The processes that /proc shows and the namespaces they are in: the one scan of all verbs. */

struct process {
	pid_t pid;
	ino_t ns[NSMGR_TYPE_COUNT]; /* inode numbers; 0 where unknown, and where the process has ended */
	pid_t tid;		    /* the thread they are of, where the first has ended and others go on; otherwise 0 */
	int hidden;		    /* -errno: some of them could not be seen */
	int dir;		    /* /proc/PID: stays with this process, whoever gets its number (LESSONS 11) */
};

#define PROCESS_COMMAND_SIZE 1024

struct process_details {
	pid_t parent;
	uid_t uid; /* effective */
	bool ended; /* a zombie, of which no thread lives on */
	char command[PROCESS_COMMAND_SIZE]; /* its arguments, or its name in brackets; cut if it is longer */
	int command_error; /* why the arguments are not known; 0: they are, or there are none */
};

/* Called for each; anything but 0 ends the walk and is its result. */
typedef int process_fn(void *data, const struct process *process);

int procs_walk(process_fn *visit, void *data);

/* Fills in the namespaces, by `dir`. */
void process_look(struct process *process);

/* Called for each thread but the first, which is the process itself here; anything but 0 ends the walk and is its result. */
typedef int thread_fn(void *data, const struct process *process, pid_t tid);

int threads_walk(const struct process *process, thread_fn *visit, void *data);

/* -ESRCH: it is gone. */
int process_read(const struct process *process, struct process_details *ret);

/* The same by number, for who is shown and no more than that. */
int process_read_pid(pid_t pid, struct process_details *ret);

/* The name of a user, or the number of one without a name; `buf` is of 64 bytes. */
const char *user_name(uid_t uid, char buf[64]);

/* The value of "KEY:\tVALUE" in the text of /proc/PID/status, up to its end; "" where there is none. A key but the first
 * begins with the end of the line before. */
const char *process_status_value(const char *status, const char *key);

/* The "/PATH" of the line "0::/PATH" in the text of /proc/PID/cgroup, which is cut into its lines: where the process is in the
 * hierarchy of version 2. NULL where it is in none. */
char *process_cgroup(char *text);

/* Whether a thread of the process, 0: its first one, is on its way out: then what cannot be seen of it is of no interest. */
bool process_is_exiting(const struct process *process, pid_t tid);

/* Whether the numbers in /proc are those that our system calls take: 0, 1, or -errno where that cannot be told. */
int procs_are_ours(void);

/* The inode number of /proc/PID/ns/NAME, 0 where it cannot be seen. */
ino_t ns_inode(const char *pid, const char *name);

#endif
