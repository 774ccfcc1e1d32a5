/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/command.h"

#include "base/fd.h"
#include "base/text.h"
#include "lib/nsfd.h"
#include "lib/set.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

int nsmgr_command_new(struct nsmgr_ctx *ctx, struct nsmgr_command **ret_command)
{
	struct nsmgr_command *command = calloc(1, sizeof(*command));

	if (!command)
		return nsm_fail(ctx, -ENOMEM, "command", NSMGR_TYPE_NONE, NULL);
	command->ctx = nsmgr_ref(ctx);
	command->parent = -EBADF;
	*ret_command = command;
	return 0;
}

void nsmgr_command_free(struct nsmgr_command *command)
{
	if (!command)
		return;
	nsm_close(&command->parent);
	free(command->env);
	nsmgr_unref(command->ctx);
	free(command);
}

int nsmgr_command_as(struct nsmgr_command *command, const char *user_and_groups)
{
	if (!*user_and_groups || *user_and_groups == ':')
		return nsm_fail_text(command->ctx, -EINVAL, "credentials", NSMGR_TYPE_NONE, NULL, "no user is named");
	command->credentials = NSM_CREDENTIALS_USER;
	command->user = user_and_groups;
	return 0;
}

void nsmgr_command_preserve_credentials(struct nsmgr_command *command)
{
	command->credentials = NSM_CREDENTIALS_PRESERVE;
}

void nsmgr_command_cwd(struct nsmgr_command *command, const char *path)
{
	command->cwd = path;
}

int nsmgr_command_env(struct nsmgr_command *command, const char *assignment)
{
	const char *name = assignment + (*assignment == '-');
	const char **changes;

	if (!*name || *name == '=' || (name != assignment && strchr(name, '=')))
		return nsm_fail_text(command->ctx, -EINVAL, "environment", NSMGR_TYPE_NONE, NULL,
				     "neither NAME=VALUE, nor NAME, nor -NAME");
	changes = realloc(command->env, (command->env_count + 1) * sizeof(*changes));
	if (!changes)
		return nsm_fail(command->ctx, -ENOMEM, "environment", NSMGR_TYPE_NONE, NULL);
	command->env = changes;
	command->env[command->env_count++] = assignment;
	return 0;
}

void nsmgr_command_clear_env(struct nsmgr_command *command)
{
	command->clear_env = true;
}

int nsmgr_command_preserve_fd(struct nsmgr_command *command, int fd)
{
	size_t at = command->fd_count;

	if (fd < 0 || fcntl(fd, F_GETFD) < 0)
		return nsm_fail_text(command->ctx, -EBADF, "descriptors", NSMGR_TYPE_NONE, NULL, "%d is not open", fd);
	if (fd <= 2)
		return 0;
	if (at == NSM_FD_COUNT)
		return nsm_fail_text(command->ctx, -E2BIG, "descriptors", NSMGR_TYPE_NONE, NULL, "at most %d", NSM_FD_COUNT);
	for (; at > 0 && command->fds[at - 1] > fd; at--)
		command->fds[at] = command->fds[at - 1];
	command->fds[at] = fd;
	command->fd_count++;
	return 0;
}

void nsmgr_command_no_new_privs(struct nsmgr_command *command)
{
	command->no_new_privs = true;
}

void nsmgr_command_new_session(struct nsmgr_command *command)
{
	command->new_session = true;
}

void nsmgr_command_parent_death(struct nsmgr_command *command, int signal)
{
	command->parent_signal = signal;
}

/* Where the command starts: --cwd inside; else the present directory where it exists inside, else /. By its name, so
 * that it is below the root that was entered (CVE-2024-21626); `before` is "" when it had none. */
static int change_directory(struct nsmgr_command *command, const char *before)
{
	const char *cwd = command->cwd;

	/* A relative one is meant from where the command would start without it. */
	if (command->entered_mnt && (!cwd || *cwd != '/') && (!*before || chdir(before) < 0)) {
		nsm_log(command->ctx, "the present directory does not exist inside: starting in /");
		if (chdir("/") < 0)
			return nsm_fail(command->ctx, -errno, "cwd", NSMGR_TYPE_NONE, "/");
	}
	return cwd && chdir(cwd) < 0 ? nsm_fail(command->ctx, -errno, "cwd", NSMGR_TYPE_NONE, cwd) : 0;
}

