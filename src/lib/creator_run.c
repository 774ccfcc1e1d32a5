/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/creator_run.h"

#include "base/fd.h"
#include "lib/hook.h"
#include "lib/keeper.h"
#include "lib/setup.h"
#include "lib/sys.h"

#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static void report(int socket, enum nsm_phase phase, pid_t keeper, const struct nsm_failure *failure)
{
	struct nsm_report report = { .phase = phase, .keeper = keeper };

	if (failure)
		report.failure = *failure;
	/* A manager that is gone will not miss it; we end either way. */
	if (send(socket, &report, sizeof(report), MSG_NOSIGNAL) < 0)
		_exit(1);
}

/* Waits for the manager's word; its death is one too. */
static void wait_for_go(int socket)
{
	char go;
	ssize_t n;

	do
		n = recv(socket, &go, 1, 0);
	while (n < 0 && errno == EINTR);
	if (n != 1)
		_exit(1);
}

static _Noreturn void fail(struct nsmgr_ctx *ctx, int socket)
{
	report(socket, NSM_PHASE_FAILED, 0, &ctx->failure);
	_exit(1);
}

/* The same after a hook outside, which may have descriptors for the one inside. */
static void wait_for_handed(struct nsmgr_config *config, int socket)
{
	int r = nsm_handed_receive(&config->handed, socket);

	if (r == -EPIPE)
		_exit(1);
	if (r < 0) {
		nsm_fail(config->ctx, r, "hook", NSMGR_TYPE_NONE, NULL);
		fail(config->ctx, socket);
	}
}

static _Noreturn void run_keeper(struct nsmgr_config *config, const struct nsm_order *order, int socket,
				 const struct nsm_title *title, ino_t pid_max_ino)
{
	nsm_keeper_prepare();
	wait_for_go(socket); /* once the manager has us in hand */
	if (nsm_setup_keeper(config, pid_max_ino) < 0 || nsm_hook_inside(config, socket) < 0)
		fail(config->ctx, socket);
	nsm_title_set(title, order->name); /* over the arguments, which a hook may want */
	report(socket, NSM_PHASE_READY, 0, NULL);
	if (order->tied)
		nsm_keeper_stay_tied(title, socket);
	wait_for_go(socket);
	/* The end of file that follows could as well be that of one who has died. */
	if (send(socket, "k", 1, MSG_NOSIGNAL) < 0)
		_exit(1);
	nsm_keeper_stay(title);
}

/* A cgroup namespace has as its root the cgroup that its maker is in (KERNEL R63), and the keeper is where the creator is. "0" is the
 * writing process. */
static int join_cgroup(struct nsmgr_config *config, int cgroup)
{
	int r = cgroup < 0 ? 0 : nsm_write_text_at(cgroup, "cgroup.procs", "0");

	return r < 0 ? nsm_fail(config->ctx, r, "cgroup", NSMGR_TYPE_NONE, "cgroup.procs") : 0;
}

static int unshare_user(struct nsmgr_config *config, int socket)
{
	int source = config->source[NSMGR_USER];

	if (nsm_config_makes(config, NSMGR_USER)) {
		int r = nsm_setup_owner(config);

		if (r < 0)
			return r;
		if (unshare(CLONE_NEWUSER) < 0)
			return nsm_fail(config->ctx, -errno, "unshare", NSMGR_USER, NULL);
		report(socket, NSM_PHASE_USER, 0, NULL);
		wait_for_go(socket);
		nsm_setup_become_root();
	} else if (source >= 0 && !nsm_nsfd_is_own(source, NSMGR_USER)) {
		/* What is made new beside a pinned user namespace belongs to it. Who has capabilities there shall not trace us, who
		 * still have the caller's mounts (LESSONS security 5). */
		prctl(PR_SET_DUMPABLE, 0);
		if (setns(source, CLONE_NEWUSER) < 0)
			return nsm_fail(config->ctx, -errno, "enter", NSMGR_USER, NULL);
		nsm_setup_become_root();
	}
	return 0;
}

/* Of all descriptors that came along only these are of use; the lock of a stage among the others would outlive its
 * owner with us. */
static void close_others(int socket, int source)
{
	unsigned low = (unsigned)(source >= 0 && source < socket ? source : socket);
	unsigned high = (unsigned)(source > socket ? source : socket);

	if (low > 0)
		nsm_sys_close_range(0, low - 1, false);
	nsm_sys_close_range(low + 1, high - 1, false);
	nsm_sys_close_range(high + 1, ~0u, false);
}

_Noreturn void nsm_creator_run(struct nsmgr_config *config, const struct nsm_order *order, int socket)
{
	struct nsm_title title = nsm_title_find();
	ino_t pid_max_ino = nsm_setup_pid_max_ino();
	struct pollfd end = { .fd = socket };
	pid_t keeper;

	if (join_cgroup(config, order->cgroup) < 0)
		fail(config->ctx, socket);
	close_others(socket, config->source[NSMGR_USER]);
	if (unshare_user(config, socket) < 0)
		fail(config->ctx, socket);
	if (order->floor)
		nsm_setup_outdo_id(order->floor);
	if (nsm_setup_unshare(config) < 0)
		fail(config->ctx, socket);
	if (config->monotonic.set || config->boottime.set) {
		report(socket, NSM_PHASE_TIME, 0, NULL);
		wait_for_go(socket);
	}
	if (config->outside) {
		report(socket, NSM_PHASE_HOOK, 0, NULL);
		wait_for_handed(config, socket);
	}
	if (nsm_setup_inside(config) < 0)
		fail(config->ctx, socket);
	if (nsm_config_makes(config, NSMGR_PID)) {
		keeper = order->tied ? nsm_sys_clone_sibling(NULL) : nsm_sys_clone(NULL);
		if (keeper == 0)
			run_keeper(config, order, socket, &title, pid_max_ino);
		if (keeper < 0) {
			nsm_fail(config->ctx, keeper, "keeper", NSMGR_PID, NULL);
			fail(config->ctx, socket);
		}
		report(socket, NSM_PHASE_KEEPER, keeper, NULL);
	} else {
		if (nsm_hook_inside(config, socket) < 0)
			fail(config->ctx, socket);
		report(socket, NSM_PHASE_READY, 0, NULL);
	}
	/* Stay to be looked at until the manager kills us, or is gone. */
	while (poll(&end, 1, -1) >= 0 && !(end.revents & POLLHUP))
		;
	_exit(0);
}
