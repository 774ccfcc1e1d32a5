/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/storefile.h"

#include "base/fd.h"
#include "base/parse.h"
#include "base/text.h"
#include "lib/own.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static int parse_line(char *line, struct nsm_storefile *file, bool *complete)
{
	char *key = nsm_token(&line, ' ');
	char *first = nsm_token(&line, ' ');
	char *second = nsm_token(&line, ' ');
	uint64_t ino;

	if (!key)
		return -EBADMSG;
	if (nsm_streq(key, "end"))
		*complete = true;
	else if (!first)
		return -EBADMSG;
	else if (nsm_streq(key, "boot"))
		return nsm_copy(file->boot_id, sizeof(file->boot_id), first) ? 0 : -EBADMSG;
	else if (!second)
		return -EBADMSG;
	else if (nsm_streq(key, "mntns")) {
		if (nsm_parse_u64(first, &ino) < 0 || nsm_parse_u64(second, &file->mntns.id) < 0)
			return -EBADMSG;
		file->mntns.ino = (ino_t)ino;
	} else if (nsm_streq(key, "mount")) {
		if (nsm_parse_u64(first, &file->mount_id) < 0 || nsm_parse_u64(second, &file->short_id) < 0)
			return -EBADMSG;
	}
	/* An unknown key is from a later version, and none of our business. */
	return 0;
}

int nsm_storefile_read(int root, struct nsm_storefile *ret)
{
	struct nsm_storefile file = { 0 };
	char text[512];
	char *cursor = text, *line;
	bool complete = false;
	nsm_autoclose int fd = nsm_own_file(root, NSM_STORE_FILE);
	ssize_t len;

	if (fd < 0)
		return fd;
	len = nsm_read_once(fd, text, sizeof(text));
	if (len < 0)
		return -EBADMSG;
	while ((line = nsm_token(&cursor, '\n')))
		if (parse_line(line, &file, &complete) < 0)
			return -EBADMSG;
	if (!complete)
		return -EBADMSG;
	*ret = file;
	return 0;
}

int nsm_storefile_write(int root, const struct nsm_storefile *file)
{
	char buf[512];
	struct nsm_text text = NSM_TEXT(buf);
	nsm_autoclose int fd = -EBADF;
	int r;

	nsm_text_add(&text, "boot %s\nmntns %llu %llu\nmount %llu %llu\nend\n", file->boot_id,
		     (unsigned long long)file->mntns.ino, (unsigned long long)file->mntns.id,
		     (unsigned long long)file->mount_id, (unsigned long long)file->short_id);
	if (text.cut)
		return -EMSGSIZE;
	/* Written under the lock, so a file of that name was left by somebody who was killed. */
	if (unlinkat(root, NSM_STORE_FILE_NEW, 0) < 0 && errno != ENOENT)
		return -errno;
	fd = openat(root, NSM_STORE_FILE_NEW, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return -errno;
	r = fchmod(fd, 0644) < 0 ? -errno : nsm_write_once(fd, buf, text.len);
	if (r == 0 && renameat(root, NSM_STORE_FILE_NEW, root, NSM_STORE_FILE) < 0)
		r = -errno;
	if (r < 0)
		unlinkat(root, NSM_STORE_FILE_NEW, 0);
	return r;
}
