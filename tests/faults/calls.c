/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "calls.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>

/* Numbers that headers may lack; the same on every architecture since Linux 5.1. */
#define NR_PIDFD_SEND_SIGNAL 424
#define NR_OPEN_TREE 428
#define NR_MOVE_MOUNT 429
#define NR_FSOPEN 430
#define NR_FSCONFIG 431
#define NR_FSMOUNT 432
#define NR_PIDFD_OPEN 434
#define NR_OPENAT2 437
#define NR_CLOSE_RANGE 436
#define NR_FACCESSAT2 439
#define NR_MOUNT_SETATTR 442
#define NR_LANDLOCK_CREATE_RULESET 444
#define NR_LANDLOCK_ADD_RULE 445
#define NR_LANDLOCK_RESTRICT_SELF 446
#define NR_STATMOUNT 457

#define OPEN_ERRNOS { EACCES, EINTR, EIO, EMFILE, ENFILE, ENOMEM, ENOSPC, EPERM }
#define STAT_ERRNOS { EACCES, EIO, ENOMEM, EPERM }
#define MAKE_ERRNOS { EACCES, EIO, ENOMEM, ENOSPC, EPERM }
#define CLONE_ERRNOS { EAGAIN, ENOMEM, ENOSPC, EPERM }

static const struct known_call table[] = {
#ifdef SYS_arch_prctl
	{ "arch_prctl", SYS_arch_prctl, { 0 }, false },
#endif
#ifdef SYS_pause
	{ "pause", SYS_pause, { 0 }, false },
#endif
#ifdef SYS_poll
	{ "poll", SYS_poll, { EINTR, ENOMEM, EPERM }, false },
#endif
#ifdef SYS_open
	{ "access", SYS_access, STAT_ERRNOS, false },
	{ "dup2", SYS_dup2, { EINTR, EMFILE, EPERM }, false },
	{ "getpgrp", SYS_getpgrp, { 0 }, false },
	{ "open", SYS_open, OPEN_ERRNOS, false },
	{ "stat", SYS_stat, STAT_ERRNOS, false },
	{ "lstat", SYS_lstat, STAT_ERRNOS, false },
	{ "chmod", SYS_chmod, { EACCES, EIO, EPERM }, false },
	{ "readlink", SYS_readlink, STAT_ERRNOS, false },
	{ "fork", SYS_fork, CLONE_ERRNOS, false },
#endif
	{ "brk", SYS_brk, { ENOMEM }, false },
	{ "capget", SYS_capget, { EPERM }, false },
	{ "capset", SYS_capset, { EPERM }, false },
	{ "chdir", SYS_chdir, { EACCES, EIO, ENOMEM, EPERM }, false },
	{ "clock_gettime", SYS_clock_gettime, { EPERM }, false },
	{ "clone", SYS_clone, CLONE_ERRNOS, false },
	/* close(2) NOTES: the descriptor is gone whatever it says. */
	{ "close", SYS_close, { EINTR, EIO }, true },
	{ "close_range", NR_CLOSE_RANGE, { ENOSYS, EPERM }, false },
	{ "fsopen", NR_FSOPEN, { EMFILE, ENODEV, ENOMEM, ENOSYS, EPERM }, false },
	{ "fsconfig", NR_FSCONFIG, { EBUSY, EINVAL, EIO, ENOMEM, EPERM }, false },
	{ "fsmount", NR_FSMOUNT, { EBUSY, EMFILE, ENOMEM, EPERM }, false },
	{ "move_mount", NR_MOVE_MOUNT, { EACCES, ENOMEM, ENOSPC, ENOSYS, EPERM }, false },
	{ "mount_setattr", NR_MOUNT_SETATTR, { ENOMEM, ENOSYS, EPERM }, false },
	{ "open_tree", NR_OPEN_TREE, { EACCES, EMFILE, ENOMEM, ENOSYS, EPERM }, false },
	{ "openat2", NR_OPENAT2, { EACCES, EIO, EMFILE, ENOMEM, ENOSYS, EPERM }, false },
	{ "dup3", SYS_dup3, { EMFILE, EPERM }, false },
	{ "execve", SYS_execve, { EACCES, EIO, ENOMEM }, false },
	{ "fadvise64", SYS_fadvise64, { 0 }, false },
	{ "fchdir", SYS_fchdir, { EACCES, EIO, EPERM }, false },
	{ "exit", SYS_exit, { 0 }, false },
	{ "exit_group", SYS_exit_group, { 0 }, false },
	{ "faccessat", SYS_faccessat, STAT_ERRNOS, false },
	{ "faccessat2", NR_FACCESSAT2, { EACCES, EIO, ENOMEM, ENOSYS, EPERM }, false },
	{ "fchmod", SYS_fchmod, { EIO, EPERM }, false },
	{ "fchmodat", SYS_fchmodat, { EACCES, EIO, ENOMEM, EPERM }, false },
	{ "fcntl", SYS_fcntl, { EMFILE, EPERM }, false },
	{ "fgetxattr", SYS_fgetxattr, { ENOMEM, EPERM }, false },
	{ "flock", SYS_flock, { EINTR, ENOLCK, EPERM }, false },
	{ "fsetxattr", SYS_fsetxattr, { ENOMEM, ENOSPC, EPERM }, false },
	{ "fstat", SYS_fstat, { EIO, ENOMEM, EPERM }, false },
	{ "fstatfs", SYS_fstatfs, { EINTR, EIO, ENOMEM, EPERM }, false },
	{ "getcwd", SYS_getcwd, { ENOMEM, EPERM }, false },
	{ "getdents64", SYS_getdents64, { EACCES, EIO, ENOMEM, EPERM }, false },
	{ "getpid", SYS_getpid, { 0 }, false },
	{ "getppid", SYS_getppid, { 0 }, false },
	{ "getrandom", SYS_getrandom, { EAGAIN, EINTR, ENOSYS, EPERM }, false },
	{ "gettid", SYS_gettid, { 0 }, false },
	{ "getresgid", SYS_getresgid, { 0 }, false },
	{ "getresuid", SYS_getresuid, { 0 }, false },
	{ "getuid", SYS_getuid, { 0 }, false },
	{ "geteuid", SYS_geteuid, { 0 }, false },
	{ "getgid", SYS_getgid, { 0 }, false },
	{ "getegid", SYS_getegid, { 0 }, false },
	/* ENOTTY and EINVAL: a request that the kernel does not know. */
	{ "ioctl", SYS_ioctl, { EINVAL, EMFILE, ENOMEM, ENOTTY, EPERM }, false },
	{ "kill", SYS_kill, { EPERM }, false },
	{ "landlock_add_rule", NR_LANDLOCK_ADD_RULE, { ENOMEM, EPERM }, false },
	{ "landlock_create_ruleset", NR_LANDLOCK_CREATE_RULESET, { EMFILE, ENOMEM, ENOSYS, EPERM }, false },
	{ "landlock_restrict_self", NR_LANDLOCK_RESTRICT_SELF, { ENOMEM, EPERM }, false },
	{ "lseek", SYS_lseek, { EPERM }, false },
	{ "madvise", SYS_madvise, { EAGAIN, ENOMEM, EPERM }, false },
	{ "memfd_create", SYS_memfd_create, { EMFILE, ENFILE, ENOMEM, ENOSYS, EPERM }, false },
	{ "mkdirat", SYS_mkdirat, MAKE_ERRNOS, false },
	{ "mknodat", SYS_mknodat, MAKE_ERRNOS, false },
	{ "mmap", SYS_mmap, { ENOMEM }, false },
	{ "mount", SYS_mount, { EACCES, ENOMEM, ENOSPC, EPERM }, false },
	{ "mprotect", SYS_mprotect, { ENOMEM }, false },
	{ "munmap", SYS_munmap, { ENOMEM }, false },
	{ "newfstatat", SYS_newfstatat, STAT_ERRNOS, false },
	{ "open_by_handle_at", SYS_open_by_handle_at, { EMFILE, ENOMEM, EPERM }, false },
	{ "openat", SYS_openat, OPEN_ERRNOS, false },
	{ "pidfd_open", NR_PIDFD_OPEN, { EMFILE, ENFILE, ENOMEM, ENOSYS, EPERM }, false },
	{ "pidfd_send_signal", NR_PIDFD_SEND_SIGNAL, { ENOSYS, EPERM }, false },
	{ "pipe2", SYS_pipe2, { EMFILE, ENFILE, ENOMEM, EPERM }, false },
	{ "pivot_root", SYS_pivot_root, { EBUSY, ENOMEM, EPERM }, false },
	{ "ppoll", SYS_ppoll, { EINTR, ENOMEM, EPERM }, false },
	{ "pread64", SYS_pread64, { EINTR, EIO, ENOMEM, EPERM }, false },
	{ "prlimit64", SYS_prlimit64, { EPERM }, false },
	{ "prctl", SYS_prctl, { EPERM }, false },
	{ "read", SYS_read, { EINTR, EIO, ENOMEM, EPERM }, false },
	{ "readlinkat", SYS_readlinkat, STAT_ERRNOS, false },
	{ "recvfrom", SYS_recvfrom, { EINTR, ENOMEM, EPERM }, false },
	{ "recvmsg", SYS_recvmsg, { EINTR, ENOMEM, EPERM }, false },
	{ "renameat", SYS_renameat, MAKE_ERRNOS, false },
	{ "renameat2", SYS_renameat2, { EACCES, EIO, ENOMEM, ENOSPC, ENOSYS, EPERM }, false },
	{ "rt_sigaction", SYS_rt_sigaction, { EPERM }, false },
	{ "rt_sigpending", SYS_rt_sigpending, { 0 }, false },
	/* Nor has anybody looked whether it does: a filter that denies it leaves commands with what was blocked. */
	{ "rt_sigprocmask", SYS_rt_sigprocmask, { 0 }, false },
	{ "rt_sigreturn", SYS_rt_sigreturn, { 0 }, false },
	{ "rt_sigtimedwait", SYS_rt_sigtimedwait, { EINTR }, false },
	{ "sched_getaffinity", SYS_sched_getaffinity, { EPERM }, false },
	{ "sched_setaffinity", SYS_sched_setaffinity, { EPERM }, false },
	{ "seccomp", SYS_seccomp, { EACCES, ENOMEM, EPERM }, false },
	{ "sendmsg", SYS_sendmsg, { EINTR, ENOBUFS, ENOMEM, EPERM }, false },
	{ "sendto", SYS_sendto, { EINTR, ENOBUFS, ENOMEM, EPERM }, false },
	{ "set_robust_list", SYS_set_robust_list, { 0 }, false },
	{ "set_tid_address", SYS_set_tid_address, { 0 }, false },
	{ "setgroups", SYS_setgroups, { ENOMEM, EPERM }, false },
	{ "sethostname", SYS_sethostname, { EPERM }, false },
	{ "setns", SYS_setns, { ENOMEM, EPERM }, false },
	{ "setpgid", SYS_setpgid, { EPERM }, false },
	{ "setresgid", SYS_setresgid, { EPERM }, false },
	{ "setresuid", SYS_setresuid, { EAGAIN, EPERM }, false },
	{ "setsid", SYS_setsid, { EPERM }, false },
	{ "signalfd4", SYS_signalfd4, { EMFILE, ENFILE, ENOMEM, EPERM }, false },
	{ "socket", SYS_socket, { EACCES, EMFILE, ENFILE, ENOMEM, EPERM }, false },
	{ "socketpair", SYS_socketpair, { EMFILE, ENFILE, ENOMEM, EPERM }, false },
	{ "symlinkat", SYS_symlinkat, MAKE_ERRNOS, false },
	{ "sysinfo", SYS_sysinfo, { EPERM }, false },
	{ "statfs", SYS_statfs, STAT_ERRNOS, false },
	{ "statmount", NR_STATMOUNT, { ENOMEM, ENOSYS, EPERM }, false },
	{ "statx", SYS_statx, { EACCES, EIO, ENOMEM, ENOSYS, EPERM }, false },
	{ "umask", SYS_umask, { 0 }, false },
	{ "umount2", SYS_umount2, { EBUSY, ENOMEM, EPERM }, false },
	{ "uname", SYS_uname, { EPERM }, false },
	{ "unlinkat", SYS_unlinkat, { EACCES, EBUSY, EIO, ENOMEM, EPERM }, false },
	{ "unshare", SYS_unshare, { ENOMEM, ENOSPC, EPERM }, false },
	{ "wait4", SYS_wait4, { EINTR, EPERM }, false },
	{ "waitid", SYS_waitid, { EINTR, EPERM }, false },
	{ "write", SYS_write, { EINTR, EIO, ENOMEM, ENOSPC, EPERM }, false },
};