int nsmgr_command_enter(struct nsmgr_command *command, struct nsmgr_set *set)
{
	unsigned types = nsmgr_set_types(set);
	struct nsm_text text = NSM_TEXT(command->name_env);
	char before[PATH_MAX] = "";
	int r;

	command->entered_mnt = types & NSMGR_MASK(NSMGR_MNT);
	command->entered_pid = types & NSMGR_MASK(NSMGR_PID);
	command->entered_user = (types & NSMGR_MASK(NSMGR_USER)) && !nsm_nsfd_is_own(set->fds[NSMGR_USER], NSMGR_USER);
	nsm_text_add(&text, "NSMGR_NAME=%s", set->name);
	/* "(unreachable)..." is what the kernel says of a directory outside our root. */
	if (command->entered_mnt && (!getcwd(before, sizeof(before)) || before[0] != '/'))
		before[0] = '\0';
	/* Nobody inside shall trace us or read our memory while we are neither here nor there (CVE-2016-9962). An
	 * execve gives the attribute back. Only these three show us to somebody who did not see us before. */
	if (command->entered_pid || command->entered_mnt || command->entered_user)
		prctl(PR_SET_DUMPABLE, 0);
	r = nsmgr_set_enter(set);
	return r < 0 ? r : change_directory(command, before);
}

/* Keeps exactly the chosen descriptors above 2. Those were found open before, and lose their close-on-exec mark. */
static int close_descriptors(struct nsmgr_command *command)
{
	unsigned next = 3;
	int r;

	for (size_t i = 0; i < command->fd_count; i++) {
		unsigned fd = (unsigned)command->fds[i];

		if (fd > next) {
			r = nsm_sys_close_range(next, fd - 1, true);
			if (r < 0)
				return r;
		}
		if (fcntl((int)fd, F_SETFD, 0) < 0)
			return -errno;
		next = fd + 1;
	}
	return nsm_sys_close_range(next, ~0u, true);
}

/* The signal that comes when the parent ends. The setting is lost by a change of ids, so it comes late, and the parent may
 * have ended before: inside a pid namespace getppid(2) would not tell (KERNEL R27). */
static int bind_to_parent(struct nsmgr_command *command)
{
	struct pollfd parent = { .fd = command->parent, .events = POLLIN };

	if (!command->parent_signal)
		return 0;
	if (prctl(PR_SET_PDEATHSIG, command->parent_signal) < 0)
		return -errno;
	if (poll(&parent, 1, 0) != 0)
		raise(SIGKILL);
	return 0;
}

pid_t nsmgr_command_fork(struct nsmgr_command *command)
{
	enum nsmgr_type type = command->entered_pid ? NSMGR_PID : NSMGR_TYPE_NONE;
	pid_t pid;

	if (command->parent_signal) {
		command->parent = nsm_sys_pidfd_open(getpid());
		if (command->parent < 0)
			return nsm_fail(command->ctx, command->parent, "parent death", NSMGR_TYPE_NONE, NULL);
	}
	pid = fork();
	if (pid < 0)
		pid = nsm_fail(command->ctx, -errno, "fork", type, NULL);
	if (pid != 0)
		nsm_close(&command->parent);
	return pid;
}

int nsmgr_command_exec(struct nsmgr_command *command, const char *const argv[])
{
	struct nsmgr_ctx *ctx = command->ctx;
	nsm_autofree char **environment = NULL;
	int r = nsm_environment_build(command, &environment);

	if (r < 0)
		return r;
	if (command->new_session && setsid() < 0)
		return nsm_fail(ctx, -errno, "new session", NSMGR_TYPE_NONE, NULL);
	r = nsm_credentials_apply(command);
	if (r < 0)
		return r;
	if (command->no_new_privs && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return nsm_fail(ctx, -errno, "no new privileges", NSMGR_TYPE_NONE, NULL);
	r = bind_to_parent(command);
	if (r < 0)
		return nsm_fail(ctx, r, "parent death", NSMGR_TYPE_NONE, NULL);
	r = close_descriptors(command);
	if (r < 0)
		return nsm_fail(ctx, r, "descriptors", NSMGR_TYPE_NONE, NULL);
	return nsm_fail(ctx, nsm_exec_search(argv, environment), "exec", NSMGR_TYPE_NONE, argv[0]);
}
