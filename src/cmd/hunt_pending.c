/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/hunt.h"

#include "base/fd.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Mount namespaces that were met as files, and which no process is in. */

int hunt_postpone(struct hunt *hunt, int mntns)
{
	struct pending *pending;
	struct stat st;
	int fd;

	if (fstat(mntns, &st) < 0)
		return 0;
	for (size_t i = 0; i < hunt->pending_count; i++)
		if (hunt->pending[i].ino == st.st_ino)
			return 0;
	pending = realloc(hunt->pending, (hunt->pending_count + 1) * sizeof(*pending));
	if (!pending)
		return -ENOMEM;
	hunt->pending = pending;
	fd = nsm_dup(mntns);
	if (fd < 0)
		return fd;
	pending[hunt->pending_count++] = (struct pending){ .ino = st.st_ino, .fd = fd };
	return 0;
}

struct copying {
	int proc, to;
};

/* In a child that is in it: its table, through a /proc that need not be mounted there. */
static int copy_table(void *data)
{
	const struct copying *copying = data;
	int fd = openat(copying->proc, "self/mountinfo", O_RDONLY | O_CLOEXEC);
	char buf[4096];
	ssize_t n = -1;

	while (fd >= 0 && (n = read(fd, buf, sizeof(buf))) > 0)
		if (write(copying->to, buf, (size_t)n) != n)
			return -EIO;
	return n < 0 ? -EIO : 0;
}

static int look_into(struct hunt *hunt, struct nsmgr_set *set, ino_t ino)
{
	nsm_autoclose int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	nsm_autoclose int copy = memfd_create("mountinfo", MFD_CLOEXEC);
	struct copying copying = { proc, copy };
	struct nsmgr_status status = { 0 };
	char path[40];
	struct nsm_text text = NSM_TEXT(path);

	if (proc < 0 || copy < 0)
		return -errno;
	if (nsmgr_call(set, NSMGR_MASK(NSMGR_MNT), copy_table, &copying, &status) < 0 || status.code || status.signal) {
		hunt->hidden_tables++;
		return 0;
	}
	nsm_text_add(&text, "/proc/self/fd/%d", copy);
	return hunt_copied_mounts(hunt, ino, path);
}

int hunt_pending(struct hunt *hunt)
{
	int r = 0;

	/* There can be more of them meanwhile. */
	for (size_t i = 0; r == 0 && i < hunt->pending_count; i++) {
		struct nsmgr_set *set = NULL;
		ino_t ino = hunt->pending[i].ino;

		if (ino == hunt->own_mntns || inodes_have(&hunt->tables, ino))
			continue;
		r = nsmgr_set_new(hunt->ctx, &set);
		if (r == 0)
			r = nsmgr_set_add(set, hunt->pending[i].fd);
		if (r == 0)
			r = look_into(hunt, set, ino);
		nsmgr_set_close(set);
	}
	return r;
}
