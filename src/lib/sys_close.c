/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/sys.h"

#include "base/parse.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Descriptors that are asked for one by one. */
#define MOST_ASKED (1u << 20)

static int close_or_mark(int fd, bool cloexec)
{
	if (!cloexec)
		return close(fd), 0;
	return fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 && errno != EBADF ? -errno : 0;
}

/* Whether a directory lists our own descriptors: one that is new, and of which nobody else has a copy, is in it. The /proc of a set that
 * was entered may be anything (LESSONS security 14). */
static bool is_own_list(int dir)
{
	int probe = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct stat own, listed;
	bool is_own;
	char name[12];

	snprintf(name, sizeof(name), "%d", probe);
	is_own = probe >= 0 && fstat(probe, &own) == 0 && fstatat(dir, name, &listed, 0) == 0 && own.st_dev == listed.st_dev &&
		 own.st_ino == listed.st_ino;
	if (probe >= 0)
		close(probe);
	return is_own;
}

/* Before Linux 5.9 (close_range) and 5.11 (its flag): one by one, those that /proc lists; a limit of a thousand million
 * descriptors is common in containers. */
static int close_listed(unsigned first, unsigned last, bool cloexec)
{
	int dir = openat(AT_FDCWD, NSM_PROC_SELF "/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = 0;
	_Alignas(struct nsm_dirent) char buf[2048];
	ssize_t n;

	if (dir < 0)
		return -errno;
	if (!is_own_list(dir)) {
		close(dir);
		return -ENOENT;
	}
	/* An entry that goes away while we read does not move the others: they are ordered by number. */
	while (r == 0 && (n = nsm_sys_getdents(dir, buf, sizeof(buf))) > 0) {
		for (ssize_t pos = 0; r == 0 && pos < n;) {
			const struct nsm_dirent *entry = (const struct nsm_dirent *)(const void *)(buf + pos);
			uint32_t fd;

			pos += entry->d_reclen;
			if (nsm_parse_u32(entry->d_name, &fd) == 0 && fd >= first && fd <= last && (int)fd != dir)
				r = close_or_mark((int)fd, cloexec);
		}
	}
	close(dir);
	return r;
}

int nsm_sys_close_range(unsigned first, unsigned last, bool cloexec)
{
	struct rlimit limit;
	int r;

	if (first > last || nsm_sys_close_range_at_once(first, last, cloexec) == 0)
		return 0;
	r = close_listed(first, last, cloexec);
	if (r != -ENOENT && r != -ENOTDIR)
		return r;
	/* No /proc either. A limit that was lowered later hides nothing below 1024; one that would take us minutes is none. */
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return -errno;
	if (limit.rlim_cur < 1024)
		limit.rlim_cur = 1024;
	if (last > MOST_ASKED && limit.rlim_cur > MOST_ASKED)
		return -ENOSYS;
	for (unsigned fd = first; fd <= last && fd < limit.rlim_cur; fd++) {
		r = close_or_mark((int)fd, cloexec);
		if (r < 0)
			return r;
	}
	return 0;
}
