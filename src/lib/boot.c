/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/boot.h"

#include "base/fd.h"

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
