/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/set.h"

#include "lib/config.h"
#include "lib/edge.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <sys/vfs.h>

/* Makes a set of what was opened, or passes the failure on; what is not taken into it is closed. */
static int take_all(struct nsmgr_ctx *ctx, int r, int fds[], struct nsmgr_set **ret_set)
{
	struct nsmgr_set *set = NULL;

	if (r == 0)
		r = nsm_set_new(ctx, &set);
	for NSM_EACH_TYPE (type) {
		if (r == 0)
			set->fds[type] = take_fd(fds[type]);
		else
			nsm_close(&fds[type]);
	}
	if (r == 0)
		*ret_set = set;
	return r;
}

int nsmgr_set_from_caller(struct nsmgr_ctx *ctx, unsigned types, struct nsmgr_set **ret_set)
{
	static const char path[] = NSM_PROC_SELF "/ns";
	nsm_autoclose int dir = openat(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fds[NSMGR_TYPE_COUNT] = NSM_NO_FDS, r;
	struct statfs fs;

	if (dir < 0 && (errno == EMFILE || errno == ENFILE || errno == EACCES))
		r = nsm_fail(ctx, -errno, "source", NSMGR_TYPE_NONE, path);
	else if (dir < 0 || fstatfs(dir, &fs) < 0 || fs.f_type != NSM_PROC_MAGIC)
		r = nsm_fail_text(ctx, -ENOSYS, "source", NSMGR_TYPE_NONE, path,
				  "/proc does not show the calling thread (cure: mount -t proc proc /proc)");
	else
		r = nsm_source_open_all(ctx, dir, types, path, fds);
	return nsm_edge(ctx, NSM_EDGE_set_from_caller, take_all(ctx, r, fds, ret_set));
}

int nsmgr_set_from_pid(struct nsmgr_ctx *ctx, pid_t pid, unsigned types, struct nsmgr_set **ret_set)
{
	int fds[NSMGR_TYPE_COUNT] = NSM_NO_FDS;
	int r = nsm_source_open_process(ctx, types, pid, fds);

	return nsm_edge(ctx, NSM_EDGE_set_from_pid, take_all(ctx, r, fds, ret_set));
}

int nsmgr_set_from_pidfd(struct nsmgr_ctx *ctx, int pidfd, unsigned types, struct nsmgr_set **ret_set)
{
	int fds[NSMGR_TYPE_COUNT] = NSM_NO_FDS;
	int r = nsm_source_open_pidfd(ctx, types, pidfd, NULL, fds);

	return nsm_edge(ctx, NSM_EDGE_set_from_pidfd, take_all(ctx, r, fds, ret_set));
}

int nsmgr_set_from_dir(struct nsmgr_ctx *ctx, const char *path, unsigned types, struct nsmgr_set **ret_set)
{
	nsm_autoclose int dir = openat(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fds[NSMGR_TYPE_COUNT] = NSM_NO_FDS;
	int r = dir < 0 ? nsm_fail(ctx, -errno, "source", NSMGR_TYPE_NONE, path) :
			  nsm_source_open_all(ctx, dir, types, path, fds);

	return nsm_edge(ctx, NSM_EDGE_set_from_dir, take_all(ctx, r, fds, ret_set));
}
