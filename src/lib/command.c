/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/command.h"

#include "base/fd.h"
#include "lib/edge.h"
#include "lib/sys.h"

#include <unistd.h>

int nsmgr_command_new(struct nsmgr_ctx *ctx, struct nsmgr_command **ret_command)
{
	struct nsmgr_command *command = calloc(1, sizeof(*command));

	if (!command)
		return nsm_fail(ctx, -ENOMEM, "command", NSMGR_TYPE_NONE, NULL);
	command->ctx = nsmgr_ref(ctx);
	command->parent = -EBADF;
	command->group = -1;
	command->cgroup = command->procs = -EBADF;
	*ret_command = command;
	return 0;
}

void nsmgr_command_free(struct nsmgr_command *command)
{
	if (!command)
		return;
	if (command->landlock)
		command->landlock->free(command->landlock);
	if (command->filters)
		command->filters->free(command->filters);
	nsm_close(&command->parent);
	nsm_close(&command->procs);
	free(command->groups);
	free(command->pid_env);
	free(command->env);
	free(command->fds);
	nsmgr_unref(command->ctx);
	free(command);
}

void nsmgr_command_argv0(struct nsmgr_command *command, const char *name)
{
	command->argv0 = name;
}

static bool has_empty_item(const char *list)
{
	return !*list || *list == ',' || strstr(list, ",,") || list[strlen(list) - 1] == ',';
}

int nsmgr_command_as(struct nsmgr_command *command, const char *user_and_groups)
{
	const char *groups = strchr(user_and_groups, ':');

	if (!*user_and_groups || *user_and_groups == ':')
		return nsm_fail_text(command->ctx, -EINVAL, "credentials", NSMGR_TYPE_NONE, NULL, "no user is named");
	if (groups && has_empty_item(groups + 1))
		return nsm_fail_text(command->ctx, -EINVAL, "credentials", NSMGR_TYPE_NONE, NULL, "an empty group in '%s'",
				     user_and_groups);
	command->credentials = NSM_CREDENTIALS_USER;
	command->user = user_and_groups;
	return 0;
}

int nsmgr_command_ids(struct nsmgr_command *command, uid_t uid, gid_t gid, const gid_t groups[], size_t count)
{
	gid_t *copy = NULL;
	bool bad = uid == (uid_t)-1 || gid == (gid_t)-1;

	if (count > NSM_GROUP_COUNT)
		return nsm_fail_text(command->ctx, -E2BIG, "credentials", NSMGR_TYPE_NONE, NULL, "at most %d groups",
				     NSM_GROUP_COUNT);
	for (size_t i = 0; i < count; i++)
		bad |= groups[i] == (gid_t)-1;
	/* set*id(2) take it for "leave it as it is". */
	if (bad)
		return nsm_fail_text(command->ctx, -EINVAL, "credentials", NSMGR_TYPE_NONE, NULL, "-1 is no id");
	if (count) {
		copy = malloc(count * sizeof(*copy));
		if (!copy)
			return nsm_fail(command->ctx, -ENOMEM, "credentials", NSMGR_TYPE_NONE, NULL);
		memcpy(copy, groups, count * sizeof(*copy));
	}
	free(command->groups);
	command->groups = copy;
	command->group_count = count;
	command->uid = uid;
	command->gid = gid;
	command->credentials = NSM_CREDENTIALS_IDS;
	return 0;
}

void nsmgr_command_preserve_credentials(struct nsmgr_command *command)
{
	command->credentials = NSM_CREDENTIALS_PRESERVE;
}

void nsmgr_command_keep_capabilities(struct nsmgr_command *command, uint64_t capabilities)
{
	command->privileges = NSM_PRIVILEGES_KEEP;
	command->capabilities = capabilities;
}

void nsmgr_command_ambient_capabilities(struct nsmgr_command *command, uint64_t capabilities)
{
	command->privileges = NSM_PRIVILEGES_AMBIENT;
	command->capabilities = capabilities;
}

void nsmgr_command_drop_capabilities(struct nsmgr_command *command, uint64_t capabilities)
{
	command->dropped = capabilities;
}

