/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_SYS_H
#define NSM_LIB_SYS_H

/* The system calls that a C library may lack (musl 1.2.3 has none of these), and the constants that are
 * newer than the headers of a build machine. Everything gives 0 or a value, or -errno. Nothing outside
 * sys.c and sys_process.c calls syscall(2). The raw set*id calls change the calling process alone: the C libraries' own
 * signal every thread, which a child cloned from a threaded program must not try. */

#include "base/macro.h"

#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

/* ioctls of nsfs files, include/uapi/linux/nsfs.h */
#define NSM_NS_GET_USERNS 0xb701u
#define NSM_NS_GET_PARENT 0xb702u
#define NSM_NS_GET_NSTYPE 0xb703u
#define NSM_NS_GET_MNTNS_ID 0x8008b705u	    /* 6.11 */
#define NSM_NS_GET_PID_FROM_PIDNS 0x8004b706u /* 6.11 */
#define NSM_NS_GET_ID 0x8008b70du	    /* 6.18 */

/* The ioctls of a pidfd that open a namespace of its process, include/uapi/linux/pidfd.h, Linux 6.11 */
#define NSM_PIDFD_GET(number) (0xff00u + (number))

#define NSM_NSFS_MAGIC 0x6e736673
#define NSM_PROC_MAGIC 0x9fa0
#define NSM_TMPFS_MAGIC 0x01021994
#define NSM_CGROUP_MAGIC 0x27e0eb
#define NSM_CGROUP2_MAGIC 0x63677270

#define NSM_CLONE_NEWTIME 0x00000080
#define NSM_CLONE_NEWCGROUP 0x02000000

/* Where a thread finds what is its own: /proc/self is of the first thread, which may have other namespaces, or have ended while
 * the process goes on, and then has no descriptors. proc_pid_task(5) */
#define NSM_PROC_SELF "/proc/thread-self"

#define NSM_STATX_BASIC 0x07ffu
#define NSM_STATX_MNT_ID 0x1000u	/* 5.8 */
#define NSM_STATX_MNT_ID_UNIQUE 0x4000u /* 6.8: never reused until the next boot */
#define NSM_STATX_ATTR_MOUNT_ROOT 0x2000u

#define NSM_RENAME_NOREPLACE 1u
#define NSM_CLOSE_RANGE_CLOEXEC 4u

#define NSM_OPEN_TREE_CLONE 0x0001u
#define NSM_AT_RECURSIVE 0x8000u
#define NSM_MOVE_MOUNT_F_EMPTY_PATH 0x0004u /* what is moved is the descriptor itself */
#define NSM_MOVE_MOUNT_T_SYMLINKS 0x0010u   /* links lead on to where it goes */
#define NSM_MOVE_MOUNT_T_EMPTY_PATH 0x0040u /* it goes onto the descriptor itself */

/* include/uapi/linux/stat.h: own copy, because C libraries disagree on who defines it. */
struct nsm_statx_time {
	int64_t tv_sec;
	uint32_t tv_nsec;
	int32_t reserved;
};

struct nsm_statx {
	uint32_t stx_mask;
	uint32_t stx_blksize;
	uint64_t stx_attributes;
	uint32_t stx_nlink;
	uint32_t stx_uid;
	uint32_t stx_gid;
	uint16_t stx_mode;
	uint16_t spare0;
	uint64_t stx_ino;
	uint64_t stx_size;
	uint64_t stx_blocks;
	uint64_t stx_attributes_mask;
	struct nsm_statx_time stx_atime, stx_btime, stx_ctime, stx_mtime;
	uint32_t stx_rdev_major, stx_rdev_minor;
	uint32_t stx_dev_major, stx_dev_minor;
	uint64_t stx_mnt_id;
	uint64_t spare[13];
};

/* An entry as getdents64(2) writes it. */
struct nsm_dirent {
	uint64_t d_ino;
	int64_t d_off;
	uint16_t d_reclen;
	uint8_t d_type;
	char d_name[];
};

/* What a system call gave, as all here gives it. */
static inline long nsm_sys_result(long r)
{
	return r < 0 ? -errno : r;
}

