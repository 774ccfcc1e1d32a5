/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_CREATE_OPTS_H
#define NSM_CMD_CREATE_OPTS_H

#include "cmd/told.h"

#include <signal.h>

/* The options that describe a set to be made, shared by every verb that makes one. Ids below NSMGR_TYPE_COUNT are
 * types. */
enum {
	CREATE_ALL = NSMGR_TYPE_COUNT,
	CREATE_MAP_ROOT,
	CREATE_MAP_CURRENT,
	CREATE_MAP_USERS,
	CREATE_MAP_GROUPS,
	CREATE_MAP_PROJECTS,
	CREATE_MAP_AUTO,
	CREATE_SETGROUPS,
	CREATE_OWNER,
	CREATE_MONOTONIC,
	CREATE_BOOTTIME,
	CREATE_HOSTNAME,
	CREATE_DOMAINNAME,
	CREATE_NO_LOOPBACK,
	CREATE_PROPAGATION,
	CREATE_NO_PROC,
	CREATE_SYSCTL,
	CREATE_BASE,
	CREATE_LABEL,
	CREATE_CGROUP_PATH,
	CREATE_CGROUP_NEW,
	CREATE_CGROUP_SET,
	CREATE_CGROUP_OPTIONAL,
	CREATE_CPU,
	CREATE_MEMORY,
	CREATE_PIDS,
	/* What the mount namespace looks like: nsmgr-full's (layout.h). */
	CREATE_ROOTDIR,
	CREATE_ROOTFS,
	CREATE_OLD_ROOT,
	CREATE_BIND,
	CREATE_BIND_RO,
	CREATE_TMPFS,
	CREATE_PROC,
	CREATE_SYSFS,
	CREATE_MQUEUE,
	CREATE_CGROUP2,
	CREATE_DEV,
	CREATE_FS,
	CREATE_FILE,
	CREATE_DIR,
	CREATE_SYMLINK,
	/* The user's own steps: nsmgr-full's too. */
	CREATE_NETWORK,
	CREATE_HOOK,
	CREATE_HOOK_INSIDE,
	CREATE_PROFILE, /* nsmgr-full */
	CREATE_OPTION_END,
	CREATE_EXEC = 256 /* behind all ids of a verb; with that of an option of a command added (launch.h). nsmgr-full */
};

