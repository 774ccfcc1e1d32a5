/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/layout_inside.h"

#include "base/fd.h"
#include "cmd/sys_mount.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* Files, directories and links. In a file system of ours they are simply made; the host's is not changed: there a file is covered
 * by one of ours, and the others must be there. */

static int write_whole(int dir, const char *name, const struct entry *entry)
{
	nsm_autoclose int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	size_t done = 0;

	while (fd >= 0 && done < entry->len) {
		ssize_t n = write(fd, entry->text + done, entry->len - done);

		if (n < 0 && errno != EINTR)
			return -errno;
		done += n > 0 ? (size_t)n : 0;
	}
	return fd < 0 ? -errno : 0;
}

/* A copy of a mount comes only of one that has a place. That is over our root for a moment, which hides nothing from who has the
 * root already. */
static int clone_from(int tmpfs, const char *name)
{
	nsm_autoclose int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int clone, r = root < 0 ? -errno : sys_move_mount(tmpfs, root);

	if (r < 0)
		return r;
	clone = sys_open_tree(tmpfs, name, false);
	if (fchdir(tmpfs) < 0 || umount2(".", MNT_DETACH) < 0 || chdir("/") < 0) {
		r = -errno;
		nsm_close(&clone);
		return r;
	}
	return clone;
}

static int cover(struct inside_place *place, const struct entry *entry, int at)
{
	nsm_autoclose int tmpfs = -EBADF, clone = -EBADF;
	int r = mount_new(place, "tmpfs", "mode=755", SYS_ATTR_NOSUID | SYS_ATTR_NODEV, &tmpfs);

	if (r < 0)
		return r;
	r = write_whole(tmpfs, "file", entry);
	if (r == 0)
		r = clone = clone_from(tmpfs, "file");
	if (r >= 0)
		r = sys_move_mount(clone, at);
	return r < 0 ? inside_fail(place, r) : 0;
}

int file_put(struct inside_place *place, const struct entry *entry)
{
	nsm_cleanup(target_close) struct target target = TARGET_NONE;
	int r = target_open(place, entry->target, TARGET_FILE, &target);

	if (r < 0)
		return inside_fail(place, r);
	if (!target.made)
		return cover(place, entry, target.fd);
	r = write_whole(target.dir, target.name, entry);
	return r < 0 ? inside_fail(place, r) : 0;
}

int dir_put(struct inside_place *place, const struct entry *entry)
{
	nsm_cleanup(target_close) struct target target = TARGET_NONE;
	nsm_autoclose int fd = -EBADF;
	int r = target_open(place, entry->target, TARGET_DIR, &target);

	if (r < 0)
		return inside_fail(place, r);
	if (!entry->has_mode)
		return 0;
	r = is_ours(place, target.fd);
	if (r < 0)
		return inside_fail(place, r);
	if (r == 0) {
		place->cure = "a mode is not given to what is the host's";
		return inside_fail(place, -EPERM);
	}
	fd = openat(target.fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fchmod(fd, entry->mode) < 0)
		return inside_fail(place, -errno);
	return 0;
}

/* 0, 1 or -errno. */
static int leads_there(int dir, const char *name, const char *text)
{
	char is[PATH_MAX];
	ssize_t n = readlinkat(dir, name, is, sizeof(is) - 1);

	if (n < 0)
		return errno == ENOENT || errno == EINVAL ? 0 : -errno; /* it is not there, or no link */
	is[n] = '\0';
	return nsm_streq(is, text);
}

int symlink_put(struct inside_place *place, const struct entry *entry)
{
	nsm_cleanup(target_close) struct target target = TARGET_NONE;
	const char *name = strrchr(entry->target, '/') + 1;
	char parent[PATH_MAX];
	int r;

	memcpy(parent, entry->target, (size_t)(name - entry->target));
	parent[name - entry->target] = '\0';
	r = target_open(place, parent, TARGET_DIR, &target);
	if (r < 0)
		return inside_fail(place, r);
	r = leads_there(target.fd, name, entry->text);
	if (r > 0)
		return 0;
	if (r == 0)
		r = is_ours(place, target.fd);
	if (r < 0)
		return inside_fail(place, r);
	if (r == 0) {
		place->cure = "nothing is made in a file system of the host's: a tmpfs above it helps";
		return inside_fail(place, -EROFS);
	}
	return symlinkat(entry->text, target.fd, name) < 0 ? inside_fail(place, -errno) : 0;
}
