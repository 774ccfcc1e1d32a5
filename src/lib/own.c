/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/own.h"

#include "base/fd.h"
#include "base/text.h"
#include "lib/sys.h"

#include <sys/stat.h>
#include <unistd.h>

/* The same on older kernels, and where openat2(2) is filtered: what was opened is compared. */
static int open_and_compare(int parent, const char *path, int flags)
{
	nsm_autoclose int fd = openat(parent, path, flags | O_NOFOLLOW | O_CLOEXEC);
	struct nsm_statx of_parent, of_file;
	int r;

	if (fd < 0)
		return -errno;
	r = nsm_sys_statx(parent, "", AT_EMPTY_PATH, NSM_STATX_MNT_ID, &of_parent);
	if (r == 0)
		r = nsm_sys_statx(fd, "", AT_EMPTY_PATH, NSM_STATX_MNT_ID, &of_file);
	if (r < 0)
		return r;
	return of_parent.stx_mnt_id == of_file.stx_mnt_id ? take_fd(fd) : -EXDEV;
}

static int open_own(int parent, const char *path, int flags)
{
	int fd = nsm_sys_open_within(parent, path, flags);

	return fd == -ENOSYS || fd == -EPERM ? open_and_compare(parent, path, flags) : fd;
}

int nsm_own_dir(int parent, const char *path)
{
	int fd = open_own(parent, path, O_RDONLY | O_DIRECTORY);

	return fd == -EXDEV || fd == -ELOOP ? -ENOTDIR : fd;
}

int nsm_own_file(int dir, const char *name)
{
	/* No open of a FIFO waits, and no terminal becomes ours. */
	int fd = open_own(dir, name, O_RDONLY | O_NONBLOCK | O_NOCTTY);

	/* A mount, a link, a socket, a device without a driver. */
	return fd == -EXDEV || fd == -ELOOP || fd == -ENXIO || fd == -ENODEV ? -EBADMSG : fd;
}

static bool is_trusted(const struct stat *st, const struct stat *root)
{
	return (st->st_uid == 0 || st->st_uid == geteuid() || st->st_uid == root->st_uid) && !(st->st_mode & 022);
}

int nsm_own_judge(int root, int setdir, int fd)
{
	struct stat of_root, of_set, of_file;

	/* EPERM is the verdict on what was looked at. */
	if (fstat(root, &of_root) < 0 || fstat(setdir, &of_set) < 0 || fstat(fd, &of_file) < 0)
		return errno == EPERM ? -EIO : -errno;
	/* A FIFO that nobody writes to would read as empty. */
	if (!S_ISREG(of_file.st_mode))
		return -EBADMSG;
	return is_trusted(&of_set, &of_root) && is_trusted(&of_file, &of_root) ? 0 : -EPERM;
}

bool nsm_own_is_covered(int dir, const char *name)
{
	struct nsm_statx st;

	return nsm_sys_statx(dir, name, AT_SYMLINK_NOFOLLOW, 0, &st) == 0 && (st.stx_attributes & NSM_STATX_ATTR_MOUNT_ROOT);
}

int nsm_own_fail(struct nsmgr_ctx *ctx, int r, const char *step, const char *below)
{
	const char *slash = *below ? "/" : "";

	if (r == -ENOTDIR)
		return nsm_fail_text(ctx, r, step, NSMGR_TYPE_NONE, NULL,
				     "'%s%s%s' is no directory of nsmgr's, or something is mounted there (cure: unmount or remove it)",
				     ctx->root, slash, below);
	if (r == -EBADMSG)
		return nsm_fail_text(ctx, -EINVAL, step, NSMGR_TYPE_NONE, NULL,
				     "'%s%s%s' is no file of nsmgr's, or something is mounted there (cure: unmount or remove it)",
				     ctx->root, slash, below);
	return nsm_fail(ctx, r, step, NSMGR_TYPE_NONE, ctx->root);
}