#define CREATE_OPTIONS                                                                                      \
	{ "cgroup", 'C', "[=SOURCE]", NSMGR_CGROUP, "a new cgroup namespace, or pin SOURCE: PATH, PID or @SET" }, \
	{ "ipc", 'i', "[=SOURCE]", NSMGR_IPC, "a new ipc namespace, or pin SOURCE" },                       \
	{ "mnt", 'm', "[=SOURCE]", NSMGR_MNT, "a new mount namespace, or pin SOURCE" },                     \
	{ "mount", 0, "[=SOURCE]", NSMGR_MNT, "the same as --mnt" },                                        \
	{ "net", 'n', "[=SOURCE]", NSMGR_NET, "a new network namespace, or pin SOURCE" },                   \
	{ "pid", 'p', "[=SOURCE]", NSMGR_PID, "a new pid namespace with a keeper, or pin SOURCE" },         \
	{ "time", 'T', "[=SOURCE]", NSMGR_TIME, "a new time namespace, or pin SOURCE" },                    \
	{ "user", 'U', "[=SOURCE]", NSMGR_USER, "a new user namespace that owns the others, or pin SOURCE" }, \
	{ "uts", 'u', "[=SOURCE]", NSMGR_UTS, "a new uts namespace, or pin SOURCE" },                       \
	{ "all", 'a', NULL, CREATE_ALL, "a new namespace of every type" },                                  \
	{ "map-root-user", 0, NULL, CREATE_MAP_ROOT, "user: map the caller's ids to 0" },                   \
	{ "map-current-user", 0, NULL, CREATE_MAP_CURRENT, "user: map the caller's ids to themselves" },    \
	{ "map-users", 0, "INNER:OUTER:COUNT...", CREATE_MAP_USERS, "user: map a range of user ids" }, \
	{ "map-groups", 0, "INNER:OUTER:COUNT...", CREATE_MAP_GROUPS, "user: map a range of group ids" }, \
	{ "map-projects", 0, "INNER:OUTER:COUNT...", CREATE_MAP_PROJECTS, "user: map a range of project ids" }, \
	{ "map-auto", 0, NULL, CREATE_MAP_AUTO, "user: map the caller's range of /etc/subuid and /etc/subgid" }, \
	{ "setgroups", 0, "allow|deny", CREATE_SETGROUPS, "user: whether setgroups(2) works inside" },      \
	{ "owner", 0, "UID:GID", CREATE_OWNER, "user: who owns the namespace outside" },                    \
	{ "monotonic", 0, "SEC", CREATE_MONOTONIC, "time: offset of the monotonic clock, [+-]SEC[.FRAC]" }, \
	{ "boottime", 0, "SEC", CREATE_BOOTTIME, "time: offset of the boottime clock, [+-]SEC[.FRAC]" },    \
	{ "hostname", 0, "NAME", CREATE_HOSTNAME, "uts: the host name" },                                   \
	{ "domainname", 0, "NAME", CREATE_DOMAINNAME, "uts: the NIS domain name" },                         \
	{ "no-loopback", 0, NULL, CREATE_NO_LOOPBACK, "net: leave the loopback device down" },              \
	{ "propagation", 0, "HOW", CREATE_PROPAGATION, "mnt: private (default), slave, shared or unchanged" }, \
	{ "no-proc", 0, NULL, CREATE_NO_PROC, "mnt and pid: do not mount a /proc of the new pid namespace" }, \
	{ "sysctl", 0, "KEY=VALUE...", CREATE_SYSCTL, "write a sysctl of the new namespaces" }, \
	{ "base", 0, "SET", CREATE_BASE, "take the types that are not asked for from SET" }, \
	{ "label", 0, "KEY=VALUE...", CREATE_LABEL, "give the set a label" }, \
	{ "cgroup-new", 0, NULL, CREATE_CGROUP_NEW, "a cgroup for the set, nsmgr/NAME" }, \
	{ "cgroup-path", 0, "PATH", CREATE_CGROUP_PATH, "have the set in this cgroup, which exists" }, \
	{ "cpu", 0, "CPUS", CREATE_CPU, "new cgroup: limit processor time to that of CPUS processors" }, \
	{ "memory", 0, "SIZE", CREATE_MEMORY, "new cgroup: limit memory, bytes or with K, M, G, T" }, \
	{ "pids", 0, "COUNT", CREATE_PIDS, "new cgroup: limit the number of processes and threads" }, \
	{ "cgroup-set", 0, "FILE=VALUE...", CREATE_CGROUP_SET, "new cgroup: write VALUE to its FILE" }, \
	{ "cgroup-optional", 0, NULL, CREATE_CGROUP_OPTIONAL, "go on where there is no such cgroup or controller" }, \
	{ "rootdir", 0, "DIR[:OPTS]", CREATE_ROOTDIR, "mnt: DIR is the root, read-only unless rw; or tmpfs[:OPTS]" }, \
	{ "rootfs", 0, "DIR", CREATE_ROOTFS, "mnt: a root of the directories of DIR, read-only, and its links" }, \
	{ "old-root", 0, "DST", CREATE_OLD_ROOT, "mnt: keep the old root at DST" }, \
	{ "bind", 0, "SRC[:DST[:OPTS]]...", CREATE_BIND, "mnt: SRC is seen at DST" }, \
	{ "bind-ro", 0, "SRC[:DST[:OPTS]]...", CREATE_BIND_RO, "mnt: the same, read-only" }, \
	{ "tmpfs", 0, "DST[:OPTS]...", CREATE_TMPFS, "mnt: a tmpfs at DST" }, \
	{ "proc", 0, "DST[:OPTS]...", CREATE_PROC, "mnt: a /proc at DST" }, \
	{ "sysfs", 0, "[=DST[:OPTS]]...", CREATE_SYSFS, "mnt: a /sys of the set's network namespace at DST (/sys)" }, \
	{ "mqueue", 0, "DST[:OPTS]...", CREATE_MQUEUE, "mnt: the message queues of the set's ipc namespace at DST" }, \
	{ "cgroup2", 0, "DST[:OPTS]...", CREATE_CGROUP2, "mnt: the cgroups below the set's root of them at DST" }, \
	{ "dev", 0, "DST[:OPTS]", CREATE_DEV, "mnt: a /dev at DST, with terminals of its own" }, \
	{ "fs", 0, "SRC:DST[:TYPE[:OPTS]]...", CREATE_FS, "mnt: the file system in an image or on a device, read-only unless rw" }, \
	{ "file", 0, "DST:TEXT...", CREATE_FILE, "mnt: a file that has TEXT, or DST=@FILE what FILE has" }, \
	{ "dir", 0, "DST[:MODE]...", CREATE_DIR, "mnt: a directory" }, \
	{ "symlink", 0, "TARGET:LINK...", CREATE_SYMLINK, "mnt: a symbolic link" }, \
	{ "network", 0, "HOW", CREATE_NETWORK, "none: a net with loopback; host: no net; pasta[:OPTIONS]: a net with a way out" }, \
	{ "hook", 0, "CMD...", CREATE_HOOK, "run CMD outside before the set is set up" },          \
	{ "hook-inside", 0, "CMD...", CREATE_HOOK_INSIDE, "run CMD inside as the last step" }, \
	{ "profile", 0, "FILE...", CREATE_PROFILE, "options from a file, which those given here override" }, \
	{ "exec-", 0, "OPTION[=VALUE]", CREATE_EXEC, "an option of exec that commands in the set have as default" }