/* A copy of the mount that a path is on, from there down, which is mounted nowhere, close-on-exec; with `whole` those below
 * as well. "" is the descriptor itself. open_tree(2), Linux 5.2 */
int nsm_sys_open_tree(int dirfd, const char *path, bool whole);

/* Mounts that at a path. move_mount(2) */
int nsm_sys_move_mount(int tree, int dirfd, const char *path);

/* Moves what is mounted at one path below a directory to another, links not followed; "" is the descriptor itself.
 * move_mount(2), Linux 5.2 */
int nsm_sys_move_mount_at(int from_dir, const char *from, int to_dir, const char *to);

/* A new mount of a file system that needs no source, at no place yet; `flags` are of MS_NOSUID, MS_NODEV and MS_NOEXEC. Linux 5.2 */
int nsm_sys_mount_detached(const char *type, unsigned long flags);

int nsm_sys_statx(int dirfd, const char *path, int flags, unsigned mask, struct nsm_statx *ret);

/* Opens what is on the same mount as `dirfd`, on a way without links, close-on-exec. -EXDEV, -ELOOP; -ENOSYS before Linux 5.6.
 * openat2(2) */
int nsm_sys_open_within(int dirfd, const char *path, int flags);

/* A directory as a place (O_PATH), which no magic link of /proc leads to: those leave the root by our own descriptors.
 * -ENOSYS before Linux 5.6. openat2(2) */
int nsm_sys_open_place(const char *path);

/* The present directory as the kernel tells it: one outside of the root does not begin with '/', where the C libraries fail, or
 * look for another name. getcwd(2) */
int nsm_sys_getcwd(char *buf, size_t size);

ssize_t nsm_sys_getdents(int fd, void *buf, size_t size);
int nsm_sys_renameat2(int olddir, const char *oldpath, int newdir, const char *newpath, unsigned flags);

/* A child that is a copy of the calling thread, without an exit signal: it is seen only by a
 * wait with __WALL or __WCLONE, so a program's own SIGCHLD handler and waitpid(-1) never notice it.
 * Gives 0 in the child. ret_pidfd may be NULL. clone(2). */
pid_t nsm_sys_clone(int *ret_pidfd);

/* The same as a child of our parent's, which reaps it (CLONE_PARENT): from a helper that brings it into a pid
 * namespace. Gives its number in the namespace of ours. ret_pidfd may be NULL. */
pid_t nsm_sys_clone_sibling(int *ret_pidfd);

/* An ordinary child of a helper's, one that nsm_sys_clone() made, in which the C library knows the thread's number again
 * where it can be told (glibc 2.34, musl 1.2.2): raise(3) and abort(3) need it. Nothing that pthread_atfork(3) was
 * told of is run. For a wait with __WALL. */
pid_t nsm_sys_fork(void);

/* Waits for the end of a child of ours, one without exit signal as well. ret_status may be NULL. waitpid(2) */
int nsm_sys_reap(pid_t pid, int *ret_status);

int nsm_sys_pidfd_open(pid_t pid);
int nsm_sys_pidfd_kill(int pidfd, int sig);

/* PIDFD_GET_INFO of pidfs, include/uapi/linux/pidfd.h: what it knows of a process (6.13), also how one ended that somebody else
 * has reaped (6.15). */
struct nsm_pidfd_info {
	uint64_t mask; /* NSM_PIDFD_INFO_*: asked for, and answered */
	uint64_t cgroup;
	uint32_t pid, tgid, ppid;
	uint32_t ids[8];
	int32_t exit_code; /* as wait(2) has it */
};

#define NSM_PIDFD_INFO_PID 1u
#define NSM_PIDFD_INFO_EXIT 8u

int nsm_sys_pidfd_info(int pidfd, struct nsm_pidfd_info *info);

/* Waits for the end of a child by its pidfd, one without exit signal too, and reaps it: waitid(2), which in the C libraries
 * does not tell what it used. Without `block` ret_info->si_pid is 0 while it runs. */
int nsm_sys_pidfd_wait(int pidfd, bool block, siginfo_t *ret_info, struct rusage *ret_usage);

