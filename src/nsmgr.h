/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSMGR_H
#define NSMGR_H

/* libnsmgr: named, persistent sets of Linux namespaces.
 *
 * Functions give 0 (or a count, where they say so), or -errno. Outputs are the last arguments, named
 * ret_*, and are written only on success. What failed, at which step and why is kept in the context:
 * nsmgr_get_failure(). A context and what was made with it belong to one thread at a time; any number of
 * contexts can be used at once. No function changes the calling process (its namespaces, ids, directory,
 * signals, children, descriptors) unless its description says so: the work that does is done in a
 * child without exit signal, which neither a SIGCHLD handler nor waitpid(-1) notices.
 *
 * Rules of the kernel are from namespaces(7) and its family, and from kernel/nsproxy.c, fs/nsfs.c and
 * fs/namespace.c. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Types ---- */

enum nsmgr_type {
	NSMGR_CGROUP,
	NSMGR_IPC,
	NSMGR_MNT,
	NSMGR_NET,
	NSMGR_PID,
	NSMGR_TIME,
	NSMGR_USER,
	NSMGR_UTS,
	NSMGR_TYPE_COUNT,
	NSMGR_TYPE_NONE = -1
};

/* A mask of types: a bit for each. */
#define NSMGR_MASK(type) (1u << (unsigned)(type))
#define NSMGR_MASK_ALL ((1u << NSMGR_TYPE_COUNT) - 1)

/* The name as in /proc/PID/ns ("net"), or NULL for a number that is no type. */
const char *nsmgr_type_name(enum nsmgr_type type);

/* The type of that name; "mount" is taken for mnt. -EINVAL: no such type. */
int nsmgr_type_from_name(const char *name, enum nsmgr_type *ret_type);

/* Whether a set may be called so: [A-Za-z0-9_][A-Za-z0-9_.-]*, at most 64 bytes, not all digits. */
bool nsmgr_name_is_valid(const char *name);
struct nsmgr_ctx;
int nsmgr_check_name(struct nsmgr_ctx *ctx, const char *name); /* -EINVAL, with the reason as the failure */

/* ---- Context ---- */

/* What failed last. Strings live until the next call with the same context, and are never NULL; empty
 * where there is nothing to say. */
struct nsmgr_failure {
	int error;	      /* the errno, positive */
	enum nsmgr_type type; /* of the namespace concerned, or NSMGR_TYPE_NONE */
	const char *step;     /* "unshare", "bind", "publish" ... */
	const char *path;     /* the file concerned */
	const char *text;     /* the reason in words */
	const char *hint;     /* a cure, a limit or what is missing */
};

/* A context for the store at /run/nsmgr. -ENOMEM. */
int nsmgr_new(struct nsmgr_ctx **ret_ctx);
struct nsmgr_ctx *nsmgr_ref(struct nsmgr_ctx *ctx);
void nsmgr_unref(struct nsmgr_ctx *ctx); /* NULL is fine */

/* Another store directory; a relative path is taken from the present directory. Nothing is opened yet.
 * -EINVAL (empty, or with a ".." in it), -ENAMETOOLONG, -ENOMEM. */
int nsmgr_set_root(struct nsmgr_ctx *ctx, const char *path);
const char *nsmgr_get_root(const struct nsmgr_ctx *ctx);

const struct nsmgr_failure *nsmgr_get_failure(struct nsmgr_ctx *ctx);

/* Where remarks that are no failures go, a line each without the newline; NULL (the default) drops them. */
typedef void nsmgr_log_fn(void *data, const char *line);
void nsmgr_set_log(struct nsmgr_ctx *ctx, nsmgr_log_fn *log, void *data);

/* ---- Configuration of sets to be made ---- */

struct nsmgr_config;

enum nsmgr_propagation {
	NSMGR_PRIVATE, /* the default */
	NSMGR_SLAVE,
	NSMGR_SHARED,
	NSMGR_UNCHANGED
};

enum nsmgr_id_kind { NSMGR_UID, NSMGR_GID };
/* One line of a uid_map or gid_map: `count` ids from `inner` inside are those from `outer` in the
 * user namespace of the caller. user_namespaces(7). */