/* Those above alone, which are also what a profile may have. */
extern const struct opt recipe_options[];

/* The remark in the record of a set that apply has made: the name of its profile stands behind. */
#define RECIPE_APPLIED "# applied "

struct profile;

/* A set to be made, as the command line describes it. */
struct recipe {
	struct app *app;
	struct nsmgr_config *config;
	bool no_proc, spreads;	  /* --no-proc, and a --propagation that lets mounts out */
	struct told_list told;	  /* all of it, but for the profiles once they have been read */
	bool applied_all;	  /* what waited was applied */
	bool unnamed;		  /* set by the verb: nothing is recorded */
	bool rich;		  /* the kernel does not tell all of it later: it is recorded with the set */
	bool defaults;		  /* for commands in it */
	const char *applied;	  /* set by apply: the name of the profile, RECIPE_APPLIED */
	struct profile *profile;  /* what `told` borrows from */
	struct recipe_full *full; /* what options say that nsmgr-full alone has; NULL: none was given */
	bool stays; /* something of ours serves the set for as long as it is there */
	/* Between recipe_hold() and recipe_settle(): */
	bool held;
	sigset_t ending; /* signals that end what we make */
	sigset_t signals; /* what was blocked before */
	struct sigaction chld;
};

/* STATUS_DONE, or a failure that was said. */
int recipe_begin(struct recipe *recipe, struct app *app);
void recipe_free(struct recipe *recipe);

/* Applies such an option. false: it is none of these. *ret_status is STATUS_DONE, or that of a bad value, after having said what
 * is wrong. */
bool recipe_option(struct recipe *recipe, int id, const char *value, int *ret_status);

/* Once all options are read, before anything else is: applies those that have waited for that. STATUS_DONE, or what was said. */
int recipe_ready(struct recipe *recipe);

/* Once all options are read, before anything is done: whether they fit together. `name` is that of the only set, or NULL.
 * STATUS_DONE, or what was said. */
int recipe_check(struct recipe *recipe, const char *name);

/* Around the making of sets by a recipe with other people's programs in it, which may take long: signals that would end us wait, end
 * the set that is being made, and act at recipe_settle(), when nothing of it is left. Nothing is done for another recipe. */
void recipe_hold(struct recipe *recipe);
void recipe_settle(struct recipe *recipe);

/* Applies one of recipe->told. */
int recipe_apply(struct recipe *recipe, const struct told *told);

/* Whether options are applied only when all are known: what a profile says comes first, wherever it is named. */
extern const bool recipe_waits;

/* The row of an id, also of one that is CREATE_EXEC and more. */
const struct opt *recipe_find(int id);

/* What is kept with the set, as nsmgr.conf(5) describes it, to be freed; NULL: out of memory. Labels are kept apart. */
char *recipe_text(const struct recipe *recipe);

/* nsmgr-full: a profile or a default for commands; reading the profiles and applying all; profile.c. */
int recipe_told_option(struct recipe *recipe, int id);
int recipe_replay(struct recipe *recipe);
void profile_free(struct profile *profile);

/* The parts of these for the options that nsmgr-full alone has (recipe_full.c); the front hands over. */
int recipe_full_option(struct recipe *recipe, int id, const char *value);
int recipe_full_check(struct recipe *recipe);
void recipe_full_free(struct recipe_full *full);

/* Such an option about a cgroup: a status. create_cgroup.c */
int create_cgroup_option(const struct app *app, struct nsmgr_config *config, int id, const char *value);

#endif
