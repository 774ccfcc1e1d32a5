/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/cgroup.h"

#include "base/fd.h"
#include "base/parse.h"
#include "base/text.h"
#include "lib/dir.h"
#include "lib/own.h"

#include <dirent.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#define DEPTH 64 /* of those below it: two descriptors each */

/* ---- where ---- */

static int open_mount(const char *point)
{
	nsm_autoclose int fd = openat(AT_FDCWD, point, NSM_DIR_FLAGS);
	struct statfs fs;

	if (fd < 0 || fstatfs(fd, &fs) < 0)
		return -errno;
	return fs.f_type == NSM_CGROUP2_MAGIC ? take_fd(fd) : -ENOENT;
}

/* What cannot be opened is not nowhere; one that lies under another is. */
static int search(void)
{
	nsm_cleanup(nsm_cgroup_mounts_end) struct nsm_cgroup_mounts mounts = NSM_CGROUP_MOUNTS_INIT;
	struct nsm_cgroup_mount mount;
	int error = -ENOENT, r = nsm_cgroup_mounts_begin(&mounts);

	while (r == 0 && (r = nsm_cgroup_mounts_next(&mounts, &mount)) > 0) {
		int fd = mount.version2 && mount.whole ? open_mount(mount.point) : -ENOENT;

		if (fd >= 0)
			return fd;
		if (fd != -ENOENT && fd != -ENOTDIR && error == -ENOENT)
			error = fd;
		r = 0;
	}
	return r < 0 ? r : error;
}

/* Nearly always it is in one of two places, alone or beside the hierarchies of version 1. */
int nsm_cgroup_open_hierarchy(void)
{
	static const char *const usual[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };

	for (size_t i = 0; i < NSM_ARRAY_SIZE(usual); i++) {
		int fd = open_mount(usual[i]);

		if (fd >= 0)
			return fd;
	}
	return search();
}

int nsm_cgroup_open(const struct nsm_cgroup *cgroup)
{
	nsm_autoclose int hierarchy = nsm_cgroup_open_hierarchy(), fd = -EBADF;
	struct stat st;

	if (hierarchy < 0)
		return hierarchy;
	fd = openat(hierarchy, cgroup->path, NSM_DIR_FLAGS);
	if (fd < 0 || fstat(fd, &st) < 0)
		return errno == ENODEV ? -ENOENT : -errno;
	return st.st_ino == cgroup->ino ? take_fd(fd) : -ENOENT;
}

/* ---- what the kernel says of it ---- */

static int has_line(int file, const char *line)
{
	char text[256], *cursor = text;
	ssize_t n = pread(file, text, sizeof(text) - 1, 0);

	if (n < 0)
		return -errno;
	text[n] = '\0';
	for (const char *each; (each = nsm_token(&cursor, '\n'));)
		if (nsm_streq(each, line))
			return 1;
	return 0;
}

static int has_event(int fd, const char *line)
{
	nsm_autoclose int file = openat(fd, "cgroup.events", O_RDONLY | O_CLOEXEC);

	return file < 0 ? -errno : has_line(file, line);
}

/* ---- who is in it ---- */

