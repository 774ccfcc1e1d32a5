/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/fd.h"
#include "lib/edge.h"
#include "lib/init.h"
#include "lib/removal.h"
#include "lib/sys.h"

/* Kills the init, and with it everybody in its namespace. Waited for later: the set is hidden already. */
static int kill_init(struct nsm_removal *removal, int *ret_pidfd)
{
	int r;

	if (removal->pidns < 0)
		return 0;
	switch (nsm_init_find(removal->pidns, removal->keeper, ret_pidfd, NULL)) {
	case NSM_INIT_DEAD:
		return 0;
	case NSM_INIT_UNKNOWN:
		return nsm_fail_text(removal->store->ctx, -EAGAIN, "kill", NSMGR_PID, NULL, "its init cannot be found now");
	case NSM_INIT_ALIVE:
		break;
	}
	r = nsm_sys_pidfd_kill(*ret_pidfd, SIGKILL);
	if (r == 0 || r == -ESRCH) /* it was faster */
		return 0;
	nsm_close(ret_pidfd);
	return nsm_fail(removal->store->ctx, r, "kill", NSMGR_PID, NULL);
}

static int wait_for_init(struct nsm_removal *removal, int pidfd)
{
	siginfo_t info;

	if (pidfd < 0)
		return 0;
	if (nsm_pidfd_end(pidfd) == 0) {
		/* It may have become our own child: of a subreaper, or of an init. */
		nsm_sys_pidfd_wait(pidfd, false, &info, NULL);
		return 0;
	}
	return nsm_fail_text(removal->store->ctx, -ETIMEDOUT, "remove", NSMGR_PID, NULL,
			     "its processes are killed, but not all have ended: one waits for a parent outside");
}

static int remove_one(struct nsm_removal *removal)
{
	struct nsm_stage *stage = removal->stage;
	nsm_autoclose int init = -EBADF;
	bool detached = false;
	int r = nsm_removal_hide(removal);

	if (r < 0)
		return r;
	stage->spares = !(removal->flags & NSMGR_REMOVE_KILL);
	r = kill_init(removal, &init);
	if (r == 0)
		r = nsm_stage_remove(stage, &detached);
	if (r == 0)
		return wait_for_init(removal, init);
	/* Refused before anything was lost: the set gets its name back. */
	if (!detached && init < 0) {
		struct nsm_failure failure = removal->store->ctx->failure;

		nsm_stage_publish(stage, removal->name);
		removal->store->ctx->failure = failure;
	}
	return r;
}

int nsm_remove_name(struct nsm_stage *stage, const char *name, unsigned flags, const struct timespec *timeout)
{
	struct nsm_removal removal = {
		.store = stage->store, .stage = stage, .name = name, .flags = flags, .deadline = nsm_deadline(timeout),
		.pidns = -EBADF, .cgroup = -EBADF,
	};
	int r;

	nsm_sys_block_signals(&removal.signals);
	r = remove_one(&removal);
	nsm_sys_restore_signals(&removal.signals);
	nsm_close(&removal.pidns);
	nsm_close(&removal.cgroup);
	return r == -ENOENT && (flags & NSMGR_REMOVE_MISSING) ? 0 : r;
}

int nsmgr_remove_many(struct nsmgr_ctx *ctx, const char *const names[], size_t count, unsigned flags,
		      const struct timespec *timeout, nsmgr_result_fn *done, void *data)
{
	nsm_autostore struct nsm_store store = NSM_STORE_INIT;
	nsm_autostage struct nsm_stage stage = NSM_STAGE_OF(&store);
	int failures = 0, r = 0;

	if (flags & ~(NSMGR_REMOVE_KILL | NSMGR_REMOVE_WAIT | NSMGR_REMOVE_FORCE | NSMGR_REMOVE_MISSING))
		r = nsm_refuse_flags(ctx);
	for (size_t i = 0; r == 0 && i < count; i++)
		r = nsmgr_check_name(ctx, names[i]);
	if (r < 0)
		return r;
	r = nsm_store_open_rw(ctx, false, flags & NSMGR_REMOVE_FORCE, &store);
	if (r == 0)
		r = nsm_store_begin_changes(&store);
	if (r == -ENOENT)
		r = nsm_fail_text(ctx, r, "open", NSMGR_TYPE_NONE, NULL, "no such set");
	else if (r < 0)
		return nsm_edge(ctx, NSM_EDGE_remove_many, r);
	for (size_t i = 0; i < count; i++) {
		int result = r == -ENOENT ? (flags & NSMGR_REMOVE_MISSING ? 0 : r)
					  : nsm_remove_name(&stage, names[i], flags, timeout);

		result = nsm_edge(ctx, NSM_EDGE_remove, result);
		failures += result < 0;
		if (done)
			done(data, names[i], result);
	}
	return failures;
}

int nsmgr_remove(struct nsmgr_ctx *ctx, const char *name, unsigned flags, const struct timespec *timeout)
{
	int result = 0;
	int r = nsmgr_remove_many(ctx, &name, 1, flags, timeout, nsm_keep_result, &result);

	return r < 0 ? r : result;
}
