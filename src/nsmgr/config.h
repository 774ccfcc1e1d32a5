/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSMGR_CONFIG_H
#define NSMGR_CONFIG_H

/* What is asked of sets to be made: under a name by nsmgr_create(), in memory by nsmgr_unshare(). A configuration serves
 * any number of sets. What was opened for it (pins, a base) stays open until it is freed. */

#include <nsmgr/ctx.h>

#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

struct nsmgr_config;
struct nsmgr_set;

enum nsmgr_propagation {
	NSMGR_PRIVATE, /* the default */
	NSMGR_SLAVE,
	NSMGR_SHARED,
	NSMGR_UNCHANGED
};

enum nsmgr_id_kind { NSMGR_UID, NSMGR_GID, NSMGR_PROJID };

/* One line of a uid_map, gid_map or projid_map: `count` ids from `inner` inside are those from `outer` in the
 * user namespace of the caller. user_namespaces(7). */
struct nsmgr_extent {
	uint32_t inner;
	uint32_t outer;
	uint32_t count;
};

int nsmgr_config_new(struct nsmgr_ctx *ctx, struct nsmgr_config **ret_config);
void nsmgr_config_free(struct nsmgr_config *config); /* NULL is fine */

/* Have a namespace of this type made; a number that is no type is passed over. */
void nsmgr_config_make(struct nsmgr_config *config, enum nsmgr_type type);

void nsmgr_config_make_rest(struct nsmgr_config *config); /* every type that is not pinned in the end */

/* Pin one that exists: `source` is a path (with a '/'), a PID, or @SET. It is opened and verified here, so
 * the config holds it from now on. -EINVAL: not a namespace, or of another type; -ENOENT, -ESRCH and what open(2) gives;
 * for @SET the errors of nsmgr_set_open(), as -ESTALE. */
int nsmgr_config_pin(struct nsmgr_config *config, enum nsmgr_type type, const char *source);

/* Pin the namespaces of `types` that a process lives in. With NSMGR_MASK_ALL the caller's own mount namespace is left out,
 * which cannot be pinned. -ESRCH: no such process, or it ended meanwhile. proc_pid_ns(5) */
int nsmgr_config_pin_process(struct nsmgr_config *config, unsigned types, pid_t pid);

/* Pin those of `types` that a directory has as files named like the types: a set, /proc/PID/ns, or one of another tool's.
 * A file alone is pinned as the type it is. -EINVAL: something in it is no namespace, or of another type. */
int nsmgr_config_pin_path(struct nsmgr_config *config, unsigned types, const char *path);

/* Take the rest from a set: what is neither made nor pinned otherwise is pinned from it, and what is made belongs to its user
 * namespace, if it has one. By name (the errors of nsmgr_set_open()), from one in memory, whose namespaces are opened once
 * more, or from the calling thread; the last base counts. -ENOENT: an empty one. -EINVAL, from nsmgr_create() and
 * nsmgr_set_mount() later: the mount namespace that one is in cannot be pinned. */
int nsmgr_config_base(struct nsmgr_config *config, const char *name);
int nsmgr_config_base_set(struct nsmgr_config *config, const struct nsmgr_set *set);
int nsmgr_config_base_caller(struct nsmgr_config *config);

/* The types asked for, made and pinned. Those that follow from other options (a host name), from make_rest and from a base are
 * among them only after nsmgr_config_check(). */
unsigned nsmgr_config_types(const struct nsmgr_config *config);

/* user: maps. Without any, each extent of the caller's own maps is mapped identically. The calls add up; at
 * most 340 lines a kind (-E2BIG); an empty or overlapping range is -EINVAL. map_root is the caller's ids as 0,
 * map_current as themselves; map_auto adds the first range of the caller in /etc/subuid and /etc/subgid, which are read
 * when the first set is made (-ENOENT from that where there is none). A set has no map of NSMGR_PROJID unless one is given. */