/* Adds those of one file, which may be longer than any buffer. */
static int add_pids(int fd, pid_t *pids, size_t size, int *count)
{
	nsm_autoclose int file = openat(fd, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	char buf[4096];
	size_t kept = 0;
	ssize_t n;

	if (file < 0)
		return -errno;
	while ((n = read(file, buf + kept, sizeof(buf) - kept - 1)) > 0 || (n < 0 && errno == EINTR)) {
		char *cursor = buf, *end;

		kept += n > 0 ? (size_t)n : 0;
		buf[kept] = '\0';
		for (; (end = strchr(cursor, '\n')); cursor = end + 1) {
			uint32_t pid;

			*end = '\0';
			if (nsm_parse_u32(cursor, &pid) < 0)
				return -EBADMSG;
			if (pids && (size_t)*count < size)
				pids[*count] = (pid_t)pid;
			++*count;
		}
		kept -= (size_t)(cursor - buf);
		memmove(buf, cursor, kept);
	}
	/* One that is threaded has them in the file of the domain it belongs to, which is above it and was read. cgroups(7) */
	return n < 0 && errno != EOPNOTSUPP ? -errno : 0;
}

static int walk(int fd, int depth, pid_t *pids, size_t size, int *count)
{
	nsm_autoclose int again = openat(fd, ".", NSM_DIR_FLAGS);
	const struct nsm_dirent *entry;
	struct nsm_dir dir;
	int r = again < 0 ? -errno : add_pids(again, pids, size, count);

	if (r < 0)
		return r;
	nsm_dir_begin(&dir, again);
	while ((r = nsm_dir_next(&dir, &entry)) > 0) {
		nsm_autoclose int child = -EBADF;

		if (entry->d_type != DT_DIR)
			continue;
		child = openat(again, entry->d_name, NSM_DIR_FLAGS);
		/* Who is further down must not be taken for nobody. */
		r = child < 0 ? -errno : depth < DEPTH ? walk(child, depth + 1, pids, size, count) : has_event(child, "populated 1");
		if (r > 0)
			return -ELOOP;
		if (r < 0 && r != -ENOENT && r != -ENODEV)
			return r;
	}
	return r;
}

int nsm_cgroup_pids(int fd, pid_t *ret_pids, size_t size)
{
	int count = 0, r = walk(fd, 0, ret_pids, size, &count);

	return r < 0 ? r : count;
}

/* ---- what happens to it ---- */

int nsm_cgroup_wait(int fd, const char *line, const struct nsm_deadline *deadline)
{
	nsm_autoclose int file = openat(fd, "cgroup.events", O_RDONLY | O_CLOEXEC);

	if (file < 0)
		return -errno;
	/* Each look at the file arms the next event: nothing comes in between unseen. */
	for (;;) {
		struct pollfd change = { .fd = file, .events = POLLPRI };
		int r = has_line(file, line), left = nsm_deadline_left(deadline);

		if (r != 0)
			return r < 0 ? r : 0;
		r = poll(&change, 1, left);
		if (r < 0 && errno != EINTR)
			return -errno;
		if (r == 0 && left != INT_MAX)
			return -ETIMEDOUT;
	}
}

/* ---- whose it is ---- */

static int parse_claim(char *text, struct nsm_cgroup_claim *ret)
{
	const char *token = nsm_token(&text, ' '), *path = nsm_token(&text, '\n');
	struct nsm_cgroup_claim claim;

	if (!token || !*token || !nsm_copy(claim.token, sizeof(claim.token), token) ||
	    !nsm_copy(claim.path, sizeof(claim.path), path ? path : ""))
		return -EBADMSG;
	*ret = claim;
	return 0;
}

int nsm_cgroup_read_claim(int setdir, struct nsm_cgroup_claim *ret)
{
	nsm_autoclose int fd = nsm_own_file(setdir, NSM_CGROUP_FILE);
	char text[NSM_CGROUP_PATH_SIZE + NSM_CGROUP_TOKEN_SIZE + 2];
	ssize_t len;

	if (fd < 0)
		return fd;
	len = nsm_read_once(fd, text, sizeof(text));
	/* Too long, or no file. */
	if (len == -EFBIG || len == -EISDIR || len == -EAGAIN || len == -EINVAL)
		return -EBADMSG;
	return len < 0 ? (int)len : parse_claim(text, ret);
}

int nsm_cgroup_read_mark(int fd, struct nsm_cgroup_claim *ret)
{
	char text[NSM_CGROUP_PATH_SIZE + NSM_CGROUP_TOKEN_SIZE + 1];
	ssize_t len = fgetxattr(fd, NSM_CGROUP_MARK, text, sizeof(text) - 1);

	if (len < 0)
		return errno == ENODATA || errno == EOPNOTSUPP ? -ENOENT : errno == ERANGE ? -EBADMSG : -errno;
	text[len] = '\0';
	return parse_claim(text, ret);
}
