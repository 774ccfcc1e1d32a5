/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_LAUNCH_H
#define NSM_CMD_LAUNCH_H

#include "cmd/app.h"
#include "cmd/create_opts.h"
#include "cmd/supervise.h"

#define ETC_PATH 256

/* A command in a set: the options and the status of exec, run and shell. */
struct launch {
	struct app *app;
	struct nsmgr_command *command;
	unsigned types; /* of the set that are entered */
	bool chosen;	/* --only or --except was given */
	bool fork, new_session, no_etc, no_defaults;
	struct told_list told; /* its options */
	char *defaults;	       /* the text that some of them borrow from, or NULL */
	/* From options that nsmgr-full alone has: */
	uint64_t cap_options; /* those about capabilities that were given */
	bool join_cgroup, follow_context, reset_vrf;
	int cgroup;
	char *label;
	bool has_pty;
	int pty[2]; /* our side of a terminal for the command, and its own */
	const char *as; /* of --as, or NULL */
	bool preserves_credentials, keeps_capabilities;
	uint64_t capabilities; /* that are kept, or ambient */
	uint64_t bounding;     /* what root is left with of the others */
	struct seccomp *seccomp; /* its profiles, and who frees them */
	void (*release)(struct launch *launch);
	bool has_timeout, has_kill_after, leads; /* it has a process group of its own, for that */
	struct timespec timeout, kill_after;
	bool counts; /* --rusage */
	const char *usage_path; /* or NULL, and its file, or below 0 */
	int usage;
	const char *name; /* of the set, from `prepare` on, and when that was */
	struct timespec begun;
	/* Whether what was asked for goes together: STATUS_DONE, or a failure that was said. NULL: it does. */
	int (*check)(struct launch *launch);
	/* Stands in front of the command as supervise() does; NULL: that. */
	int (*supervise)(struct launch *launch, const struct supervision *supervision);
	const char *root; /* of --root, or NULL */
	char etc[2][ETC_PATH]; /* directories whose files are seen in /etc */
	/* What they need of the set before it is entered: STATUS_DONE, or a failure that was said. NULL: nothing. */
	int (*prepare)(struct launch *launch, const struct nsmgr_set *set, const char *name);
};

/* Ids of options, behind those of create's (create_opts.h). */
enum {
	LAUNCH_FIRST = 128,
	LAUNCH_ONLY = LAUNCH_FIRST,
	LAUNCH_EXCEPT,
	LAUNCH_NO_DEFAULTS,
	LAUNCH_AS,
	LAUNCH_PRESERVE_CREDENTIALS,
	LAUNCH_CWD,
	LAUNCH_WDNS,
	LAUNCH_ROOT,
	LAUNCH_ARGV0,
	LAUNCH_ENV,
	LAUNCH_CLEAR_ENV,
	LAUNCH_PRESERVE_FDS,
	LAUNCH_NO_NEW_PRIVS,
	LAUNCH_NEW_SESSION,
	LAUNCH_FORK,
	LAUNCH_KILL_CHILD,
	LAUNCH_NO_ETC,
	LAUNCH_NO_JOIN_CGROUP,
	/* nsmgr-full: */
	LAUNCH_CAP_KEEP,
	LAUNCH_CAP_AMBIENT,
	LAUNCH_JOIN_CGROUP,
	LAUNCH_FOLLOW_CONTEXT,
	LAUNCH_RESET_VRF,
	LAUNCH_SYSFS,
	LAUNCH_PTY,
	LAUNCH_LANDLOCK_RO,
	LAUNCH_LANDLOCK_RW,
	LAUNCH_LANDLOCK_RX,
	LAUNCH_LANDLOCK_BIND,
	LAUNCH_LANDLOCK_CONNECT,
	LAUNCH_LANDLOCK_SCOPE,
	LAUNCH_LANDLOCK_BEST_EFFORT,
	LAUNCH_SECCOMP,
	LAUNCH_CAP_DROP,
	LAUNCH_CAP_BOUNDING,
	LAUNCH_SECUREBITS,
	LAUNCH_LIMIT,
	LAUNCH_TIMEOUT,
	LAUNCH_KILL_AFTER,
	LAUNCH_RUSAGE,
	LAUNCH_OPTION_END
};

