/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/idmapped.h"

#include "base/fd.h"
#include "base/text.h"
#include "cmd/sys_mount.h"

#include <fcntl.h>

int idmapped_bind(int source_fd, int userns_fd, bool recursive, int *ret_tree_fd)
{
	nsm_autoclose int tree = sys_open_tree(source_fd, "", recursive);
	int r;

	if (tree < 0)
		return tree;
	/* Once it has a place, or was mapped before, it is too late. */
	r = sys_mount_idmap(tree, userns_fd, recursive);
	if (r < 0)
		return r;
	*ret_tree_fd = take_fd(tree);
	return 0;
}

int idmapped_userns_of(pid_t pid)
{
	char path[32];
	struct nsm_text text = NSM_TEXT(path);
	int fd;

	nsm_text_add(&text, "/proc/%d/ns/user", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}
