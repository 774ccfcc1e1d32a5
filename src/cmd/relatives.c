/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/relatives.h"

#include "base/fd.h"
#include "base/text.h"
#include "cmd/sys.h"
#include "cmd/view.h"

#include <fcntl.h>
#include <sys/stat.h>

int handle_open(const char *root, const char *name, const struct nsmgr_handle *handle)
{
	char path[VIEW_CELL_SIZE];
	struct nsm_text text = NSM_TEXT(path);
	nsm_autoclose int fd = -EBADF;
	struct stat st;

	nsm_text_add(&text, "%s/%s/%s", root, name, nsmgr_type_name(handle->type));
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0 || st.st_dev != handle->dev || st.st_ino != handle->ino)
		return -ESTALE;
	return take_fd(fd);
}

ino_t handle_parent(const char *root, const char *name, const struct nsmgr_handle *handle)
{
	bool has_parent = handle->type == NSMGR_PID || handle->type == NSMGR_USER;
	nsm_autoclose int ns = has_parent ? handle_open(root, name, handle) : -EBADF, parent = -EBADF;
	struct stat st;

	if (ns >= 0)
		parent = sys_ns_parent(ns);
	return parent >= 0 && fstat(parent, &st) == 0 ? st.st_ino : 0;
}