/* For a set that is there already, of which not all has to be entered. */
#define CHOICE_OPTIONS                                                                                          \
	{ "only", 0, "LIST", LAUNCH_ONLY, "enter only these types" },                                           \
	{ "except", 0, "LIST", LAUNCH_EXCEPT, "do not enter these types" },                            \
	{ "no-defaults", 0, NULL, LAUNCH_NO_DEFAULTS, "leave what the set has as defaults (create --exec-...)" }

#define LAUNCH_OPTIONS                                                                                          \
	{ "as", 'S', "USER[:GROUP[,GROUP...]]", LAUNCH_AS,                                                      \
	  "run as USER, by number or by the names known inside" },                                              \
	{ "preserve-credentials", 0, NULL, LAUNCH_PRESERVE_CREDENTIALS, "leave user and group ids as they are" }, \
	{ "root", 0, "DIR", LAUNCH_ROOT, "have DIR of the set as the root directory" },                         \
	{ "cwd", 'w', "DIR", LAUNCH_CWD, "start in DIR of the set" },                                           \
	{ "wdns", 'W', "DIR", LAUNCH_WDNS, "the same as --cwd" },                                               \
	{ "argv0", 0, "NAME", LAUNCH_ARGV0, "what the command sees as its own name" },                          \
	{ "env", 'e', "K=V|K|-K...", LAUNCH_ENV, "set, import or unset a variable" },                  \
	{ "clear-env", 0, NULL, LAUNCH_CLEAR_ENV, "start from an empty environment" },                          \
	{ "preserve-fds", 0, "N[,M...]...", LAUNCH_PRESERVE_FDS, "keep these descriptors above 2 open" },          \
	{ "no-new-privs", 0, NULL, LAUNCH_NO_NEW_PRIVS, "no privilege can be gained by an exec" },              \
	{ "cap-keep", 0, "CAP[,CAP...]", LAUNCH_CAP_KEEP, "keep these capabilities and no others" },            \
	{ "cap-ambient", 0, "CAP[,CAP...]", LAUNCH_CAP_AMBIENT, "keep these as an ordinary user too" },         \
	{ "landlock-ro", 0, "PATH[,PATH...]...", LAUNCH_LANDLOCK_RO, "read these, and use no other files" }, \
	{ "landlock-rw", 0, "PATH[,PATH...]...", LAUNCH_LANDLOCK_RW, "read and change these" },                    \
	{ "landlock-rx", 0, "PATH[,PATH...]...", LAUNCH_LANDLOCK_RX, "read and execute these" },                   \
	{ "landlock-bind", 0, "PORT|A-B[,...]...", LAUNCH_LANDLOCK_BIND, "bind TCP sockets to no other ports" },   \
	{ "landlock-connect", 0, "PORT|A-B[,...]...", LAUNCH_LANDLOCK_CONNECT, "connect TCP sockets to no other ports" }, \
	{ "landlock-scope", 0, "SCOPE[,SCOPE]...", LAUNCH_LANDLOCK_SCOPE,                                          \
	  "send no signals, or connect to no abstract sockets, outside" },                                      \
	{ "landlock-best-effort", 0, NULL, LAUNCH_LANDLOCK_BEST_EFFORT, "go without what the kernel cannot enforce" }, \
	{ "seccomp", 0, "PROFILE...", LAUNCH_SECCOMP, "filter system calls by FILE, container or audit" }, \
	{ "cap-add", 0, "CAP[,CAP...]", LAUNCH_CAP_AMBIENT, "the same as --cap-ambient" },                      \
	{ "cap-drop", 0, "CAP[,CAP...]", LAUNCH_CAP_DROP, "have these in no set, but what --cap-add keeps" },   \
	{ "cap-bounding", 0, "CAP[,CAP...]", LAUNCH_CAP_BOUNDING, "have these alone in the bounding set" },     \
	{ "securebits", 0, "BIT[,BIT...]", LAUNCH_SECUREBITS, "set these securebits too" },                     \
	{ "limit", 0, "NAME=SOFT[:HARD]...", LAUNCH_LIMIT, "limit a resource, by its name in setrlimit" }, \
	{ "timeout", 0, "SEC[.FRAC]", LAUNCH_TIMEOUT, "end it by SIGTERM after so long, with status 124" },     \
	{ "kill-after", 0, "SEC[.FRAC]", LAUNCH_KILL_AFTER, "then by SIGKILL, so long after that (5)" },        \
	{ "rusage", 0, "[=FILE]", LAUNCH_RUSAGE, "say at the end what it used; as JSON in FILE.json" },         \
	{ "join-cgroup", 0, NULL, LAUNCH_JOIN_CGROUP, "run in the cgroup of the set's init" },                  \
	{ "no-join-cgroup", 0, NULL, LAUNCH_NO_JOIN_CGROUP, "stay in the caller's cgroup" },                   \
	{ "follow-context", 0, NULL, LAUNCH_FOLLOW_CONTEXT, "run with the security label of the set's init" },  \
	{ "reset-vrf", 0, NULL, LAUNCH_RESET_VRF, "leave the VRF that the caller is in" },                      \
	{ "sysfs", 0, NULL, LAUNCH_SYSFS, "a /sys of its own, of its network namespace" },                      \
	{ "no-etc", 0, NULL, LAUNCH_NO_ETC, "leave /etc as it is" },                                            \
	{ "pty", 0, NULL, LAUNCH_PTY, "a terminal of its own, joined to ours" },                                \
	{ "new-session", 0, NULL, LAUNCH_NEW_SESSION, "a session of its own, without a terminal" },             \
	{ "fork", 'f', NULL, LAUNCH_FORK, "run it as a child, also where that is not needed" },                 \
	{ "kill-child", 0, "[=SIG]", LAUNCH_KILL_CHILD, "a signal for the command when nsmgr ends (KILL)" }

