/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_DIR_H
#define NSM_LIB_DIR_H

#include "lib/sys.h"

#include <fcntl.h>

/* Opens one of the store's own, and no link in its place. */
#define NSM_DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* Reads a directory without allocating: in children that must not, and with two system calls for a set. */
struct nsm_dir {
	int fd; /* borrowed, O_RDONLY */
	size_t pos, len, size;
	_Alignas(struct nsm_dirent) char buf[2048]; /* small: each page of stack that is touched costs exec a fault */
};

void nsm_dir_begin(struct nsm_dir *dir, int fd);

/* For who wants the first that will do: the kernel is asked for a few entries at a time. */
void nsm_dir_begin_few(struct nsm_dir *dir, int fd);

/* 1 and an entry, which lives until the next call; 0 at the end; -errno. "." and ".." are left out. */
int nsm_dir_next(struct nsm_dir *dir, const struct nsm_dirent **ret);

#endif
