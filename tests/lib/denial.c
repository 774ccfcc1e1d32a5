/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "denial.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define LONGEST 5 /* instructions of one denial */

struct program {
	unsigned short count;
	struct sock_filter code[DENIALS * LONGEST + 1];
};

static void add(struct program *program, struct sock_filter instruction)
{
	program->code[program->count++] = instruction;
}

/* Jumps behind itself where it does not fit. */
static void add_denial(struct program *program, const struct denial *denial)
{
	unsigned char behind = denial->has_request ? 3 : 1;

	add(program, (struct sock_filter)LOAD(nr));
	add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, denial->call, 0, behind));
	if (denial->has_request) {
		add(program, (struct sock_filter)LOAD(args[1]));
		add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, denial->request, 0, 1));
	}
	add(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | denial->error));
}

int deny(const struct denial denials[], size_t count)
{
	struct program program = { 0 };
	struct sock_fprog filter = { .filter = program.code };

	if (count > DENIALS) {
		errno = E2BIG;
		return -1;
	}
	for (size_t i = 0; i < count; i++)
		add_denial(&program, &denials[i]);
	add(&program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
	filter.len = program.count;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

const struct denied_call denied_calls[] = {
	{ "capget", SYS_capget, false },
	{ "capset", SYS_capset, false },
	{ "chdir", SYS_chdir, false },
	{ "chroot", SYS_chroot, false },
	{ "clone", SYS_clone, false },
	{ "clone3", 435, false },
	{ "close_range", 436, false },
	{ "epoll_create1", SYS_epoll_create1, false },
	{ "epoll_ctl", SYS_epoll_ctl, false },
	{ "execve", SYS_execve, false },
	{ "fchmodat", SYS_fchmodat, false },
	{ "fcntl", SYS_fcntl, false },
	{ "flock", SYS_flock, true },
	{ "fstat", SYS_fstat, false },
	{ "fstatfs", SYS_fstatfs, false },
	{ "getcwd", SYS_getcwd, false },
	{ "getdents64", SYS_getdents64, true },
	{ "getrandom", SYS_getrandom, false },
	{ "inotify_add_watch", SYS_inotify_add_watch, false },
	{ "inotify_init1", SYS_inotify_init1, false },
	{ "ioctl", SYS_ioctl, false },
	{ "kcmp", SYS_kcmp, false },
	{ "landlock_add_rule", 445, false },
	{ "landlock_create_ruleset", 444, false },
	{ "landlock_restrict_self", 446, false },
	{ "madvise", SYS_madvise, false },
	{ "mkdirat", SYS_mkdirat, false },
	{ "mknodat", SYS_mknodat, false },
	{ "mount", SYS_mount, false },
	{ "newfstatat", SYS_newfstatat, false },
	{ "openat", SYS_openat, true },
	{ "openat2", 437, false },
	{ "pidfd_open", 434, false },
	{ "pidfd_send_signal", 424, true },
	{ "pipe2", SYS_pipe2, false },
	{ "poll", SYS_poll, true },
	{ "prctl", SYS_prctl, false },
	{ "read", SYS_read, false },
	{ "readlinkat", SYS_readlinkat, true },
	{ "recvfrom", SYS_recvfrom, false },
	{ "recvmsg", SYS_recvmsg, false },
	{ "renameat", SYS_renameat, false },
	{ "renameat2", SYS_renameat2, false },
	{ "rt_sigaction", SYS_rt_sigaction, false },
	{ "rt_sigprocmask", SYS_rt_sigprocmask, false },
	{ "seccomp", SYS_seccomp, false },
	{ "sendmsg", SYS_sendmsg, false },
	{ "sendto", SYS_sendto, false },
	{ "setgroups", SYS_setgroups, false },
	{ "setns", SYS_setns, false },
	{ "setresgid", SYS_setresgid, false },
	{ "setresuid", SYS_setresuid, false },
	{ "setsid", SYS_setsid, false },
	{ "socket", SYS_socket, false },
	{ "socketpair", SYS_socketpair, false },
	{ "statmount", 457, false },
	{ "statx", SYS_statx, false },
	{ "symlinkat", SYS_symlinkat, false },
	{ "umount2", SYS_umount2, true },
	{ "unlinkat", SYS_unlinkat, true },
	{ "unshare", SYS_unshare, false },
	{ "wait4", SYS_wait4, true },
	{ "waitid", SYS_waitid, true },
	{ "write", SYS_write, false },
	{ 0 },
};
