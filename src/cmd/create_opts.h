/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_CREATE_OPTS_H
#define NSM_CMD_CREATE_OPTS_H

#include "cmd/app.h"

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
	/* nsmgr-full: */
	CREATE_NETWORK,
	CREATE_HOOK,
	CREATE_HOOK_INSIDE,
	CREATE_OPTION_END
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
	{ "map-users", 0, "INNER:OUTER:COUNT", CREATE_MAP_USERS, "user: map a range of user ids; repeatable" }, \
	{ "map-groups", 0, "INNER:OUTER:COUNT", CREATE_MAP_GROUPS, "user: map a range of group ids; repeatable" }, \
	{ "map-projects", 0, "INNER:OUTER:COUNT", CREATE_MAP_PROJECTS, "user: map a range of project ids; repeatable" }, \
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
	{ "sysctl", 0, "KEY=VALUE", CREATE_SYSCTL, "write a sysctl of the new namespaces; repeatable" }, \
	{ "base", 0, "SET", CREATE_BASE, "take the types that are not asked for from SET" }, \
	{ "label", 0, "KEY=VALUE", CREATE_LABEL, "give the set a label; repeatable" }, \
	{ "network", 0, "HOW", CREATE_NETWORK, "none: a net with loopback; host: no net; pasta[:OPTIONS]: a net with a way out" }, \
	{ "hook", 0, "CMD", CREATE_HOOK, "run CMD outside before the set is set up; repeatable" },          \
	{ "hook-inside", 0, "CMD", CREATE_HOOK_INSIDE, "run CMD inside as the last step; repeatable" }

/* A set to be made, as the command line describes it. */
struct recipe {
	struct app *app;
	struct nsmgr_config *config;
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

/* Once all options are read, before anything is done: whether they fit together. `name` is that of the only set, or NULL.
 * STATUS_DONE, or what was said. */
int recipe_check(struct recipe *recipe, const char *name);

/* Around the making of sets by a recipe with other people's programs in it, which may take long: signals that would end us wait, end
 * the set that is being made, and act at recipe_settle(), when nothing of it is left. Nothing is done for another recipe. */
void recipe_hold(struct recipe *recipe);
void recipe_settle(struct recipe *recipe);

/* The parts of these for the options that nsmgr-full alone has (recipe_full.c); the front hands over. */
int recipe_full_option(struct recipe *recipe, int id, const char *value);
int recipe_full_check(struct recipe *recipe);
void recipe_full_free(struct recipe_full *full);

#endif
