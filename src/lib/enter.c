/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/set.h"

#include "base/fd.h"
#include "lib/config.h"
#include "lib/edge.h"

#include <sched.h>

#define USER NSMGR_MASK(NSMGR_USER)
#define TIME NSMGR_MASK(NSMGR_TIME)
#define MNT NSMGR_MASK(NSMGR_MNT)

static int refuse_threads(struct nsmgr_ctx *ctx, enum nsmgr_type type)
{
	return nsm_fail_text(ctx, -EINVAL, "enter", type, NULL,
			     "a process with more than one thread cannot join a %s namespace (cure: nsmgr_call(), or fork first)",
			     nsm_nstypes[type].name);
}

static int refuse_shared_root(struct nsmgr_ctx *ctx)
{
	return nsm_fail_text(ctx, -EINVAL, "enter", NSMGR_MNT, NULL,
			     "a thread that shares root and present directory with others cannot join a mnt namespace "
			     "(cure: unshare(CLONE_FS) in it, or nsmgr_call())");
}

/* Those that there are, without the ones that we are in already, as far as joining them once more would be refused (user), need
 * what we may not have (time), or move us to another root (mnt). To ask for the others would only cost. */
static unsigned to_join(const int fds[], unsigned types)
{
	for NSM_EACH_TYPE (type)
		if (fds[type] < 0)
			types &= ~NSMGR_MASK(type);
	if ((types & USER) && nsm_nsfd_is_own(fds[NSMGR_USER], NSMGR_USER))
		types &= ~USER;
	if ((types & TIME) && nsm_nsfd_is_own(fds[NSMGR_TIME], NSMGR_TIME) &&
	    nsm_nsfd_is_childrens(fds[NSMGR_TIME], NSMGR_TIME))
		types &= ~TIME;
	if ((types & MNT) && nsm_nsfd_is_own(fds[NSMGR_MNT], NSMGR_MNT))
		types &= ~MNT;
	return types;
}

static int join(const int fds[], enum nsmgr_type type)
{
	return setns(fds[type], nsm_nstypes[type].flag) < 0 ? -errno : 0;
}

static int fail(struct nsmgr_ctx *ctx, int r, enum nsmgr_type type)
{
	/* Nothing else gives these (KERNEL R14, R51). */
	if (type == NSMGR_TIME && r == -EUSERS)
		return refuse_threads(ctx, type);
	if (type == NSMGR_MNT && r == -EINVAL)
		return refuse_shared_root(ctx);
	return nsm_fail(ctx, r, "enter", type, NULL);
}

static int join_all(struct nsmgr_ctx *ctx, const int fds[], unsigned types)
{
	for (size_t i = 0; i < NSMGR_TYPE_COUNT; i++) {
		enum nsmgr_type type = nsm_join_order[i];
		int r;

		if (!(types & NSMGR_MASK(type)))
			continue;
		r = join(fds, type);
		/* Without privilege over it, but in it already. */
		if (r == -EPERM && nsm_nsfd_is_childrens(fds[type], type))
			continue;
		/* The privilege over this one may come only with the set's user namespace (KERNEL R24). */
		if (r == -EPERM && (types & USER) && type != NSMGR_USER) {
			r = join(fds, NSMGR_USER);
			if (r < 0)
				return fail(ctx, r, NSMGR_USER);
			types &= ~USER;
			r = join(fds, type);
		}
		if (r < 0)
			return fail(ctx, r, type);
	}
	return 0;
}

int nsm_set_join(struct nsmgr_set *set, unsigned types)
{
	return join_all(set->ctx, set->fds, to_join(set->fds, types));
}

/* Unsharing the thread group does nothing but to tell whether there are others in it: unshare(2). Where that is denied, so is
 * what follows. */
static bool has_threads(void)
{
	return unshare(CLONE_THREAD) < 0 && errno == EINVAL;
}

/* What the kernel would refuse half-way is found out before (KERNEL R74). */
static int enter(struct nsmgr_ctx *ctx, const int fds[], unsigned types)
{
	int r;

	types = to_join(fds, types);
	if ((types & (USER | TIME | MNT)) && has_threads()) {
		if (types & (USER | TIME))
			return refuse_threads(ctx, types & USER ? NSMGR_USER : NSMGR_TIME);
		/* Who shares root and directory with this thread only the kernel knows for sure; asked first, its refusal
		 * finds nothing changed yet. */
		r = join(fds, NSMGR_MNT);
		if (r < 0)
			return fail(ctx, r, NSMGR_MNT);
		types &= ~MNT;
	}
	return join_all(ctx, fds, types);
}

int nsm_set_enter(struct nsmgr_set *set, unsigned types)
{
	if (!(nsmgr_set_types(set) & types))
		return nsm_fail_text(set->ctx, -ENOENT, "enter", NSMGR_TYPE_NONE, NULL, "the set has none of these types");
	return enter(set->ctx, set->fds, types);
}

int nsmgr_set_enter(struct nsmgr_set *set, unsigned types)
{
	return nsm_edge(set->ctx, NSM_EDGE_set_enter, nsm_set_enter(set, types));
}

static int enter_fd(struct nsmgr_ctx *ctx, int fd, enum nsmgr_type type)
{
	int fds[NSMGR_TYPE_COUNT] = NSM_NO_FDS;
	enum nsmgr_type is;
	int r = nsm_nsfd_type(fd, &is);

	if (r == -ENOTTY)
		return nsm_fail_text(ctx, -EINVAL, "enter", type, NULL, "not a namespace");
	if (r < 0)
		return nsm_fail(ctx, r, "enter", type, NULL);
	if (type != NSMGR_TYPE_NONE && is != type)
		return nsm_fail_text(ctx, -EINVAL, "enter", type, NULL, "it is a %s namespace", nsm_nstypes[is].name);
	fds[is] = fd;
	return enter(ctx, fds, NSMGR_MASK(is));
}

int nsmgr_enter_fd(struct nsmgr_ctx *ctx, int fd, enum nsmgr_type type)
{
	return nsm_edge(ctx, NSM_EDGE_enter_fd, enter_fd(ctx, fd, type));
}

int nsmgr_enter_pid(struct nsmgr_ctx *ctx, pid_t pid, unsigned types)
{
	int fds[NSMGR_TYPE_COUNT] = NSM_NO_FDS;
	int r = nsm_source_open_process(ctx, types, pid, fds);

	if (r == 0)
		r = enter(ctx, fds, types);
	for NSM_EACH_TYPE (type)
		nsm_close(&fds[type]);
	return nsm_edge(ctx, NSM_EDGE_enter_pid, r);
}