struct nsmgr_extent {
	uint32_t inner;
	uint32_t outer;
	uint32_t count;
};

int nsmgr_config_new(struct nsmgr_ctx *ctx, struct nsmgr_config **ret_config);
void nsmgr_config_free(struct nsmgr_config *config);

/* Have a namespace of this type made. */
void nsmgr_config_make(struct nsmgr_config *config, enum nsmgr_type type);

void nsmgr_config_make_rest(struct nsmgr_config *config); /* every type that is not pinned in the end */

/* Pin one that exists: `source` is a path (with a '/'), a PID, or @SET. It is opened and verified here, so
 * the config holds it from now on. -EINVAL: not a namespace, or of another type; -ENOENT, -ESRCH, -EACCES,
 * -EPERM and what open(2) gives; for @SET the errors of nsmgr_set_open(). */
int nsmgr_config_pin(struct nsmgr_config *config, enum nsmgr_type type, const char *source);

/* Pin the namespaces of `types` that a process lives in. With NSMGR_MASK_ALL the caller's own mount namespace is left out, which
 * cannot be pinned. -ESRCH: no such process, or it ended meanwhile. proc(5) */
int nsmgr_config_pin_process(struct nsmgr_config *config, unsigned types, pid_t pid);

/* Pin those of `types` that a directory has as files named like the types: a set, /proc/PID/ns, or one of another tool's.
 * A file alone is pinned as the type it is. -EINVAL: something in it is no namespace, or of another type. */
int nsmgr_config_pin_path(struct nsmgr_config *config, unsigned types, const char *path);

/* Take the rest from a set: what is neither made nor pinned otherwise is pinned from it, and what is made belongs to its user
 * namespace, if it has one. The errors of nsmgr_set_open(). */
int nsmgr_config_base(struct nsmgr_config *config, const char *name);

/* The types asked for, made and pinned, as of the last nsmgr_config_check(). */
unsigned nsmgr_config_types(const struct nsmgr_config *config);

/* user: maps. Without any, each extent of the caller's own maps is mapped identically. The calls add up; at
 * most 340 lines a kind (-E2BIG); an empty or overlapping range is -EINVAL; -ENOMEM. map_root is the caller's ids as 0,
 * map_current as themselves; map_auto adds the first range of the caller in /etc/subuid and /etc/subgid, which are read
 * when the first set is made (-ENOENT from that where there is none). */
int nsmgr_config_map(struct nsmgr_config *config, enum nsmgr_id_kind kind, const struct nsmgr_extent *extent);
int nsmgr_config_map_root(struct nsmgr_config *config);
int nsmgr_config_map_current(struct nsmgr_config *config);
int nsmgr_config_map_auto(struct nsmgr_config *config);
void nsmgr_config_setgroups(struct nsmgr_config *config, bool allow);
void nsmgr_config_owner(struct nsmgr_config *config, uid_t uid, gid_t gid);

/* time: what is added to a clock, CLOCK_MONOTONIC or CLOCK_BOOTTIME (-EINVAL for others). */
int nsmgr_config_offset(struct nsmgr_config *config, clockid_t clock, const struct timespec *offset);

/* uts. -ENAMETOOLONG above 64 bytes; -EINVAL for blanks and control characters. */
int nsmgr_config_hostname(struct nsmgr_config *config, const char *name);
int nsmgr_config_domainname(struct nsmgr_config *config, const char *name);

void nsmgr_config_loopback(struct nsmgr_config *config, bool up);
void nsmgr_config_propagation(struct nsmgr_config *config, enum nsmgr_propagation propagation);
void nsmgr_config_proc(struct nsmgr_config *config, bool mount);

/* A sysctl of the allow-list, "net.ipv4.ip_forward": written once, in the order given. -EINVAL for a malformed
 * key or a value with a newline, -EPERM for a key that is not in the list, -E2BIG. */
int nsmgr_config_sysctl(struct nsmgr_config *config, const char *key, const char *value);

/* Whether everything asked for fits together; nsmgr_create() begins with it. -EINVAL. */
int nsmgr_config_check(struct nsmgr_config *config);

/* ---- The store ---- */

#define NSMGR_CREATE_EXIST_OK 1u /* a set of that name with exactly these types is a success */

