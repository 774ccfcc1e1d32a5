/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSMGR_COMMAND_H
#define NSMGR_COMMAND_H

/* A command in a set: what it gets, and becoming it or starting it. A command can be started any number of times. Strings
 * are borrowed until it is freed. Where a setting is made twice, the last one counts: ids and as are one setting. */

#include <nsmgr/set.h>

#ifdef __cplusplus
extern "C" {
#endif

struct nsmgr_command;

int nsmgr_command_new(struct nsmgr_ctx *ctx, struct nsmgr_command **ret_command);
void nsmgr_command_free(struct nsmgr_command *command); /* NULL is fine */

/* ---- What it is ---- */

/* What it sees as its argv[0], instead of the name by which it is found. */
void nsmgr_command_argv0(struct nsmgr_command *command, const char *name);

/* "K=V" sets, "K" takes over the caller's, "-K" unsets. -EINVAL. Without these it is the caller's environment at the start, with
 * NSMGR_NAME for a set that has a name, and without it for others. */
int nsmgr_command_env(struct nsmgr_command *command, const char *assignment);
void nsmgr_command_clear_env(struct nsmgr_command *command);

/* A variable that holds the command's pid as the command sees it: LISTEN_PID of sd_listen_fds(3). -EINVAL: the name. */
int nsmgr_command_env_pid(struct nsmgr_command *command, const char *name);

/* Its root, a directory of the set: chroot(2); a relative path is taken from the root of an entered mount namespace, else from
 * the present directory. And where it starts below that; a relative path is taken from where it would start without it: the
 * caller's present directory by its name, or / where that is not there. NULL takes either back. */
void nsmgr_command_root(struct nsmgr_command *command, const char *path);
void nsmgr_command_cwd(struct nsmgr_command *command, const char *path);

/* Mounts of its own, in a mount namespace that is made for it inside the set and ends with it: a slave copy of the one that it
 * would be in, so that what it mounts is seen by nobody else. Both need CAP_SYS_ADMIN inside.
 *
 * A sysfs on its /sys, which shows the network devices of its network namespace; what is mounted below the old one for cgroups,
 * BPF, security modules, debugging and tracing stays. The failure's step is "sysfs": -EPERM also where parts of the old one are
 * hidden from it. sysfs(5) */
void nsmgr_command_sysfs(struct nsmgr_command *command);

/* Each file and directory of the directory `from` is bound over the one of the same name in the directory `over`; names
 * that begin with a '.', and those that `over` does not have, are passed over. `from` is seen from inside, before the
 * command's root is, `over` below that. Symbolic links lead on both sides to what is bound and covered. A `from` that is
 * not there is -ENOENT. The last one covers what others did; NULL takes all back. -E2BIG: more than 4, or at the start with
 * more than 64 names in all, among them what stays mounted below a /sys of its own. The failure's step is "cover": -ENOTDIR:
 * of a file and a directory one cannot cover the other; -ENOSPC: a limit of mounts. Linux 5.2. mount(2), MS_BIND */
int nsmgr_command_cover(struct nsmgr_command *command, const char *from, const char *over);

/* ---- Descriptors ---- */

/* The standard descriptors (0, 1, 2) of a command that is started; one that is become has the caller's. -EINVAL for others.
 * The last that was said of a number counts, here or below. */
enum nsmgr_stdio {
	NSMGR_STDIO_INHERIT, /* the default */
	NSMGR_STDIO_NULL,    /* /dev/null of the caller's */
	NSMGR_STDIO_PIPE     /* the other end is nsmgr_child_pipe() */
};
int nsmgr_command_stdio(struct nsmgr_command *command, int fd, enum nsmgr_stdio stdio);

/* Gives the command a descriptor of the caller's (`fd`, which stays the caller's and has to be open at the start) under the
 * number `number`, 0 to 1023. -EBADF: not open, or a number out of range; -E2BIG: more than 256. */
int nsmgr_command_give_fd(struct nsmgr_command *command, int fd, int number);

/* The same under its own number. All others above 2 are closed. */
int nsmgr_command_preserve_fd(struct nsmgr_command *command, int fd);

/* ---- Ids and privileges ---- */

/* USER[:GROUP[,GROUP...]], numeric or by the passwd and group files seen inside, when the command is executed. Without it the
 * command is 0:0 of a user namespace that was entered, where that maps it. -EINVAL: nobody is named. */
int nsmgr_command_as(struct nsmgr_command *command, const char *user_and_groups);

/* The same by numbers; `groups` (copied) are all the supplementary ones it has. -E2BIG: more than 1,024; -EINVAL: -1 is none. */
int nsmgr_command_ids(struct nsmgr_command *command, uid_t uid, gid_t gid, const gid_t groups[], size_t count);

void nsmgr_command_preserve_credentials(struct nsmgr_command *command);

/* The capabilities that it keeps, a bit each as in capabilities(7), also as an ordinary user: permitted, effective,
 * inheritable and ambient are these, and no others can be gained from the bounding set. When it is executed those that were
 * not there before the change of ids are -EPERM, and so is want of CAP_SETPCAP, which it needs to lose the others. */
void nsmgr_command_keep_capabilities(struct nsmgr_command *command, uint64_t capabilities);

/* These as ambient ones, so that it has them also as an ordinary user, and nothing is taken from the bounding set: one setting
 * with the above. -EPERM when it is executed and they were not there before the change of ids. */
void nsmgr_command_ambient_capabilities(struct nsmgr_command *command, uint64_t capabilities);

/* These it has in none of its five sets, whatever it is by its ids and by the files that it executes, unless it keeps them by one
 * of the two above. -EPERM when it is executed: want of CAP_SETPCAP. */
void nsmgr_command_drop_capabilities(struct nsmgr_command *command, uint64_t capabilities);

/* Its bounding set has these and no others; what it has in the other sets stays. -EPERM when it is executed: want of
 * CAP_SETPCAP, one that is not in the bounding set of the caller, or, in a user namespace that was entered, in the full one that
 * it begins with; or one that it shall keep is none of these. capabilities(7) */
void nsmgr_command_bounding_capabilities(struct nsmgr_command *command, uint64_t capabilities);

/* SECBIT_NOROOT and so on, which it has beside those that are there; a user namespace that is entered begins without any.
 * -EINVAL: unknown ones, or SECBIT_KEEP_CAPS, which execve(2) clears. The failure's step, when it is executed, is "securebits":
 * -EPERM for want of CAP_SETPCAP, for bits that are locked, and for those that the kernel does not have. capabilities(7) */
int nsmgr_command_securebits(struct nsmgr_command *command, unsigned bits);

void nsmgr_command_no_new_privs(struct nsmgr_command *command);

/* ---- What it belongs to ---- */

/* Moves it into a cgroup before it enters the set, so that the cgroup limits and counts it: `fd`, which stays the caller's and has
 * to be open at the start, is the directory of one of a cgroup2 file system; -1 takes it back. One that is become moves the
 * CALLING PROCESS with all its threads. setns(2) leaves a process in the cgroup it is in: cgroup_namespaces(7). The failure's
 * step is "cgroup": -EBUSY where the cgroup has children with controllers, -ENOENT: no cgroup. cgroups(7), "cgroup.procs" */
void nsmgr_command_cgroup(struct nsmgr_command *command, int fd);

/* Has it stay in the cgroup of the caller. Otherwise it goes into that of a set which has one of its own, nsmgr_config_cgroup_new(),
 * unless it is told another: as the process that becomes the command, right before the change of ids. The failure's step is
 * "cgroup", and -ENOENT too: the set's is gone, or is not below the root of the caller's cgroup namespace. */
void nsmgr_command_stay_in_cgroup(struct nsmgr_command *command);

/* What is written to the file attr/exec of it: the security label that its execve(2) gives it, in the words of the security
 * module that is active; NULL takes it back. The failure's step is "label": -EINVAL where no module knows it. proc_pid_attr(5) */
void nsmgr_command_label(struct nsmgr_command *command, const char *text);

/* A limit of resources, by its RLIMIT_ number, the soft and the hard value in the units of getrlimit(2); NSMGR_UNLIMITED is for
 * none. -EINVAL: no such resource, or the soft value is above the hard one. A hard limit that goes up does so before the set is
 * entered, as that takes CAP_SYS_RESOURCE of the initial user namespace; one that is become changes the CALLING PROCESS. The
 * rest comes last before the execve(2), so that its start is not limited, nor the hook. The failure's step is "limit", its path
 * the name of the limit. getrlimit(2) */
#define NSMGR_UNLIMITED UINT64_MAX
int nsmgr_command_limit(struct nsmgr_command *command, int resource, uint64_t soft, uint64_t hard);

/* RLIMIT_NOFILE for "nofile", and so on for all 16; -1: none is called so. */
int nsmgr_limit_number(const char *name);

/* ---- Signals and jobs ---- */

/* The signals that it has blocked, NSMGR_SIGNAL(SIGTERM) | ...: those of the calling thread unless this is called. */
#define NSMGR_SIGNAL(signal) (1ull << ((signal) - 1))
void nsmgr_command_signal_mask(struct nsmgr_command *command, uint64_t blocked);

/* SIG_DFL or SIG_IGN for a signal; handlers go with the execve(2) anyway. 0 is for all that can be set. -EINVAL. */
int nsmgr_command_signal(struct nsmgr_command *command, int signal, void (*disposition)(int));

/* A session of its own, or a process group: the last of both counts. `group` 0 is one of its own, others are numbers as the
 * caller of nsmgr_command_start() sees them. -EINVAL below 0. */
void nsmgr_command_new_session(struct nsmgr_command *command);
int nsmgr_command_process_group(struct nsmgr_command *command, pid_t group);

/* The signal that the command gets when the thread that started it ends; prctl(2), PR_SET_PDEATHSIG. Set behind the change of
 * ids, which would clear it; a parent that ended before counts too. */
void nsmgr_command_parent_death(struct nsmgr_command *command, int signal);

/* A step of your own in the new process, the last before its execve(2). Below 0 is a -errno that fails the start with the
 * step "hook". The rules of nsmgr_config_hook_inside() go for it, but that it has the descriptors that the command will have
 * under their numbers; it leaves alone those that it does not know, which are close-on-exec. */
typedef int nsmgr_exec_fn(void *data);
void nsmgr_command_hook(struct nsmgr_command *command, nsmgr_exec_fn *hook, void *data);

/* ---- Starting it ---- */

struct nsmgr_child;

/* Starts argv[0], looked up in the command's PATH inside, in all namespaces of `set` (NULL: the caller's), without changing the
 * caller. The child is the caller's, and SIGCHLD tells of its end as of any child's, for execve(2) gives it that back; the helper
 * that brings it into a pid namespace is never seen. Every step up to its execve(2) is over when this returns. The failure's step
 * tells them apart: "exec" with -ENOENT when the program was not found, with others (-EACCES, -ENOEXEC, -ELOOP ...) when it
 * cannot be executed; the steps "enter", "root", "cwd", "credentials" and so on. The errors of nsmgr_set_enter() and
 * chdir(2); -ENOMEM, too: the init of its pid namespace has ended; -EAGAIN: fork(2); -EINVAL, too: argv is empty; -ECHILD: the
 * new process was killed before its execve(2), by the end of its pid namespace say. */
int nsmgr_command_start(struct nsmgr_command *command, struct nsmgr_set *set, const char *const argv[],
			struct nsmgr_child **ret_child);

/* ---- Becoming it: for programs that do nothing else ---- */

/* Enters `set` (NULL: none) in the CALLING PROCESS, once, and changes to the command's root and directory; nsmgr_command_exec()
 * has to follow, in it or in a child. The process is not dumpable from then on, until an execve(2). The errors of
 * nsmgr_set_enter() and chdir(2). */
int nsmgr_command_enter(struct nsmgr_command *command, struct nsmgr_set *set);

/* fork(2) between the two, which puts the child into an entered pid namespace: its pid, 0 in the child, or -errno.
 * -ENOMEM: the namespace's init has ended. The child is the caller's to reap. */
pid_t nsmgr_command_fork(struct nsmgr_command *command);

/* Changes the CALLING PROCESS into the command; comes back only on failure, which is told as by nsmgr_command_start(). */
int nsmgr_command_exec(struct nsmgr_command *command, const char *const argv[]);

#ifdef __cplusplus
}
#endif

#endif