/* The text is that of musl's strerror(3), where it is another than ours: the front's. */
static const struct {
	int number;
	const char *name, *text;
} errnos[] = {
	{ EBUSY, "EBUSY", "Resource busy" },	{ ENODEV, "ENODEV", NULL },
	{ EACCES, "EACCES", NULL },		{ EAGAIN, "EAGAIN", NULL },
	{ EINTR, "EINTR", NULL },		{ EINVAL, "EINVAL", NULL },
	{ EIO, "EIO", "I/O error" },		{ EMFILE, "EMFILE", "No file descriptors available" },
	{ ENFILE, "ENFILE", NULL },		{ ENOBUFS, "ENOBUFS", NULL },
	{ ENOLCK, "ENOLCK", NULL },		{ ENOMEM, "ENOMEM", "ut of memory" },
	{ ENOSPC, "ENOSPC", NULL },		{ ENOSYS, "ENOSYS", NULL },
	{ ENOTTY, "ENOTTY", "Not a tty" },	{ EPERM, "EPERM", NULL },
};

const struct known_call *find_call(long nr)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].nr == nr)
			return &table[i];
	return NULL;
}

const char *errno_name(int error)
{
	for (size_t i = 0; i < sizeof(errnos) / sizeof(errnos[0]); i++)
		if (errnos[i].number == error)
			return errnos[i].name;
	return "?";
}

bool errno_is_told(int error, const char *text)
{
	for (size_t i = 0; i < sizeof(errnos) / sizeof(errnos[0]); i++)
		if (errnos[i].number == error && errnos[i].text && strstr(text, errnos[i].text))
			return true;
	return strstr(text, strerror(error));
}

int errno_number(const char *name)
{
	for (size_t i = 0; i < sizeof(errnos) / sizeof(errnos[0]); i++)
		if (strcmp(errnos[i].name, name) == 0)
			return errnos[i].number;
	return 0;
}