void nsmgr_command_bounding_capabilities(struct nsmgr_command *command, uint64_t capabilities)
{
	command->bounds = true;
	command->bounding = capabilities;
}

int nsmgr_command_securebits(struct nsmgr_command *command, unsigned bits)
{
	const unsigned keep_caps = 1u << 4, known = 0xfff; /* linux/securebits.h */

	if (bits & ~known)
		return nsm_fail_text(command->ctx, -EINVAL, "securebits", NSMGR_TYPE_NONE, NULL, "%#x are none", bits & ~known);
	if (bits & keep_caps)
		return nsm_fail_text(command->ctx, -EINVAL, "securebits", NSMGR_TYPE_NONE, NULL,
				     "keep_caps is cleared by an execve(2)");
	command->securebits = bits;
	return 0;
}

void nsmgr_command_cgroup(struct nsmgr_command *command, int fd)
{
	command->cgroup = fd;
}

void nsmgr_command_stay_in_cgroup(struct nsmgr_command *command)
{
	command->stays_in_cgroup = true;
}

void nsmgr_command_label(struct nsmgr_command *command, const char *text)
{
	command->label = text;
}

void nsmgr_command_no_new_privs(struct nsmgr_command *command)
{
	command->no_new_privs = true;
}

void nsmgr_command_root(struct nsmgr_command *command, const char *path)
{
	command->root = path;
}

void nsmgr_command_cwd(struct nsmgr_command *command, const char *path)
{
	command->cwd = path;
}

void nsmgr_command_signal_mask(struct nsmgr_command *command, uint64_t blocked)
{
	command->sets_mask = true;
	command->mask = blocked;
}

int nsmgr_command_signal(struct nsmgr_command *command, int signal, void (*disposition)(int))
{
	const uint64_t fixed = NSMGR_SIGNAL(SIGKILL) | NSMGR_SIGNAL(SIGSTOP);
	uint64_t which = signal ? 0 : ~fixed;

	if (signal > 0 && signal <= NSM_SIGNAL_COUNT)
		which = NSMGR_SIGNAL(signal);
	if (!which || (which & fixed) || (disposition != SIG_DFL && disposition != SIG_IGN))
		return nsm_fail_text(command->ctx, -EINVAL, "signals", NSMGR_TYPE_NONE, NULL,
				     "signal %d cannot be set, or to neither SIG_DFL nor SIG_IGN", signal);
	command->defaults &= ~which;
	command->ignored &= ~which;
	*(disposition == SIG_DFL ? &command->defaults : &command->ignored) |= which;
	return 0;
}

void nsmgr_command_new_session(struct nsmgr_command *command)
{
	command->new_session = true;
	command->group = -1;
}

int nsmgr_command_process_group(struct nsmgr_command *command, pid_t group)
{
	if (group < 0)
		return nsm_fail_text(command->ctx, -EINVAL, "process group", NSMGR_TYPE_NONE, NULL, "%ld is no process group",
				     (long)group);
	command->new_session = false;
	command->group = group;
	return 0;
}

void nsmgr_command_parent_death(struct nsmgr_command *command, int signal)
{
	command->parent_signal = signal;
}

void nsmgr_command_hook(struct nsmgr_command *command, nsmgr_exec_fn *hook, void *data)
{
	command->hook = hook;
	command->hook_data = data;
}

pid_t nsmgr_command_fork(struct nsmgr_command *command)
{
	enum nsmgr_type type = command->entered_pid ? NSMGR_PID : NSMGR_TYPE_NONE;
	pid_t pid;

	if (command->parent_signal) {
		command->parent = nsm_sys_pidfd_open(getpid());
		if (command->parent < 0)
			return nsm_edge(command->ctx, NSM_EDGE_command_fork,
					nsm_fail(command->ctx, command->parent, "parent death", NSMGR_TYPE_NONE, NULL));
	}
	pid = fork();
	if (pid < 0)
		pid = nsm_fail(command->ctx, -errno, "fork", type, NULL);
	if (pid != 0) {
		nsm_close(&command->parent);
		nsm_close(&command->procs);
	}
	return nsm_edge(command->ctx, NSM_EDGE_command_fork, pid);
}
