/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/boot.h"

#include "base/fd.h"

#include <fcntl.h>

int nsm_boot_id(char ret[NSM_BOOT_ID_SIZE])
{
	ssize_t len = nsm_read_text_at(AT_FDCWD, "/proc/sys/kernel/random/boot_id", ret, NSM_BOOT_ID_SIZE);

	if (len < 0)
		return (int)len;
	ret[strcspn(ret, "\n")] = '\0';
	return 0;
}