/* Makes a set under a name, whole or not at all. Needs CAP_SYS_ADMIN in the user namespace that owns the
 * caller's mount namespace. Any errno of unshare(2), mount(2) and open(2); -EEXIST; -EINVAL from the name or
 * the configuration; -ENOENT: no range for map_auto; -EXDEV: the store's mounts are in another mount namespace. */
int nsmgr_create(struct nsmgr_ctx *ctx, const char *name, struct nsmgr_config *config, unsigned flags);

/* Called for each name in order: 0, or -errno with nsmgr_get_failure() set. */
typedef void nsmgr_result_fn(void *data, const char *name, int result);

/* The same for many names, each whole or not at all whatever becomes of the others. Gives the number of
 * failures, or -errno when it could not begin. */
int nsmgr_create_many(struct nsmgr_ctx *ctx, const char *const names[], size_t count,
		      struct nsmgr_config *config, unsigned flags, nsmgr_result_fn *done, void *data);

#define NSMGR_REMOVE_KILL 1u   /* end the processes of a pid namespace that the set made */
#define NSMGR_REMOVE_WAIT 2u   /* wait for them to end by themselves; KILL goes before it */
#define NSMGR_REMOVE_FORCE 4u  /* although the handles are in another mount namespace, or who is inside cannot be seen */
#define NSMGR_REMOVE_MISSING 8u /* no such set is a success */

/* Takes sets apart so that the kernel can free them. `timeout` bounds the waiting of a name, NULL is for ever.
 * -EBUSY: processes other than the keeper live in its pid namespace; -ETIMEDOUT: they still do, or, killed and with the
 * set gone, are not reaped by a parent outside; -ENOENT, -ENOTDIR: no such set; -EXDEV as above, or the pid namespace is
 * outside the caller's tree; -ENOTEMPTY: something that is no handle lies in the set; -EINVAL: the name, or KILL of a
 * pid namespace that the set did not make. */
int nsmgr_remove(struct nsmgr_ctx *ctx, const char *name, unsigned flags, const struct timespec *timeout);
int nsmgr_remove_many(struct nsmgr_ctx *ctx, const char *const names[], size_t count, unsigned flags,
		      const struct timespec *timeout, nsmgr_result_fn *done, void *data);

/* Gives a set another name, in one step. -ENOENT: no such set; -EEXIST: there is one of the new name; -EXDEV as above. A
 * keeper goes on showing the name it began with. */
int nsmgr_rename(struct nsmgr_ctx *ctx, const char *old_name, const char *new_name);

enum nsmgr_state {
	NSMGR_LIVE,
	NSMGR_STALE,	/* a file without a mount */
	NSMGR_DEAD,	/* a pid namespace without a living init */
	NSMGR_UNKNOWN,	/* a pid namespace outside the caller's tree of pid namespaces */
	NSMGR_FOREIGN,	/* not the namespace that was recorded, or of the wrong type */
	NSMGR_ELSEWHERE /* mounted in another mount namespace */
};

const char *nsmgr_state_name(enum nsmgr_state state);

enum nsmgr_origin { NSMGR_ORIGIN_UNKNOWN, NSMGR_MADE, NSMGR_PINNED };

/* What is known of one handle. Zero where something is unknown. */
struct nsmgr_handle {
	enum nsmgr_type type;
	enum nsmgr_state state;
	enum nsmgr_origin origin;
	dev_t dev;
	ino_t ino;
	uint64_t id;	/* 64 bits, never reused until the next boot; 0 before Linux 6.18 */
	ino_t owner;	/* inode of the owning user namespace, where the caller may see it */
	pid_t keeper;	/* of a pid namespace that the set made and that lives */
	struct timespec created; /* CLOCK_REALTIME */
};

/* The sets of a store at one moment, sorted by name. A store that does not exist has none. Works as any user.
 * Names that no verb accepts are left out, unless `all`. */
struct nsmgr_list;

int nsmgr_list_new(struct nsmgr_ctx *ctx, bool all, struct nsmgr_list **ret_list);
void nsmgr_list_free(struct nsmgr_list *list); /* NULL is fine */

/* 0 and a name, which lives as long as the list; 1 at the end. */
int nsmgr_list_next(struct nsmgr_list *list, const char **ret_name);