int nsmgr_config_map(struct nsmgr_config *config, enum nsmgr_id_kind kind, const struct nsmgr_extent *extent);
int nsmgr_config_map_root(struct nsmgr_config *config);
int nsmgr_config_map_current(struct nsmgr_config *config);
int nsmgr_config_map_auto(struct nsmgr_config *config);
void nsmgr_config_setgroups(struct nsmgr_config *config, bool allow);
void nsmgr_config_owner(struct nsmgr_config *config, uid_t uid, gid_t gid);

/* time: what is added to a clock, CLOCK_MONOTONIC or CLOCK_BOOTTIME (-EINVAL for others, and for nanoseconds below 0 or above
 * 999,999,999: 1.5 s less is -2 s and 500,000,000 ns). time_namespaces(7) */
int nsmgr_config_offset(struct nsmgr_config *config, clockid_t clock, const struct timespec *offset);

/* uts. -ENAMETOOLONG above 64 bytes; -EINVAL for blanks and control characters. */
int nsmgr_config_hostname(struct nsmgr_config *config, const char *name);
int nsmgr_config_domainname(struct nsmgr_config *config, const char *name);

/* net, mnt, and pid with mnt. A propagation that is none of the list is passed over. */
void nsmgr_config_loopback(struct nsmgr_config *config, bool up);
void nsmgr_config_propagation(struct nsmgr_config *config, enum nsmgr_propagation propagation);
void nsmgr_config_proc(struct nsmgr_config *config, bool mount);

/* A sysctl of the allow-list, "net.ipv4.ip_forward": written once, in the order given. -EINVAL for a malformed
 * key or one that is not in the list, and for a value with a newline; -E2BIG. */
int nsmgr_config_sysctl(struct nsmgr_config *config, const char *key, const char *value);

/* pid: whether the keeper (the init of the new namespace, without which it is dead: pid_namespaces(7)) goes on by itself until
 * it is killed. A set in memory ends its keeper with its last copy, and with the process that holds it (and with the children
 * that it forked and that did not execve(2)), unless `stays`; one under a name always has a keeper that stays, which
 * nsmgr_remove() ends. */
void nsmgr_config_keeper_stays(struct nsmgr_config *config, bool stays);

/* net: whether a set that is made under a name has its network namespace as /run/netns/NAME too, where ip-netns(8) and those who
 * follow it look: as if by nsmgr_ip_netns_add(), but both names or none. -EINVAL, from nsmgr_config_check(): without a network
 * namespace; from nsmgr_unshare() and nsmgr_store_fill(): these sets have no name. */
void nsmgr_config_ip_netns(struct nsmgr_config *config, bool wanted);

/* A cgroup, on cgroup2 (cgroups(7)), in which the creator is when it makes the namespaces, so that a cgroup namespace has it as its
 * root, and in which the keeper stays. Commands that are started or become in the set join it, nsmgr_command_stay_in_cgroup()
 * aside. The failure's step is "cgroup".
 *
 * path: one that exists, "/machine/web" as in /proc/PID/cgroup, or by a path of the mounted file system. It is left as it is,
 * also when the set goes. -EINVAL: empty, with "..", or with a control character; -ENAMETOOLONG: of 256 bytes or more.
 * new: nsmgr/NAME is made for each set, and goes with it; -EEXIST from nsmgr_create(): there is one of that name. From
 * nsmgr_unshare() and nsmgr_store_fill() -EINVAL: these sets have no name. The last of both calls counts.
 * set: has `value` written to the file `file` of it ("memory.max"), which implies a new one; the controllers that this needs are
 * enabled on the way there. -EINVAL: not a file that can be set so, or a value with a newline; -E2BIG: more than 32.
 * optional: where there is no cgroup2, or none that may be written to, sets have no cgroup, and limits of controllers and files
 * that are not there are passed over; the log tells, nsmgr_set_log(). Otherwise they are -EOPNOTSUPP from nsmgr_create(). */
