/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/copies.h"

#include "base/fd.h"
#include "base/text.h"
#include "lib/mountinfo.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* The directory in which a mount lies, if it is that one and can be reached: -ENOENT. Others' are not opened, as some never answer. */
static int open_parent(const struct nsm_mounts *mounts, const struct nsm_mount *mount, const char *name, const struct stat *dir)
{
	const struct nsm_mount *parent;
	const char *slash = strrchr(mount->point, '/');
	nsm_autoclose int fd = -EBADF;
	char path[PATH_MAX];
	struct nsm_text text = NSM_TEXT(path);
	struct stat st;

	if (!slash || !nsm_streq(slash + 1, name))
		return -ENOENT;
	parent = nsm_mounts_find(mounts, mount->parent);
	if (!parent || parent->dev != dir->st_dev)
		return -ENOENT;
	nsm_text_add(&text, "%.*s/", (int)(slash - mount->point), mount->point);
	fd = text.cut ? -1 : open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && !text.cut && (errno == EMFILE || errno == ENFILE || errno == ENOMEM))
		return -errno;
	if (fd < 0 || fstat(fd, &st) < 0 || st.st_dev != dir->st_dev || st.st_ino != dir->st_ino)
		return -ENOENT;
	return take_fd(fd);
}

int nsm_copies_unmount(int dir, const char *name)
{
	nsm_automounts struct nsm_mounts mounts = { 0 };
	struct stat st;
	int count = 0, r = fstat(dir, &st) < 0 ? -errno : nsm_mounts_read("", &mounts);

	for (size_t i = 0; r == 0 && i < mounts.count; i++) {
		nsm_autoclose int parent = open_parent(&mounts, &mounts.array[i], name, &st);
		char path[64];
		struct nsm_text text = NSM_TEXT(path);

		if (parent == -ENOENT)
			continue;
		if (parent < 0)
			return parent;
		nsm_text_add(&text, NSM_PROC_SELF "/fd/%d/%s", parent, name);
		count += umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) == 0;
	}
	return r < 0 ? r : count;
}