/* close_range(2) of [first, last], or the same by hand (sys_close.c); with cloexec set they are only marked. */
int nsm_sys_close_range(unsigned first, unsigned last, bool cloexec);
int nsm_sys_close_range_at_once(unsigned first, unsigned last, bool cloexec);

int nsm_sys_setresuid(uid_t uid);
int nsm_sys_setresgid(gid_t gid);
int nsm_sys_setgroups(size_t count, const gid_t *groups);

/* Blocks every signal of the calling thread, and gives what was blocked before. */
void nsm_sys_block_signals(sigset_t *ret_old);
void nsm_sys_restore_signals(const sigset_t *old);

/* Whether a signal waits that will come through once only `blocked` are blocked again. */
bool nsm_sys_is_signalled(const sigset_t *blocked);

void nsm_sys_set_mask(uint64_t blocked); /* a bit each, the first is signal 1 */

/* SIG_DFL, SIG_IGN or a handler; of all signals but KILL and STOP, those of the C library's own included, without the lock that
 * sigaction(3) of some takes. */
int nsm_sys_get_disposition(int signal, void (**ret_disposition)(int));
int nsm_sys_set_disposition(int signal, void (*disposition)(int));

#define NSM_SIGNAL_COUNT 64

/* In a child: a handler of the program that it was cloned from must not run there. */
void nsm_sys_reset_handlers(void);

/* A limit of resources of the calling process; UINT64_MAX is for none. Either of the two may be NULL. prlimit(2), which has
 * 64 bits everywhere. */
struct nsm_limit {
	uint64_t soft, hard;
};

int nsm_sys_prlimit(int resource, const struct nsm_limit *limit, struct nsm_limit *ret_before);

uint64_t nsm_sys_random(void);

/* The capabilities of the calling thread, a bit each. capabilities(7) */
struct nsm_caps {
	uint64_t effective, permitted, inheritable;
};

int nsm_sys_capget(struct nsm_caps *ret);
int nsm_sys_capset(const struct nsm_caps *caps);

/* Whether we have the capability in our user namespace. */
bool nsm_sys_is_capable(unsigned capability);

/* Opens a namespace by what it is, through the file handles of nsfs (Linux 6.18). -ESTALE: there is no such
 * namespace any more, or we may not know: only who is CAP_SYS_ADMIN over it is told. */
int nsm_sys_open_namespace(uint64_t id, int flag, uint32_t ino);

/* Whether our mount namespace has the mount of that unique id: 0, -ENOENT, or -ENOSYS before Linux 6.8. statmount(2) */
int nsm_sys_statmount(uint64_t mount_id);

/* Takes away every inheritable and ambient capability, and with `all` the effective and permitted ones too. */
int nsm_sys_clear_capabilities(bool all);

/* What Landlock of this kernel knows, a version from 1 on: -ENOSYS, -EOPNOTSUPP: nothing. landlock_create_ruleset(2) */
int nsm_sys_landlock_abi(void);

/* An open set of rules, close-on-exec, for these rights. landlock(7) */
int nsm_sys_landlock_create(uint64_t fs, uint64_t net, uint64_t scopes);

/* Allows `access` to what an O_PATH descriptor is of, and all below it; or to a TCP port. landlock_add_rule(2) */
int nsm_sys_landlock_allow_beneath(int rules, uint64_t access, int fd);
int nsm_sys_landlock_allow_port(int rules, uint64_t access, uint64_t port);

/* From now on, for the calling thread and all it makes. landlock_restrict_self(2) */
int nsm_sys_landlock_restrict(int rules);

/* Loads a filter of `count` instructions for the calling thread. seccomp(2), SECCOMP_SET_MODE_FILTER */
int nsm_sys_seccomp(unsigned flags, const void *program, unsigned short count);

/* Opens a file or directory as a place (O_PATH), on the way as nsm_sys_open_place(). */
int nsm_sys_open_object(const char *path);

#define NSM_CAP_SETGID 6u
#define NSM_CAP_SETPCAP 8u
#define NSM_CAP_SYS_ADMIN 21u

#endif