int nsmgr_config_cgroup_path(struct nsmgr_config *config, const char *path);
void nsmgr_config_cgroup_new(struct nsmgr_config *config);
int nsmgr_config_cgroup_set(struct nsmgr_config *config, const char *file, const char *value);
void nsmgr_config_cgroup_optional(struct nsmgr_config *config, bool optional);

/* Steps of your own, run once a set; a result from -1 to -254 is a -errno that fails the set, and comes back as it is, with the
 * step "hook".
 * outside: in the calling process, when the namespaces are there, the maps and offsets written, and nothing is set up inside
 * yet. `pid` is a child that is in the new namespaces (of pid and time: whose children will be): a cgroup to put it into, an
 * interface to move to it. It ends when the set is made. A set under a name has its handles by then, but for that of a new pid
 * namespace: nsmgr_config_making().
 * inside: in a child in all the new namespaces, as the last step of all; a new pid namespace has its init by then. One that dies of
 * a signal is -ECHILD. A child of a program that has threads may call only what signal-safety(7) lists, raise(3) and abort(3)
 * not among it; it has no descriptors of the caller's but those of nsmgr_config_hand_fd(), and what it writes to memory is seen
 * by nobody. */
typedef int nsmgr_outside_fn(void *data, pid_t pid);
typedef int nsmgr_inside_fn(void *data);
void nsmgr_config_hook_outside(struct nsmgr_config *config, nsmgr_outside_fn *hook, void *data);
void nsmgr_config_hook_inside(struct nsmgr_config *config, nsmgr_inside_fn *hook, void *data);

/* In the hook outside: hands a copy of a descriptor to the hook inside of the set that is being made, which asks for it by `number`, 0 to
 * 63; the last of a number counts. `fd` stays the caller's. -EBADF; -E2BIG for a number above; -EINVAL anywhere else. unix(7),
 * SCM_RIGHTS */
int nsmgr_config_hand_fd(struct nsmgr_config *config, unsigned number, int fd);

/* In the hook inside: that descriptor, close-on-exec, which is closed when the hook is over; -EBADF: none of that number was handed. All
 * other descriptors are closed there. Allocates nothing. */
int nsmgr_config_handed_fd(const struct nsmgr_config *config, unsigned number);

/* In a hook, or a function called by one: the name of the set that is being made, and the directory that its handles are in now, which
 * nobody else looks into and which gets the name at the end. Both are NULL for a set in memory, and when nothing is being made.
 * They live until the hook returns. */
void nsmgr_config_making(const struct nsmgr_config *config, const char **ret_name, const char **ret_dir);

/* Signals that end the making of a set, also while a hook inside runs, with -EINTR and nothing left: NSMGR_SIGNAL(SIGTERM) |
 * NSMGR_SIGNAL(SIGINT). The caller has them blocked; one that came is still pending afterwards, and so ends the next set too. A hook
 * outside has to look for them itself, and one inside gets TERM where it would get KILL without this. 0, the default: none.
 * signalfd(2) */
void nsmgr_config_interrupt(struct nsmgr_config *config, uint64_t signals);

/* Says, in a hook that is about to fail, what did, for nsmgr_get_failure(): the step (23 bytes), a type or NSMGR_TYPE_NONE, a path (191
 * bytes) and the reason in words (255 bytes), the last two or NULL; more is cut. Without it the step is "hook". Gives `error`, a -errno,
 * for the hook to give. Allocates nothing. */
int nsmgr_config_hook_fail(struct nsmgr_config *config, int error, const char *step, enum nsmgr_type type, const char *path,
			   const char *text);

/* Whether everything asked for fits together; nsmgr_create() and nsmgr_unshare() begin with it. -EINVAL. */
int nsmgr_config_check(struct nsmgr_config *config);

#ifdef __cplusplus
}
#endif

#endif
