/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/fd.h"
#include "base/text.h"
#include "lib/cgroup.h"
#include "lib/edge.h"
#include "lib/handle.h"

_Static_assert(NSMGR_CGROUP_PATH_SIZE == NSM_CGROUP_PATH_SIZE, "a recorded path fits");

static int fail(struct nsmgr_ctx *ctx, int r, const char *path)
{
	return nsm_fail(ctx, r, "cgroup", NSMGR_TYPE_NONE, path);
}

static int read_record(struct nsmgr_ctx *ctx, const char *name, struct nsm_cgroup *ret)
{
	nsm_autostore struct nsm_store store = NSM_STORE_INIT;
	nsm_autosetdir struct nsm_setdir set = NSM_SETDIR_INIT;
	int r = nsm_setdir_open_named(ctx, name, &store, &set);

	if (r < 0)
		return r;
	/* Of an older boot nothing is left but the record. */
	*ret = (struct nsm_cgroup){ .origin = NSMGR_ORIGIN_UNKNOWN };
	if (set.has_meta && nsm_setdir_is_of_this_boot(&set))
		*ret = set.meta.cgroup;
	return 0;
}

static int open_cgroup(struct nsmgr_ctx *ctx, const char *name, struct nsmgr_cgroup *ret)
{
	struct nsmgr_cgroup cgroup = { .fd = -EBADF };
	struct nsm_text path = NSM_TEXT(cgroup.path);
	struct nsm_cgroup record;
	int r = read_record(ctx, name, &record);

	if (r < 0)
		return r;
	cgroup.origin = record.origin;
	if (record.origin != NSMGR_ORIGIN_UNKNOWN) {
		nsm_text_add(&path, "/%s", nsm_streq(record.path, ".") ? "" : record.path);
		cgroup.fd = nsm_cgroup_open(&record);
		if (cgroup.fd < 0 && cgroup.fd != -ENOENT)
			return fail(ctx, cgroup.fd, record.path);
	}
	*ret = cgroup;
	return 0;
}

int nsmgr_cgroup_open(struct nsmgr_ctx *ctx, const char *name, struct nsmgr_cgroup *ret_cgroup)
{
	return nsm_edge(ctx, NSM_EDGE_cgroup_open, open_cgroup(ctx, name, ret_cgroup));
}

void nsmgr_cgroup_close(struct nsmgr_cgroup *cgroup)
{
	nsm_close(&cgroup->fd);
}

static int freeze(struct nsmgr_ctx *ctx, const char *name, bool frozen, const struct timespec *timeout)
{
	nsm_cleanup(nsmgr_cgroup_close) struct nsmgr_cgroup cgroup = { .fd = -EBADF };
	struct nsm_deadline deadline = nsm_deadline(timeout);
	int r = open_cgroup(ctx, name, &cgroup);

	if (r < 0)
		return r;
	if (cgroup.origin != NSMGR_MADE)
		return nsm_fail_text(ctx, -EOPNOTSUPP, "cgroup", NSMGR_TYPE_NONE, *cgroup.path ? cgroup.path : NULL,
				     cgroup.origin == NSMGR_PINNED ? "not made by this set, and others may be in it"
								   : "the set has none (cure: create it with --cgroup-new)");
	if (cgroup.fd < 0)
		return nsm_fail_text(ctx, -ESTALE, "cgroup", NSMGR_TYPE_NONE, cgroup.path, "it is gone, or not to be seen here");
	r = nsm_write_text_at(cgroup.fd, "cgroup.freeze", frozen ? "1" : "0");
	if (r == 0)
		r = nsm_cgroup_wait(cgroup.fd, frozen ? "frozen 1" : "frozen 0", &deadline);
	if (r == -ETIMEDOUT)
		return nsm_fail_text(ctx, r, "cgroup", NSMGR_TYPE_NONE, cgroup.path, "not all of its processes %s in time",
				     frozen ? "stopped" : "went on");
	return r < 0 ? fail(ctx, r == -ENODEV ? -ESTALE : r, cgroup.path) : 0;
}

int nsmgr_cgroup_freeze(struct nsmgr_ctx *ctx, const char *name, bool frozen, const struct timespec *timeout)
{
	return nsm_edge(ctx, NSM_EDGE_cgroup_freeze, freeze(ctx, name, frozen, timeout));
}