/* Those above alone, which a set can have as defaults for its commands. */
extern const struct opt launch_options[];

/* STATUS_DONE, or a failure that was said. */
int launch_begin(struct launch *launch, struct app *app);
void launch_free(struct launch *launch);

/* Applies such an option. false: it is none of these. *ret_status is STATUS_DONE, or that of a bad value, after having
 * said what is wrong. */
bool launch_option(struct launch *launch, int id, const char *value, int *ret_status);

/* Once all options are known: whether they go together. STATUS_DONE, or what is wrong was said. */
int launch_check(struct launch *launch);

/* Such an option of those that nsmgr-full alone has; the front hands over. */
int launch_full_option(struct launch *launch, int id, const char *value);

/* Before anything is done: has the command see the files of /etc/nsmgr/NAME and /etc/netns/NAME in /etc, where there are such,
 * where it enters a network namespace (`types`) without a mount namespace, which could have files of its own, and where that is
 * wanted. STATUS_DONE, or a failure that was said. */
int launch_choose_etc(struct launch *launch, unsigned types, const char *name);

/* The part of it for when there are such; the front hands over. */
int launch_cover_etc(struct launch *launch, const char *name);

/* nsmgr-full: begins anew, with the defaults of a set that was opened and has some, or of one to be made, before what the command line
 * said. The front hands over. launch_defaults.c */
int launch_take_defaults(struct launch *launch, const struct nsmgr_set *set, const char *name);
int launch_take_recipe(struct launch *launch, const struct recipe *recipe);

/* The same as another launch, for one of many sets. ret_launch is always to be freed. */
int launch_for_set(const struct launch *launch, const struct nsmgr_set *set, const char *name, struct launch *ret_launch);

/* Before the set is entered: STATUS_DONE, or a failure that was said. name may be NULL. */
int launch_prepare(struct launch *launch, const struct nsmgr_set *set, const char *name);

/* Whether the command cannot take our place, but has to be a child, when namespaces of these types are entered. */
bool launch_forks(const struct launch *launch, unsigned types);

/* Stands in front of the command until it ends: its status. */
int launch_supervise(struct launch *launch, const struct supervision *supervision);

/* The status of a command that could not be started, after having said why; `error` is what the library gave. */
int launch_failed(const struct launch *launch, const char *name, int error);

/* Enters a set (owned from here on), whose keeper, if it has one, does not end with it, and runs the command there, in our
 * place or as a child: its status, or that of a failure that was said. */
int launch_in(struct launch *launch, struct nsmgr_set *set, const char *name, char **argv);

/* The same in the set of that name. */
int launch_in_named(struct launch *launch, const char *name, char **argv);

#endif
