/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define NS_GET_NSTYPE_REQUEST 0xb703u
#define NS_GET_PID_FROM_PIDNS_REQUEST 0x8004b706u

static __attribute__((format(printf, 2, 0))) const char *join_path(const char *dir, const char *fmt, va_list args)
{
	static char paths[16][512];
	static unsigned next;
	char *path = paths[next++ % 16];
	int n = snprintf(path, sizeof(paths[0]), "%s/", dir);

	vsnprintf(path + n, sizeof(paths[0]) - (size_t)n, fmt, args);
	return path;
}

const char *in_dir(const char *fmt, ...)
{
	va_list args;
	const char *path;

	va_start(args, fmt);
	path = join_path(fixture.dir, fmt, args);
	va_end(args);
	return path;
}

const char *in_root(const char *fmt, ...)
{
	va_list args;
	const char *path;

	va_start(args, fmt);
	path = join_path(fixture.root, fmt, args);
	va_end(args);
	return path;
}

void put_bytes(const char *path, const void *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	ck_assert_msg(fd >= 0, "%s: %s", path, strerror(errno));
	ck_assert_int_eq(write(fd, data, size), (ssize_t)size);
	close(fd);
}

void put_text(const char *path, const char *text)
{
	put_bytes(path, text, strlen(text));
}

void make_dir(const char *path, mode_t mode)
{
	ck_assert_msg(mkdir(path, 0700) == 0, "%s: %s", path, strerror(errno));
	ck_assert_int_eq(chmod(path, mode), 0);
}

bool path_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

ino_t inode_of(const char *path)
{
	struct stat st;

	ck_assert_msg(stat(path, &st) == 0, "%s: %s", path, strerror(errno));
	return st.st_ino;
}

/* The mount points at or below a path, each in one piece of memory with the list. */
static size_t find_mounts(const char *below, char *found[], size_t size)
{
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	char line[8192], point[4096];
	size_t len = strlen(below), count = 0;

	if (!mounts)
		return 0;
	while (fgets(line, sizeof(line), mounts)) {
		if (sscanf(line, "%*s %*s %*s %*s %4095s", point) != 1 || strncmp(point, below, len) != 0 ||
		    (point[len] && point[len] != '/'))
			continue;
		if (count < size)
			found[count] = strdup(point);
		count++;
	}
	fclose(mounts);
	return count;
}

int mounts_below(const char *path)
{
	return (int)find_mounts(path, NULL, 0);
}

/* What a failed test may have left: the init of a pid namespace that is neither ours nor above us. */
static void end_init(const char *handle)
{
	int fd = open(handle, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	struct stat own, st;
	int pid;

	if (fd < 0)
		return;
	if (ioctl(fd, NS_GET_NSTYPE_REQUEST) == CLONE_NEWPID && fstat(fd, &st) == 0 &&
	    stat("/proc/self/ns/pid", &own) == 0 && st.st_ino != own.st_ino) {
		pid = ioctl(fd, NS_GET_PID_FROM_PIDNS_REQUEST, 1);
		if (pid > 1)
			kill(pid, SIGKILL);
	}
	close(fd);
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	remove(path);
	return 0;
}

void clear_away(const char *path)
{
	char *found[1024];
	size_t count = find_mounts(path, found, 1024);

	if (count > 1024)
		count = 1024;
	for (size_t i = count; i-- > 0; free(found[i])) {
		const char *name = strrchr(found[i], '/');

		if (name && strcmp(name, "/pid") == 0)
			end_init(found[i]);
		umount2(found[i], MNT_DETACH | UMOUNT_NOFOLLOW);
	}
	nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}
