/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSMGR_CHILD_H
#define NSMGR_CHILD_H

/* A command that was started. */

#include <nsmgr/command.h>

#include <sys/resource.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Ends it (SIGKILL) and reaps it, unless it was waited for or released, and closes its pipes. NULL is fine. */
void nsmgr_child_free(struct nsmgr_child *child);

/* Lets it live on: its pid, and the caller's to reap from now on. The child object is freed, and its pipes are closed. 0: it
 * was waited for already. */
pid_t nsmgr_child_release(struct nsmgr_child *child);

pid_t nsmgr_child_pid(const struct nsmgr_child *child); /* also after its end, when the number may be another's */
int nsmgr_child_pidfd(const struct nsmgr_child *child); /* borrowed; readable from its end on */

/* Our end of a standard descriptor that is a pipe, close-on-exec: borrowed, or, with `take`, the caller's from now on. -ENOENT. */
int nsmgr_child_pipe(struct nsmgr_child *child, int fd, bool take);

/* Waits for its end. Our end of its standard input is closed before. With a timeout (NULL is for ever) it is killed when that
 * is over, and waited for; timed_out is told where that is what it died of. Waiting again gives the same. ret_status may be
 * NULL. -ECHILD: somebody else has reaped it, or SIGCHLD is ignored, and nobody knows any more how it ended; Linux 6.15
 * remembers it for us. */
int nsmgr_child_wait(struct nsmgr_child *child, const struct timespec *timeout, struct nsmgr_status *ret_status);

/* 0 and how it ended; 1 while it runs. */
int nsmgr_child_try_wait(struct nsmgr_child *child, struct nsmgr_status *ret_status);

/* What it used, once it was waited for, as long as the child object lives; NULL before, and where somebody else has reaped it.
 * getrusage(2) */
const struct rusage *nsmgr_child_usage(const struct nsmgr_child *child);

/* -ESRCH after it was waited for, whoever has its number then; -EINVAL: no such signal. */
int nsmgr_child_signal(struct nsmgr_child *child, int signal);
int nsmgr_child_kill(struct nsmgr_child *child); /* SIGKILL, and waits as nsmgr_child_wait() does; 0 also if it has ended */

/* What it wrote: each ends with a zero byte that is not counted, and is NULL where it is no pipe, or one that was taken or read
 * before. To be freed with
 * nsmgr_output_clear(). */
struct nsmgr_output {
	char *out, *err;
	size_t out_size, err_size;
};

/* Reads its standard output and error until both are closed, however much it writes to which, and waits for it as
 * nsmgr_child_wait() does; its standard input, if a pipe, is closed first. More than `limit` bytes on one is -EFBIG, and the child
 * is killed, as it is when there is no memory for the rest; SIZE_MAX is for no limit. Who else has a pipe open, a daemon
 * that it left, is waited for as well, for at most the timeout. */
int nsmgr_child_output(struct nsmgr_child *child, const struct timespec *timeout, size_t limit,
		       struct nsmgr_output *ret_output, struct nsmgr_status *ret_status);
void nsmgr_output_clear(struct nsmgr_output *output);

#ifdef __cplusplus
}
#endif

#endif
