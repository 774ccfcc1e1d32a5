/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSMGR_SET_H
#define NSMGR_SET_H

/* Sets in memory: verified descriptors of namespaces, at most one of each type, each opened close-on-exec. They keep their
 * namespaces alive. A pid namespace is useless once its init has ended, whoever holds it: pid_namespaces(7). */

#include <nsmgr/config.h>

#ifdef __cplusplus
extern "C" {
#endif

struct nsmgr_set;

/* ---- Having one ---- */

/* For who looks at a pid namespace and enters it at once: keeps nsmgr_remove(), nsmgr_rename() and nsmgr_store_fill() away from
 * every set of the store until this one is closed; in the same process they would wait for themselves. Nothing is kept away
 * from a set without a pid namespace, nor by a user who may not lock. */
#define NSMGR_OPEN_HOLD 1u

/* Opens and verifies the handles of a named set: all that are in `types`. -ENOENT: no such set, or none of these types;
 * -ESTALE (a handle is not usable: the failure says why), -ESRCH (its pid namespace is dead), -EXDEV (elsewhere), -EINVAL
 * (the name), -ENOTDIR (not a set). */
int nsmgr_set_open(struct nsmgr_ctx *ctx, const char *name, unsigned types, unsigned flags, struct nsmgr_set **ret_set);

/* Those that the calling thread is in; setns(2) moves threads, not processes. -ENOENT: this kernel has none of these types;
 * -ENOSYS: /proc does not show the thread. */
int nsmgr_set_from_caller(struct nsmgr_ctx *ctx, unsigned types, struct nsmgr_set **ret_set);

/* Those that a process is in; needs PTRACE_MODE_READ_FSCREDS, as ptrace(2) defines it (-EACCES). All are of one and the same
 * process, whatever becomes of its number meanwhile. -ESRCH: there is none, it ended meanwhile, or the number is that of
 * a thread; -ENOENT: this kernel has none of these types; -EBADF: not a pidfd. */
int nsmgr_set_from_pid(struct nsmgr_ctx *ctx, pid_t pid, unsigned types, struct nsmgr_set **ret_set);
int nsmgr_set_from_pidfd(struct nsmgr_ctx *ctx, int pidfd, unsigned types, struct nsmgr_set **ret_set);

/* Those of `types` that a directory has as files with the types' names, or links to such. -ENOENT: it has none, or is not
 * there; -EINVAL: one is not a namespace of that type; -ELOOP, -ENAMETOOLONG, -ENOTDIR. */
int nsmgr_set_from_dir(struct nsmgr_ctx *ctx, const char *path, unsigned types, struct nsmgr_set **ret_set);

/* One without a namespace yet, for nsmgr_set_add(). */
int nsmgr_set_new(struct nsmgr_ctx *ctx, struct nsmgr_set **ret_set);

/* Adds a namespace as a descriptor of the set's own; `fd` stays the caller's. -EINVAL: not a namespace; -EEXIST: the set
 * has one of its type; -EBADF: not open, or with O_PATH. */
int nsmgr_set_add(struct nsmgr_set *set, int fd);

/* Makes one as a configuration asks, without a name and without changing the caller: exactly what nsmgr_create() does but for
 * the store. It has what the configuration makes and pins, and what it takes from a base. -EINVAL: the configuration;
 * -ENOSPC: a limit of namespaces; and what else unshare(2) and the steps of set-up give. */
int nsmgr_unshare(struct nsmgr_config *config, struct nsmgr_set **ret_set);

/* A copy of those of `types`, independent of the original, of the same name. -ENOENT: there is none of them. */
int nsmgr_set_dup(const struct nsmgr_set *set, unsigned types, struct nsmgr_set **ret_set);

void nsmgr_set_close(struct nsmgr_set *set); /* NULL is fine */

/* ---- What is in it ---- */

unsigned nsmgr_set_types(const struct nsmgr_set *set);

/* Borrowed: it lives as long as the set. -ENOENT. */
int nsmgr_set_fd(const struct nsmgr_set *set, enum nsmgr_type type);

/* The caller's from now on, and no longer in the set. A keeper stays the set's, and ends with it. -ENOENT. */
int nsmgr_set_take_fd(struct nsmgr_set *set, enum nsmgr_type type);

/* -ENOENT. */
int nsmgr_set_id(const struct nsmgr_set *set, enum nsmgr_type type, struct nsmgr_id *ret_id);

/* The keeper of a pid namespace that nsmgr_unshare() made, as the caller sees it; 0 where there is none. */
pid_t nsmgr_set_keeper(const struct nsmgr_set *set);

/* ---- Pinning it to files ---- */

/* Binds each of a set's namespaces to a file of its type's name in a directory, or one to a file: NSMGR_TYPE_NONE is for
 * the only one of a set of one (-EINVAL otherwise). The directory must be there; a file that is missing is made, with
 * mode 0, one that is there is covered as it is, and uncovered by umount(2). All of it or nothing. Needs CAP_SYS_ADMIN
 * over the caller's MOUNT NAMESPACE, which is changed. -EEXIST: something is mounted there already; -ENOENT: the
 * directory, or the set has no such namespace; -ENOTDIR, -ENAMETOOLONG, -EROFS, -ENOSPC; -ELOOP: a symbolic link is
 * there, which is not followed; -EISDIR: a directory is; -EINVAL: not a plain file; a mount namespace that is the
 * caller's or older; or one onto a mount that is shared, where it cannot be bound: mount_namespaces(7). */
int nsmgr_set_mount(const struct nsmgr_set *set, const char *dir);
int nsmgr_set_mount_one(const struct nsmgr_set *set, enum nsmgr_type type, const char *path);

/* ---- Entering it ---- */

/* Moves the CALLING THREAD into those of `types` that the set has: setns(2). Checked before anything is changed, with
 * -EINVAL and the rule as the failure's text: user and time need a process with one thread; mnt a thread that shares root
 * and present directory with no other, as after unshare(CLONE_FS); the others work in any thread. A namespace that the
 * caller is in already is passed over, and needs nothing. pid takes effect for children that are made afterwards:
 * fork(2). Types owned by the set's user namespace are joined before or after it as the caller's privilege allows; ids
 * are not changed. Root and present directory are those of the mount namespace afterwards. -EPERM: without the privilege
 * over a namespace; -EINVAL: a pid namespace that is not below the caller's. After a failure that is none of the checks
 * the thread may be in some of the namespaces: end it. -ENOENT: none of these types. */
int nsmgr_set_enter(struct nsmgr_set *set, unsigned types);

/* The same with one namespace, which has to be of `type` unless that is NSMGR_TYPE_NONE (-EINVAL); -EBADF. `fd` stays the
 * caller's. */
int nsmgr_enter_fd(struct nsmgr_ctx *ctx, int fd, enum nsmgr_type type);

/* The same with those of a process: nsmgr_set_from_pid() and nsmgr_set_enter() in one. Of a process like the caller itself
 * nothing is left to enter, which is a success. -ESRCH. */
int nsmgr_enter_pid(struct nsmgr_ctx *ctx, pid_t pid, unsigned types);

/* How a child ended. */
struct nsmgr_status {
	int code;	/* what it gave, where signal is 0 */
	int signal;	/* that ended it, or 0 */
	bool timed_out; /* it was killed for taking longer than it was allowed */
};

/* Runs a function in a child that is in those of `types`, in a pid namespace as well, and waits for it. *ret_status is
 * its whole int result, the status that it gave to _exit(2), or the signal that it died of. Works in programs with
 * threads, of which the child has none: there it may call only what signal-safety(7) lists. It is a copy of the caller as
 * after fork(2), with the caller's descriptors, signal mask and handlers, but without what pthread_atfork(3) would do; it
 * has the ids that setns(2) leaves it, and is not dumpable (prctl(2)) in types mnt, pid and user. What it writes with
 * stdio(3) it has to flush; raise(3) and abort(3) need glibc 2.34 or musl 1.2.2. Neither it nor the helper that brings it
 * there is seen by the caller's waits and handlers. When the caller is killed meanwhile the function runs on. The errors
 * of nsmgr_set_enter() but those of its checks, which a child passes; -EAGAIN: no process to be had; -ENOMEM, too: a pid
 * namespace is dead; -ECHILD: somebody killed the helper, and how it ended is not known. */
typedef int nsmgr_call_fn(void *data);
int nsmgr_call(struct nsmgr_set *set, unsigned types, nsmgr_call_fn *function, void *data,
	       struct nsmgr_status *ret_status);

#ifdef __cplusplus
}
#endif

#endif
