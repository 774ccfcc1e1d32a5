/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/dir.h"

#define FEW 512 /* bytes, more than the longest entry */

void nsm_dir_begin(struct nsm_dir *dir, int fd)
{
	dir->fd = fd;
	dir->pos = dir->len = 0;
	dir->size = sizeof(dir->buf);
}

void nsm_dir_begin_few(struct nsm_dir *dir, int fd)
{
	nsm_dir_begin(dir, fd);
	dir->size = FEW;
}

int nsm_dir_next(struct nsm_dir *dir, const struct nsm_dirent **ret)
{
	for (;;) {
		const struct nsm_dirent *entry;

		if (dir->pos >= dir->len) {
			ssize_t n = nsm_sys_getdents(dir->fd, dir->buf, dir->size);

			if (n <= 0)
				return (int)n;
			dir->len = (size_t)n;
			dir->pos = 0;
		}
		entry = (const struct nsm_dirent *)(const void *)(dir->buf + dir->pos);
		dir->pos += entry->d_reclen;
		if (nsm_streq(entry->d_name, ".") || nsm_streq(entry->d_name, ".."))
			continue;
		*ret = entry;
		return 1;
	}
}
