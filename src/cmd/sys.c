/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/sys.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The same number on every architecture since Linux 5.1 unified them. */
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

#ifndef SYS_fsopen
#define SYS_fsopen 430
#define SYS_fsconfig 431
#define SYS_fsmount 432
#endif

/* include/uapi/linux/nsfs.h, sockios.h, kcmp.h, pidfd.h */
#define NS_GET_USERNS_ 0xb701u
#define NS_GET_PARENT_ 0xb702u
#define NS_GET_NSTYPE_ 0xb703u
#define NS_GET_PID_FROM_PIDNS_ 0x8004b706u
#define SIOCGSKNS_ 0x894Cu
#define KCMP_FILES_ 2
#define PIDFD_THREAD_ O_EXCL

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

static int result(long r)
{
	return r < 0 ? -errno : (int)r;
}

int sys_pidfd_open(pid_t pid, bool thread)
{
	return result(syscall(SYS_pidfd_open, pid, thread ? PIDFD_THREAD_ : 0));
}

int sys_pidfd_kill(int pidfd, int sig)
{
	return result(syscall(SYS_pidfd_send_signal, pidfd, sig, NULL, 0));
}

void sys_close_from(int first)
{
	struct rlimit limit = { .rlim_cur = 0 };

	if (syscall(SYS_close_range, first, ~0u, 0) == 0)
		return;
	/* Before Linux 5.9: none is above what the limit was when it was opened, which is nearly always what it is. */
	getrlimit(RLIMIT_NOFILE, &limit);
	for (int fd = first; fd < (int)limit.rlim_cur; fd++)
		close(fd);
}

int sys_pidfd_getfd(int pidfd, int fd)
{
	return result(syscall(SYS_pidfd_getfd, pidfd, fd, 0));
}

int sys_compare_files(pid_t a, pid_t b)
{
	return result(syscall(SYS_kcmp, a, b, KCMP_FILES_, 0, 0));
}

int sys_ns_parent(int ns)
{
	return result(ioctl(ns, NS_GET_PARENT_));
}

int sys_ns_owner(int ns)
{
	return result(ioctl(ns, NS_GET_USERNS_));
}

pid_t sys_ns_init(int ns)
{
	return result(ioctl(ns, NS_GET_PID_FROM_PIDNS_, 1));
}

enum nsmgr_type sys_ns_type(int fd)
{
	static const int flags[NSMGR_TYPE_COUNT] = {
		[NSMGR_CGROUP] = CLONE_NEWCGROUP, [NSMGR_IPC] = CLONE_NEWIPC, [NSMGR_MNT] = CLONE_NEWNS,
		[NSMGR_NET] = CLONE_NEWNET,	  [NSMGR_PID] = CLONE_NEWPID, [NSMGR_TIME] = CLONE_NEWTIME,
		[NSMGR_USER] = CLONE_NEWUSER,	  [NSMGR_UTS] = CLONE_NEWUTS,
	};
	int flag = ioctl(fd, NS_GET_NSTYPE_);

	for (int type = 0; type < NSMGR_TYPE_COUNT; type++)
		if (flags[type] == flag)
			return (enum nsmgr_type)type;
	return NSMGR_TYPE_NONE;
}

int sys_socket_netns(int socket)
{
	return result(ioctl(socket, SIOCGSKNS_));
}

int sys_mqueue_device(dev_t *ret)
{
	const unsigned cloexec = 1, create = 6; /* FSOPEN_CLOEXEC, FSMOUNT_CLOEXEC; FSCONFIG_CMD_CREATE */
	nsm_autoclose int fs = -EBADF, mount = -EBADF;
	struct stat st;

	fs = result(syscall(SYS_fsopen, "mqueue", cloexec));
	if (fs < 0)
		return fs;
	if (syscall(SYS_fsconfig, fs, create, NULL, NULL, 0) < 0)
		return -errno;
	mount = result(syscall(SYS_fsmount, fs, cloexec, 0));
	if (mount < 0 || fstat(mount, &st) < 0)
		return -errno;
	*ret = st.st_dev;
	return 0;
}
