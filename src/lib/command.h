/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_COMMAND_H
#define NSM_LIB_COMMAND_H

#include "lib/confine.h"
#include "lib/ctx.h"
#include "lib/sys.h"

#include <signal.h>

#define NSM_FD_COUNT 256
#define NSM_GROUP_COUNT 1024

enum nsm_credentials {
	NSM_CREDENTIALS_DEFAULT, /* 0:0 inside where a user namespace was joined that maps it */
	NSM_CREDENTIALS_PRESERVE,
	NSM_CREDENTIALS_USER,
	NSM_CREDENTIALS_IDS
};

enum nsm_privileges {
	NSM_PRIVILEGES_USUAL,
	NSM_PRIVILEGES_KEEP,   /* these capabilities alone */
	NSM_PRIVILEGES_AMBIENT /* these whatever the ids */
};

/* A descriptor and the number that the command has it under; the same one for one that only stays. */
struct nsm_move {
	int from, to;
};

/* A directory whose entries cover those of another. */
struct nsm_cover {
	const char *from, *over;
};

#define NSM_COVER_COUNT 4

#define NSM_LIMIT_COUNT 16

struct nsmgr_command {
	struct nsmgr_ctx *ctx;
	enum nsm_credentials credentials;
	const char *user; /* USER[:GROUP[,GROUP...]] */
	uid_t uid;
	gid_t gid;
	size_t group_count;
	gid_t *groups;
	const char *argv0, *root, *cwd;
	bool clear_env, no_new_privs, new_session;
	pid_t group; /* to be in, 0 for its own; -1 for none */
	size_t env_count;
	const char **env;
	char *pid_env; /* NAME=, and room for a number */
	enum nsmgr_stdio stdio[3];
	size_t fd_count;
	struct nsm_move *fds; /* sorted by `to`, which is in it once; NULL or room for NSM_FD_COUNT */
	enum nsm_privileges privileges;
	bool sets_mask;
	uint64_t capabilities, mask;
	uint64_t dropped;	 /* capabilities that it has in no set */
	uint64_t bounding;	 /* with `bounds`: those of its bounding set */
	bool bounds;
	unsigned securebits;	 /* beside those that are there */
	int cgroup; /* a directory of the caller's, or below 0 */
	bool stays_in_cgroup;
	int procs;  /* the file by which it goes into that of the set, from before that is entered */
	const char *label;
	/* Mounts its own mounts and changes its root on the way; NULL where it has none, so that the front need not know how. */
	int (*mount)(struct nsmgr_command *command);
	bool sysfs;
	size_t cover_count;
	struct nsm_cover covers[NSM_COVER_COUNT];
	struct nsm_landlock *landlock; /* NULL: none, and so below; then the front need not know how */
	struct nsm_filters *filters;
	bool landlock_best_effort;
	unsigned limited; /* a bit for each of those that it has of: */
	struct nsm_limit limits[NSM_LIMIT_COUNT];
	uint64_t defaults, ignored; /* signals */
	int parent_signal;
	int parent; /* pidfd of who started the command */
	nsmgr_exec_fn *hook;
	void *hook_data;
	/* From entering: */
	bool entered_user, entered_mnt, entered_pid;
	char name_env[80]; /* NSMGR_NAME=..., or -NSMGR_NAME */
};

/* What is made before the steps up to an execve(2), which may be taken in a child that must not allocate. */
struct nsm_exec {
	const char *program;	  /* looked up in PATH */
	const char *const *argv;
	char **environment;	  /* owned, not the strings */
	const char **own_argv;	  /* owned: a copy of argv with another name */
	struct nsm_move stdio[3]; /* those of them that change */
	size_t stdio_count;
	const sigset_t *mask;	  /* the one to have where the command does not ask for one; NULL: as it is */
	int report;		  /* a descriptor that the steps must not cover, or -EBADF */
};

#define NSM_EXEC_INIT { .report = -EBADF }

int nsm_exec_prepare(struct nsmgr_command *command, const char *const argv[], struct nsm_exec *ret);
void nsm_exec_clear(struct nsm_exec *exec);

/* Records a failed step of the command's: gives r. */
int nsm_command_fail(struct nsmgr_command *command, int r, const char *step, const char *path);

/* What is known of a set without entering it; NULL is for none. */
void nsm_command_look_at(struct nsmgr_command *command, const struct nsmgr_set *set);

/* What it takes over before it enters: a cgroup, a label. */
int nsm_command_follow(struct nsmgr_command *command);

/* Hard limits go up before it enters, as who is in another user namespace, or has other ids, cannot raise any. The rest comes
 * right before the execve(2), for what is limited is our own steps as well. getrlimit(2) */
int nsm_limits_raise(struct nsmgr_command *command);
int nsm_limits_apply(struct nsmgr_command *command);
/* Opens the way into the set's cgroup, before it is out of sight, and goes it, as the process that becomes the command: who stands in
 * front of that is not counted with it. */
int nsm_command_find_cgroup(struct nsmgr_command *command, const struct nsmgr_set *set);
int nsm_command_join_cgroup(struct nsmgr_command *command);

/* Enters it, and changes to the command's root and directory. */
int nsm_command_go_to(struct nsmgr_command *command, struct nsmgr_set *set);

/* Enters the command's root; nothing where it has none. In a set's mounts it must be within their root. */
int nsm_command_change_root(struct nsmgr_command *command);

/* All steps from there up to the execve(2), and that. */
int nsm_command_settle(struct nsmgr_command *command, struct nsm_exec *exec);
int nsm_command_execute(struct nsmgr_command *command, const struct nsm_exec *exec);

/* The steps, in their order: */

/* Puts all descriptors into place, and marks the others. Both may be interleaved with steps that open files. */
int nsm_descriptors_move(struct nsmgr_command *command, struct nsm_exec *exec);
int nsm_descriptors_close(struct nsmgr_command *command);

/* The ids of the command, in the order setgroups, setresgid, setresuid, each read back (LESSONS security 12), and the
 * capabilities with them. */
int nsm_credentials_apply(struct nsmgr_command *command);

/* Around the change of ids: keeps those capabilities over it that the command shall have, and makes them all it has. */
bool nsm_privileges_are_usual(const struct nsmgr_command *command); /* those of its ids */
int nsm_privileges_prepare(struct nsmgr_command *command);
int nsm_privileges_apply(struct nsmgr_command *command);

/* The command's environment, ended by NULL; free the array, not the strings. */
int nsm_environment_build(struct nsmgr_command *command, char ***ret_environment);

/* Completes the variable that holds the pid. */
void nsm_environment_put_pid(struct nsmgr_command *command);

/* execve(2) of a program, looked up in the PATH of the new environment when it has no '/'. Like execvp(3), but without its
 * fallback to a shell, which C libraries do differently. Gives -errno. Without argv it is only looked whether there is a program
 * that may be executed: 0 then. */
int nsm_exec_search(const char *program, const char *const argv[], char *const environment[]);

#endif