/* All of them, as an array that ends with NULL and lives as long as the list. ret_count may be NULL. */
const char *const *nsmgr_list_names(const struct nsmgr_list *list, size_t *ret_count);

/* The handles of a set of the list, in the order of enum nsmgr_type, as they are now; ret_handles has room for
 * NSMGR_TYPE_COUNT. Gives their number. -ENOENT: it was removed. */
int nsmgr_list_handles(struct nsmgr_list *list, const char *name, struct nsmgr_handle ret_handles[]);

/* ---- A set in memory, and entering it ---- */

struct nsmgr_set;

/* Opens and verifies the handles of a named set: all that are in `types`. Where a pid namespace is among
 * them the set cannot be removed until it was closed. -ENOENT, -ESTALE (a handle is not usable: the failure
 * says why), -ESRCH (its pid namespace is dead), -EXDEV (elsewhere), -EINVAL (the name), -ENOTDIR (not a set). */
int nsmgr_set_open(struct nsmgr_ctx *ctx, const char *name, unsigned types, struct nsmgr_set **ret_set);
void nsmgr_set_close(struct nsmgr_set *set); /* NULL is fine */
unsigned nsmgr_set_types(const struct nsmgr_set *set);
int nsmgr_set_fd(const struct nsmgr_set *set, enum nsmgr_type type); /* borrowed; -ENOENT */

/* Moves the CALLING THREAD into the namespaces. user and time need a process with one thread, mnt an unshared
 * fs_struct, pid takes effect for children only: setns(2). Types owned by the set's user namespace are joined
 * before or after it as the caller's privilege allows. Root and present directory are those of the mount
 * namespace afterwards. A user namespace equal to the caller's is passed over. On failure the thread may be
 * in some of the namespaces: end it. */
int nsmgr_set_enter(struct nsmgr_set *set);

/* ---- A command in a set ---- */

struct nsmgr_command;

int nsmgr_command_new(struct nsmgr_ctx *ctx, struct nsmgr_command **ret_command);
void nsmgr_command_free(struct nsmgr_command *command);

/* Strings are borrowed until the command ends. USER[:GROUP[,GROUP...]], numeric or by the passwd and group
 * files seen inside, when the command is executed. -EINVAL: nobody is named. */
int nsmgr_command_as(struct nsmgr_command *command, const char *user_and_groups);
void nsmgr_command_preserve_credentials(struct nsmgr_command *command);
void nsmgr_command_cwd(struct nsmgr_command *command, const char *path);
/* "K=V" sets, "K" takes over the caller's, "-K" unsets. -EINVAL, -ENOMEM. */
int nsmgr_command_env(struct nsmgr_command *command, const char *assignment);
void nsmgr_command_clear_env(struct nsmgr_command *command);
/* A descriptor above 2 that stays open. -EBADF when it is not, -E2BIG. */
int nsmgr_command_preserve_fd(struct nsmgr_command *command, int fd);
void nsmgr_command_no_new_privs(struct nsmgr_command *command);
void nsmgr_command_new_session(struct nsmgr_command *command);
/* The signal that the command gets when the process that forked it ends; prctl(2), PR_SET_PDEATHSIG. */
void nsmgr_command_parent_death(struct nsmgr_command *command, int signal);

/* Enters `set` in the CALLING PROCESS, once, and changes to the command's directory; nsmgr_command_exec() has to follow, in
 * it or in a child. The process is not dumpable from then on, until an execve(2). The errors of setns(2) and chdir(2). */
int nsmgr_command_enter(struct nsmgr_command *command, struct nsmgr_set *set);

/* fork(2) between the two, which puts the child into an entered pid namespace: its pid, 0 in the child, or -errno.
 * -ENOMEM: the namespace's init has ended. The child is the caller's to reap. */
pid_t nsmgr_command_fork(struct nsmgr_command *command);

/* Changes the CALLING PROCESS into the command; comes back only on failure. The failure's step tells them
 * apart: "exec" with -ENOENT when the program was not found, with others when it cannot be executed. */
int nsmgr_command_exec(struct nsmgr_command *command, const char *const argv[]);

#ifdef __cplusplus
}
#endif

#endif
