/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_COMMAND_H
#define NSM_LIB_COMMAND_H

#include "lib/ctx.h"

#define NSM_FD_COUNT 256

enum nsm_credentials {
	NSM_CREDENTIALS_DEFAULT, /* 0:0 inside where a user namespace was joined that maps it */
	NSM_CREDENTIALS_PRESERVE,
	NSM_CREDENTIALS_USER
};

struct nsmgr_command {
	struct nsmgr_ctx *ctx;
	enum nsm_credentials credentials;
	const char *user; /* USER[:GROUP[,GROUP...]] */
	const char *cwd;
	bool clear_env, no_new_privs, new_session;
	size_t env_count;
	const char **env;
	size_t fd_count;
	int fds[NSM_FD_COUNT]; /* sorted */
	int parent_signal;
	int parent; /* pidfd of who forked the command */
	/* From entering: */
	bool entered_user, entered_mnt, entered_pid;
	char name_env[80]; /* NSMGR_NAME=... */
};

/* The ids of the command, in the order setgroups, setresgid, setresuid, each read back (LESSONS security 12). */
int nsm_credentials_apply(struct nsmgr_command *command);

/* The command's environment, ended by NULL; free the array, not the strings. */
int nsm_environment_build(struct nsmgr_command *command, char ***ret_environment);

/* execve(2) of argv[0], looked up in the PATH of the new environment when it has no '/'. Like execvp(3), but without its
 * fallback to a shell, which C libraries do differently. Gives -errno. */
int nsm_exec_search(const char *const argv[], char *const environment[]);

#endif
