/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/fd.h"
#include "lib/basket.h"
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
	r = nsm_init_find(removal->pidns, removal->keeper, ret_pidfd, NULL);
	if (r == 0)
		return 0;
	if (r == -EXDEV)
		return nsm_fail_text(removal->store->ctx, -EAGAIN, "kill", NSMGR_PID, NULL, "its init cannot be found now");
	if (r < 0)
		return nsm_fail(removal->store->ctx, r, "init", NSMGR_PID, NULL);
	r = nsm_sys_pidfd_kill(*ret_pidfd, SIGKILL);
	if (r == 0 || r == -ESRCH) /* it was faster */
		return 0;
	nsm_close(ret_pidfd);
	return nsm_fail(removal->store->ctx, r, "kill", NSMGR_PID, NULL);
}

static int wait_for_init(struct nsm_removal *removal, int pidfd)
{
	siginfo_t info;
	int r = pidfd < 0 ? 0 : nsm_pidfd_end(pidfd);

	/* It may have become our own child: of a subreaper, or of an init. */
	if (pidfd >= 0 && r == 0)
		nsm_sys_pidfd_wait(pidfd, false, &info, NULL);
	if (r == 0)
		return 0;
	if (r != -ETIMEDOUT)
		return nsm_fail(removal->store->ctx, r, "kill", NSMGR_PID, NULL);
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
	stage->plain = removal->plain;
	stage->spares = !(removal->flags & NSMGR_REMOVE_KILL);
	stage->gathers = stage->gathers || (removal->types & (removal->types - 1));
	r = removal->pidns >= 0 ? nsm_stage_may_unmount(stage) : 0;
	if (r == 0)
		r = kill_init(removal, &init);
	if (r == 0)
		r = nsm_stage_remove(stage, &detached);
	if (init >= 0)
		nsm_basket_empty(stage);
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

/* With all signals blocked; `signals` are those that the caller had blocked. */
static int remove_blocked(struct nsm_stage *stage, const char *name, unsigned flags, const struct timespec *timeout,
			  const sigset_t *signals)
{
	struct nsm_removal removal = {
		.store = stage->store, .stage = stage, .name = name, .flags = flags, .deadline = nsm_deadline(timeout),
		.signals = *signals, .pidns = -EBADF, .cgroup = -EBADF,
	};
	int r = remove_one(&removal);

	nsm_close(&removal.pidns);
	nsm_close(&removal.cgroup);
	if (r == -ENOENT && !removal.missing)
		return -EIO; /* of something else: the failure tells */
	return r == -ENOENT && (flags & NSMGR_REMOVE_MISSING) ? 0 : r;
}

static int let_go(struct nsm_stage *stage)
{
	int r;

	nsm_basket_empty(stage);
	r = stage->gather_error;
	stage->gather_error = 0;
	return r < 0 ? nsm_fail(stage->store->ctx, r, "detach", NSMGR_TYPE_NONE, NULL) : 0;
}

int nsm_remove_name(struct nsm_stage *stage, const char *name, unsigned flags, const struct timespec *timeout)
{
	sigset_t signals;
	int r;

	nsm_sys_block_signals(&signals);
	r = remove_blocked(stage, name, flags, timeout, &signals);
	if (r == 0)
		r = let_go(stage);
	nsm_sys_restore_signals(&signals);
	return r;
}

/* ---- many ---- */

struct removing {
	struct nsmgr_ctx *ctx;
	struct nsm_stage *stage;
	const char *const *names;
	unsigned flags;
	const struct timespec *timeout;
	nsmgr_result_fn *done;
	void *data;
	size_t told; /* names whose result was */
	int failures;
};

static void tell(struct removing *removing, int result)
{
	const char *name = removing->names[removing->told++];

	result = nsm_edge(removing->ctx, NSM_EDGE_remove, result);
	removing->failures += result < 0;
	if (removing->done)
		removing->done(removing->data, name, result);
}

/* A set whose handles wait in the basket is not gone before that was emptied. */
static void settle(struct removing *removing, size_t end)
{
	int r = let_go(removing->stage);

	while (removing->told < end)
		tell(removing, r);
}

static void remove_at(struct removing *removing, size_t at, const sigset_t *signals)
{
	struct nsmgr_ctx *ctx = removing->ctx;
	struct nsm_failure failure;
	int r = remove_blocked(removing->stage, removing->names[at], removing->flags, removing->timeout, signals);

	if (r == 0 && removing->stage->gathered)
		return;
	failure = ctx->failure;
	settle(removing, at + (r == 0));
	if (r == 0)
		return;
	ctx->failure = failure;
	tell(removing, r);
}

static bool is_full(const struct nsm_stage *stage)
{
	return stage->gathered + NSMGR_TYPE_COUNT > NSM_BASKET_SIZE;
}

/* One after the other. Signals come through between two, once nothing waits to be let go of. */
static int remove_each(struct removing *removing, size_t count)
{
	struct nsm_stage *stage = removing->stage;
	sigset_t signals;

	stage->gathers = count > 1;
	nsm_sys_block_signals(&signals);
	for (size_t i = 0; i < count; i++) {
		bool signalled = nsm_sys_is_signalled(&signals);

		if (signalled || is_full(stage))
			settle(removing, i);
		if (signalled) {
			nsm_stage_close(stage);
			nsm_sys_restore_signals(&signals);
			nsm_sys_block_signals(&signals);
		}
		remove_at(removing, i, &signals);
	}
	settle(removing, count);
	nsm_sys_restore_signals(&signals);
	return removing->failures;
}

int nsmgr_remove_many(struct nsmgr_ctx *ctx, const char *const names[], size_t count, unsigned flags,
		      const struct timespec *timeout, nsmgr_result_fn *done, void *data)
{
	nsm_autostore struct nsm_store store = NSM_STORE_INIT;
	nsm_autostage struct nsm_stage stage = NSM_STAGE_OF(&store);
	struct removing removing = { ctx, &stage, names, flags, timeout, done, data, 0, 0 };
	int r = 0;

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
	if (r == 0)
		return remove_each(&removing, count);
	while (removing.told < count)
		tell(&removing, flags & NSMGR_REMOVE_MISSING ? 0 : r);
	return removing.failures;
}

int nsmgr_remove(struct nsmgr_ctx *ctx, const char *name, unsigned flags, const struct timespec *timeout)
{
	int result = 0;
	int r = nsmgr_remove_many(ctx, &name, 1, flags, timeout, nsm_keep_result, &result);

	return r < 0 ? r : result;
}
