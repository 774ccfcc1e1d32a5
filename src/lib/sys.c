/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/sys.h"

#include "base/signals.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
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

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x1000 /* 5.2 */
#endif

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

static pid_t clone_with(unsigned long flags, int *ret_pidfd)
{
	int pidfd = -EBADF;
#ifdef __SANITIZE_THREAD__
	/* ThreadSanitizer has locks of its own, which only a fork(2) that it knows of leaves free in the child. Such a child
	 * has an exit signal; all else is the same. */
	pid_t child = flags & CLONE_PARENT ? -1 : fork();

	if (child >= 0) {
		if (ret_pidfd)
			*ret_pidfd = child ? nsm_sys_pidfd_open(child) : -EBADF;
		return child;
	}
#endif
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

pid_t nsm_sys_clone(int *ret_pidfd)
{
	return clone_with(ret_pidfd ? CLONE_PIDFD : 0, ret_pidfd);
}

pid_t nsm_sys_clone_sibling(int *ret_pidfd)
{
	return clone_with(CLONE_PARENT | (ret_pidfd ? CLONE_PIDFD : 0), ret_pidfd);
}

/* Found at run time: a program may meet an older C library than it was built with. */
extern pid_t _Fork(void) __attribute__((weak));

pid_t nsm_sys_fork(void)
{
	return _Fork ? (pid_t)result(_Fork()) : clone_with(0, NULL);
}

int nsm_sys_reap(pid_t pid, int *ret_status)
{
	while (waitpid(pid, ret_status, __WALL) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

int nsm_sys_pidfd_open(pid_t pid)
{
	return (int)result(syscall(SYS_pidfd_open, pid, 0));
}

int nsm_sys_pidfd_kill(int pidfd, int sig)
{
	return (int)result(syscall(SYS_pidfd_send_signal, pidfd, sig, NULL, 0));
}

int nsm_sys_pidfd_info(int pidfd, struct nsm_pidfd_info *info)
{
	return (int)result(ioctl(pidfd, _IOWR(0xff, 11, struct nsm_pidfd_info), info));
}

int nsm_sys_pidfd_wait(int pidfd, bool block, siginfo_t *ret_info, struct rusage *ret_usage)
{
	const int p_pidfd = 3; /* P_PIDFD, 5.4 */

	return (int)result(syscall(SYS_waitid, p_pidfd, pidfd, ret_info, WEXITED | __WALL | (block ? 0 : WNOHANG), ret_usage));
}

int nsm_sys_close_range_at_once(unsigned first, unsigned last, bool cloexec)
{
	return (int)result(syscall(SYS_close_range, first, last, cloexec ? NSM_CLOSE_RANGE_CLOEXEC : 0u));
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

/* struct sigaction as the kernel has it. */
struct disposition {
#ifdef __mips__
	unsigned flags;
	void (*handler)(int);
	unsigned long mask[128 / 8 / sizeof(long)];
#else
	void (*handler)(int);
	unsigned long flags, restorer, mask[64 / 8 / sizeof(long)];
#endif
};

#define SIZEOF_MASK sizeof(((struct disposition *)0)->mask)

void nsm_sys_set_mask(uint64_t blocked)
{
	unsigned long words[SIZEOF_MASK / sizeof(long)] = { 0 };

	for (size_t i = 0; i < 64 / 8 / sizeof(long); i++)
		words[i] = (unsigned long)(blocked >> i * sizeof(long) * 8);
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, words, NULL, sizeof(words));
}

int nsm_sys_get_disposition(int signal, void (**ret_disposition)(int))
{
	struct disposition old = { 0 };
	int r = (int)result(syscall(SYS_rt_sigaction, signal, NULL, &old, SIZEOF_MASK));

	if (r == 0)
		*ret_disposition = old.handler;
	return r;
}

int nsm_sys_set_disposition(int signal, void (*disposition)(int))
{
	struct disposition new = { .handler = disposition };

	return (int)result(syscall(SYS_rt_sigaction, signal, &new, NULL, SIZEOF_MASK));
}

void nsm_sys_reset_handlers(void)
{
	for (int sig = 1; sig <= NSM_SIGNAL_COUNT; sig++)
		nsm_sys_set_disposition(sig, SIG_DFL);
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

int nsm_sys_capget(struct nsm_caps *ret)
{
	struct cap_header header = { .version = CAP_VERSION };
	struct cap_data data[2];

	if (syscall(SYS_capget, &header, data) < 0)
		return -errno;
	ret->effective = data[0].effective | (uint64_t)data[1].effective << 32;
	ret->permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
	ret->inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
	return 0;
}

int nsm_sys_capset(const struct nsm_caps *caps)
{
	struct cap_header header = { .version = CAP_VERSION };
	struct cap_data data[2];

	for (int i = 0; i < 2; i++)
		data[i] = (struct cap_data){ .effective = (uint32_t)(caps->effective >> 32 * i),
					     .permitted = (uint32_t)(caps->permitted >> 32 * i),
					     .inheritable = (uint32_t)(caps->inheritable >> 32 * i) };
	return (int)result(syscall(SYS_capset, &header, data));
}

bool nsm_sys_is_capable(unsigned capability)
{
	struct nsm_caps caps;

	return nsm_sys_capget(&caps) == 0 && (caps.effective >> capability & 1);
}

int nsm_sys_clear_capabilities(bool all)
{
	struct nsm_caps caps = { 0 };
	int r = 0;

	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 && errno != EINVAL)
		return -errno;
	if (!all)
		r = nsm_sys_capget(&caps);
	caps.inheritable = 0;
	return r < 0 ? r : nsm_sys_capset(&caps);
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
