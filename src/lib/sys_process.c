/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/sys.h"

#include "base/signals.h"

#include <sched.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The same number on every architecture that has the common table of Linux 5.1. */
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x1000 /* 5.2 */
#endif

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
	return _Fork ? (pid_t)nsm_sys_result(_Fork()) : clone_with(0, NULL);
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
	return (int)nsm_sys_result(syscall(SYS_pidfd_open, pid, 0));
}

int nsm_sys_pidfd_kill(int pidfd, int sig)
{
	return (int)nsm_sys_result(syscall(SYS_pidfd_send_signal, pidfd, sig, NULL, 0));
}

int nsm_sys_pidfd_info(int pidfd, struct nsm_pidfd_info *info)
{
	return (int)nsm_sys_result(ioctl(pidfd, _IOWR(0xff, 11, struct nsm_pidfd_info), info));
}

int nsm_sys_pidfd_wait(int pidfd, bool block, siginfo_t *ret_info, struct rusage *ret_usage)
{
	const int p_pidfd = 3; /* P_PIDFD, 5.4 */
	const int options = WEXITED | __WALL | (block ? 0 : WNOHANG);

	return (int)nsm_sys_result(syscall(SYS_waitid, p_pidfd, pidfd, ret_info, options, ret_usage));
}

int nsm_sys_prlimit(int resource, const struct nsm_limit *limit, struct nsm_limit *ret_before)
{
	return (int)nsm_sys_result(syscall(SYS_prlimit64, 0, resource, limit, ret_before));
}

void nsm_sys_block_signals(sigset_t *ret_old)
{
	sigset_t all;

	nsm_all_signals(&all);
	nsm_signal_mask(SIG_BLOCK, NULL, ret_old);
	/* By the C library, which leaves out those by which other threads of the program may be waiting for this one. */
	pthread_sigmask(SIG_BLOCK, &all, NULL);
}

bool nsm_sys_is_signalled(const sigset_t *blocked)
{
	sigset_t pending;

	if (sigpending(&pending) < 0)
		return false;
	for (int i = 1; i <= NSM_SIGNAL_COUNT; i++)
		if (sigismember(&pending, i) == 1 && sigismember(blocked, i) == 0)
			return true;
	return false;
}

void nsm_sys_restore_signals(const sigset_t *old)
{
	nsm_signal_mask(SIG_SETMASK, old, NULL);
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
	int r = (int)nsm_sys_result(syscall(SYS_rt_sigaction, signal, NULL, &old, SIZEOF_MASK));

	if (r == 0)
		*ret_disposition = old.handler;
	return r;
}

int nsm_sys_set_disposition(int signal, void (*disposition)(int))
{
	struct disposition new = { .handler = disposition };

	return (int)nsm_sys_result(syscall(SYS_rt_sigaction, signal, &new, NULL, SIZEOF_MASK));
}

void nsm_sys_reset_handlers(void)
{
	for (int sig = 1; sig <= NSM_SIGNAL_COUNT; sig++)
		nsm_sys_set_disposition(sig, SIG_DFL);
}
