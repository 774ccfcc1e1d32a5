/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/sys.h"

#include "base/parse.h"
#include "base/signals.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* The same number on every architecture since Linux 5.1 unified them. */
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

#ifndef SYS_statmount
#define SYS_statmount 457
#endif

#define CLONE_PIDFD_FLAG 0x1000

static long result(long r)
{
	return r < 0 ? -errno : r;
}

int nsm_sys_statx(int dirfd, const char *path, int flags, unsigned mask, struct nsm_statx *ret)
{
	return (int)result(syscall(SYS_statx, dirfd, path, flags, mask, ret));
}

ssize_t nsm_sys_getdents(int fd, void *buf, size_t size)
{
	return result(syscall(SYS_getdents64, fd, buf, size));
}

int nsm_sys_renameat2(int olddir, const char *oldpath, int newdir, const char *newpath, unsigned flags)
{
	return (int)result(syscall(SYS_renameat2, olddir, oldpath, newdir, newpath, flags));
}

pid_t nsm_sys_clone(int *ret_pidfd)
{
	int pidfd = -EBADF;
	unsigned long flags = ret_pidfd ? CLONE_PIDFD_FLAG : 0;
	/* The arguments behind the second are NULL but for the one of CLONE_PIDFD, so their order, which
	 * differs between architectures, matters for the third alone, which is the same on all of
	 * them but s390 and cris (there the first two change places). */
#if defined(__s390__) || defined(__s390x__)
	long pid = syscall(SYS_clone, NULL, flags, &pidfd, NULL, NULL);
#else
	long pid = syscall(SYS_clone, flags, NULL, &pidfd, NULL, NULL);
#endif

	if (pid < 0)
		return (pid_t)-errno;
	if (ret_pidfd)
		*ret_pidfd = pid ? pidfd : -EBADF;
	return (pid_t)pid;
}

int nsm_sys_pidfd_open(pid_t pid)
{
	return (int)result(syscall(SYS_pidfd_open, pid, 0));
}

int nsm_sys_pidfd_kill(int pidfd, int sig)
{
	return (int)result(syscall(SYS_pidfd_send_signal, pidfd, sig, NULL, 0));
}

static int close_or_mark(int fd, bool cloexec)
{
	if (!cloexec)
		return close(fd), 0;
	return fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 && errno != EBADF ? -errno : 0;
}

/* Before Linux 5.9 (close_range) and 5.11 (its flag): one by one, those that /proc lists; a limit of a thousand million
 * descriptors is common in containers. */
static int close_listed(unsigned first, unsigned last, bool cloexec)
{
	int dir = openat(AT_FDCWD, "/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = 0;
	_Alignas(struct nsm_dirent) char buf[2048];
	ssize_t n;

	if (dir < 0)
		return -errno;
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

	if (first > last ||
	    syscall(SYS_close_range, first, last, cloexec ? NSM_CLOSE_RANGE_CLOEXEC : 0u) == 0)
		return 0;
	r = close_listed(first, last, cloexec);
	if (r != -ENOENT && r != -ENOTDIR)
		return r;
	/* No /proc either. A limit that was lowered later hides nothing below 1024. */
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return -errno;
	if (limit.rlim_cur < 1024)
		limit.rlim_cur = 1024;
	for (unsigned fd = first; fd <= last && fd < limit.rlim_cur; fd++) {
		r = close_or_mark((int)fd, cloexec);
		if (r < 0)
			return r;
	}
	return 0;
}

int nsm_sys_setresuid(uid_t uid)
{
	return (int)result(syscall(SYS_setresuid, uid, uid, uid));
}

int nsm_sys_setresgid(gid_t gid)
{
	return (int)result(syscall(SYS_setresgid, gid, gid, gid));
}

int nsm_sys_setgroups(size_t count, const gid_t *groups)
{
	return (int)result(syscall(SYS_setgroups, count, groups));
}

void nsm_sys_block_signals(sigset_t *ret_old)
{
	sigset_t all;

	nsm_all_signals(&all);
	pthread_sigmask(SIG_SETMASK, &all, ret_old);
}

void nsm_sys_restore_signals(const sigset_t *old)
{
	pthread_sigmask(SIG_SETMASK, old, NULL);
}

uint64_t nsm_sys_random(void)
{
	uint64_t value;
	struct timespec now;

	/* Names of stages: a clash costs a retry, so a clock will do where the call is denied. */
	if (syscall(SYS_getrandom, &value, sizeof(value), 1) == (long)sizeof(value))
		return value;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_nsec * 2654435761u ^ (uint64_t)now.tv_sec << 32 ^ (uint64_t)getpid();
}

/* linux/capability.h, version 3 */
struct cap_header {
	uint32_t version;
	int pid;
};

struct cap_data {
	uint32_t effective, permitted, inheritable;
};

#define CAP_VERSION 0x20080522

bool nsm_sys_is_capable(unsigned capability)
{
	struct cap_header header = { .version = CAP_VERSION };
	struct cap_data data[2];

	return syscall(SYS_capget, &header, data) == 0 && (data[capability / 32].effective >> capability % 32 & 1);
}

int nsm_sys_clear_capabilities(bool all)
{
	struct cap_header header = { .version = CAP_VERSION };
	struct cap_data data[2] = { 0 };

	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 && errno != EINVAL)
		return -errno;
	if (!all && syscall(SYS_capget, &header, data) < 0)
		return -errno;
	data[0].inheritable = data[1].inheritable = 0;
	return (int)result(syscall(SYS_capset, &header, data));
}

int nsm_sys_statmount(uint64_t mount_id)
{
	struct {
		uint32_t size, spare;
		uint64_t mount_id, param;
	} request = { .size = sizeof(request), .mount_id = mount_id };
	_Alignas(uint64_t) char answer[4096];

	return (int)result(syscall(SYS_statmount, &request, answer, sizeof(answer), 0));
}

int nsm_sys_open_namespace(uint64_t id, int flag, uint32_t ino)
{
	const int nsfs_root = -10003; /* FD_NSFS_ROOT, include/uapi/linux/fcntl.h */
	struct {
		uint32_t bytes;
		int32_t type;
		uint64_t id;
		uint32_t ns_type, ino;
	} handle = { .bytes = 16, .type = 0xf1, .id = id, .ns_type = (uint32_t)flag, .ino = ino };

	return (int)result(syscall(SYS_open_by_handle_at, nsfs_root, &handle, O_RDONLY | O_CLOEXEC));
}
