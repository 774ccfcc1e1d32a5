/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/child.h"

#include "base/fd.h"
#include "lib/edge.h"
#include "lib/sys.h"

#include <limits.h>
#include <poll.h>
#include <sys/wait.h>

int nsm_child_new(struct nsmgr_ctx *ctx, struct nsmgr_child **ret_child)
{
	struct nsmgr_child *child = calloc(1, sizeof(*child));

	if (!child)
		return nsm_fail(ctx, -ENOMEM, "start", NSMGR_TYPE_NONE, NULL);
	child->ctx = nsmgr_ref(ctx);
	child->pidfd = -EBADF;
	for (int fd = 0; fd < 3; fd++)
		child->pipes[fd] = -EBADF;
	*ret_child = child;
	return 0;
}

static void discard(struct nsmgr_child *child)
{
	nsm_close(&child->pidfd);
	for (int fd = 0; fd < 3; fd++)
		nsm_close(&child->pipes[fd]);
	nsmgr_unref(child->ctx);
	free(child);
}

void nsmgr_child_free(struct nsmgr_child *child)
{
	if (!child)
		return;
	/* It has no pid where no process came of it. */
	if (child->pid > 0)
		nsmgr_child_kill(child);
	discard(child);
}

pid_t nsmgr_child_release(struct nsmgr_child *child)
{
	pid_t pid = child->over ? 0 : child->pid;

	discard(child);
	return pid;
}

pid_t nsmgr_child_pid(const struct nsmgr_child *child)
{
	return child->pid;
}

int nsmgr_child_pidfd(const struct nsmgr_child *child)
{
	return child->pidfd;
}

int nsmgr_child_pipe(struct nsmgr_child *child, int fd, bool take)
{
	if (fd < 0 || fd > 2 || child->pipes[fd] < 0)
		return nsm_fail_text(child->ctx, -ENOENT, "pipe", NSMGR_TYPE_NONE, NULL, "%d is no pipe of the child's", fd);
	return take ? take_fd(child->pipes[fd]) : child->pipes[fd];
}

const struct rusage *nsmgr_child_usage(const struct nsmgr_child *child)
{
	return child->has_usage ? &child->usage : NULL;
}

/* ---- Its end ---- */

static void keep_status(struct nsmgr_child *child, const siginfo_t *info)
{
	if (info->si_code == CLD_EXITED)
		child->status.code = info->si_status;
	else
		child->status.signal = info->si_status;
}

/* Somebody else has reaped it, or the kernel did because SIGCHLD is ignored: its pidfd may still know (Linux 6.15). */
static int ask_pidfd(struct nsmgr_child *child)
{
	struct nsm_pidfd_info info = { .mask = NSM_PIDFD_INFO_EXIT };

	if (nsm_sys_pidfd_info(child->pidfd, &info) < 0 || !(info.mask & NSM_PIDFD_INFO_EXIT))
		return -ECHILD;
	if (WIFEXITED(info.exit_code))
		child->status.code = WEXITSTATUS(info.exit_code);
	else
		child->status.signal = WTERMSIG(info.exit_code);
	return 0;
}

/* 0 when it is over, however that is known; 1 while it runs. */
static int reap(struct nsmgr_child *child, bool block)
{
	siginfo_t info = { 0 };
	int r;

	if (child->over)
		return 0;
	do
		r = nsm_sys_pidfd_wait(child->pidfd, block, &info, &child->usage);
	while (r == -EINTR);
	if (r == 0 && info.si_pid == 0)
		return 1;
	if (r < 0 && r != -ECHILD)
		return nsm_fail(child->ctx, r, "wait", NSMGR_TYPE_NONE, NULL);
	child->over = true;
	child->has_usage = r == 0;
	if (r == 0)
		keep_status(child, &info);
	else
		child->result = ask_pidfd(child);
	return 0;
}

/* What came of it, each time it is asked for. */
static int give_status(struct nsmgr_child *child, struct nsmgr_status *ret_status)
{
	if (child->result < 0)
		return nsm_fail_text(child->ctx, child->result, "wait", NSMGR_TYPE_NONE, NULL,
				     "somebody else has reaped it, or SIGCHLD is ignored");
	if (ret_status)
		*ret_status = child->status;
	return 0;
}

int nsm_child_wait_until(struct nsmgr_child *child, const struct nsm_deadline *deadline)
{
	struct pollfd end = { .fd = child->pidfd, .events = POLLIN };
	bool late = false;
	int r;

	while (deadline->bounded && !child->over && !late) {
		int left = nsm_deadline_left(deadline);

		r = poll(&end, 1, left);
		if (r > 0)
			break;
		if (r < 0 && errno != EINTR)
			return nsm_fail(child->ctx, -errno, "wait", NSMGR_TYPE_NONE, NULL);
		late = r == 0 && left < INT_MAX;
	}
	if (late)
		nsm_sys_pidfd_kill(child->pidfd, SIGKILL);
	r = reap(child, true);
	/* One that ended by itself in the last moment was in time. */
	child->status.timed_out |= r == 0 && late && child->status.signal == SIGKILL;
	return r;
}

int nsmgr_child_wait(struct nsmgr_child *child, const struct timespec *timeout, struct nsmgr_status *ret_status)
{
	struct nsm_deadline deadline = nsm_deadline(timeout);
	int r;

	/* It may wait for the end of that. */
	nsm_close(&child->pipes[0]);
	r = nsm_child_wait_until(child, &deadline);
	if (r == 0)
		r = give_status(child, ret_status);
	return nsm_edge(child->ctx, NSM_EDGE_child_wait, r);
}

int nsmgr_child_try_wait(struct nsmgr_child *child, struct nsmgr_status *ret_status)
{
	int r = reap(child, false);

	if (r == 0)
		r = give_status(child, ret_status);
	return nsm_edge(child->ctx, NSM_EDGE_child_try_wait, r);
}

/* ---- Signals ---- */

int nsmgr_child_signal(struct nsmgr_child *child, int signal)
{
	int r = child->over ? -ESRCH : nsm_sys_pidfd_kill(child->pidfd, signal);

	if (r < 0)
		r = nsm_fail(child->ctx, r, "signal", NSMGR_TYPE_NONE, NULL);
	return nsm_edge(child->ctx, NSM_EDGE_child_signal, r);
}

int nsmgr_child_kill(struct nsmgr_child *child)
{
	int r = 0;

	nsm_close(&child->pipes[0]);
	if (!child->over) {
		/* -ESRCH: reaped by somebody else. */
		r = nsm_sys_pidfd_kill(child->pidfd, SIGKILL);
		if (r == 0 || r == -ESRCH)
			r = reap(child, true);
		else
			r = nsm_fail(child->ctx, r, "signal", NSMGR_TYPE_NONE, NULL);
	}
	return nsm_edge(child->ctx, NSM_EDGE_child_kill, r);
}
