/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/boot.h"

#include "base/fd.h"
#include "lib/ctx.h"

#include <fcntl.h>

int nsm_boot_id(char ret[NSM_BOOT_ID_SIZE])
{
	nsm_autoclose int fd = openat(AT_FDCWD, "/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -errno : nsm_read_once(fd, ret, NSM_BOOT_ID_SIZE);

	if (len < 0)
		return (int)len;
	ret[strcspn(ret, "\n")] = '\0';
	/* A file in its place that somebody mounted, which is empty: no name is the same as any other. */
	return *ret ? 0 : -ENOENT;
}

int nsm_boot_id_fail(struct nsmgr_ctx *ctx, int r)
{
	return r == -ENOENT || r == -ENOTDIR
		       ? nsm_fail_text(ctx, -ENOSYS, "store", NSMGR_TYPE_NONE, NULL, "no /proc is mounted")
		       : nsm_fail(ctx, r, "boot id", NSMGR_TYPE_NONE, "/proc/sys/kernel/random/boot_id");
}
