/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/command.h"

#include "lib/edge.h"
#include "lib/init.h"
#include "lib/sys.h"

#include <sys/prctl.h>
#include <unistd.h>

/* The steps up to the execve(2), in the order of KERNEL section 8. What no option asks for costs no system call: they are most
 * of what the front does. */

int nsm_command_fail(struct nsmgr_command *command, int r, const char *step, const char *path)
{
	return nsm_fail(command->ctx, r, step, NSMGR_TYPE_NONE, path);
}

static int join_jobs(struct nsmgr_command *command)
{
	if (command->new_session && setsid() < 0)
		return nsm_command_fail(command, -errno, "new session", NULL);
	if (command->group >= 0 && setpgid(0, command->group) < 0)
		return nsm_command_fail(command, -errno, "process group", NULL);
	return 0;
}

static int set_signals(struct nsmgr_command *command, const struct nsm_exec *exec)
{
	uint64_t changed = command->defaults | command->ignored;
	int r = 0;

	for (int i = 1; changed && i <= NSM_SIGNAL_COUNT && r == 0; i++)
		if (changed & NSMGR_SIGNAL(i))
			r = nsm_sys_set_disposition(i, command->ignored & NSMGR_SIGNAL(i) ? SIG_IGN : SIG_DFL);
	if (r < 0)
		return nsm_command_fail(command, r, "signals", NULL);
	if (command->sets_mask)
		nsm_sys_set_mask(command->mask);
	else if (exec->mask)
		nsm_sys_restore_signals(exec->mask);
	return 0;
}

/* The signal that comes when the parent ends. The setting is lost by a change of ids, so it comes late, and the parent may
 * have ended before: inside a pid namespace getppid(2) would not tell (KERNEL R27). */
static int bind_to_parent(struct nsmgr_command *command)
{
	if (!command->parent_signal)
		return 0;
	if (prctl(PR_SET_PDEATHSIG, command->parent_signal) < 0)
		return nsm_command_fail(command, -errno, "parent death", NULL);
	/* Who becomes the command in place has no parent that we know of. */
	if (command->parent < 0 || !nsm_pidfd_has_ended(command->parent))
		return 0;
	/* raise(3) goes by the thread's number as the C library knows it, which in a clone of a thread is its parent's. */
	kill(getpid(), SIGKILL);
	return nsm_command_fail(command, -ESRCH, "parent death", NULL);
}

int nsm_command_settle(struct nsmgr_command *command, struct nsm_exec *exec)
{
	int r = command->procs >= 0 ? nsm_command_join_cgroup(command) : 0;

	if (r == 0)
		r = join_jobs(command);
	if (r == 0)
		r = nsm_descriptors_move(command, exec);
	if (r == 0)
		r = nsm_credentials_apply(command);
	if (r == 0 && command->no_new_privs && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		r = nsm_command_fail(command, -errno, "no new privileges", NULL);
	/* Whoever is no CAP_SYS_ADMIN may confine himself only then: landlock_restrict_self(2). */
	if (r == 0 && command->landlock)
		r = command->landlock->enforce(command);
	if (r == 0)
		r = set_signals(command, exec);
	if (r == 0)
		r = bind_to_parent(command);
	if (r == 0)
		r = nsm_descriptors_close(command);
	if (r < 0)
		return r;
	nsm_environment_put_pid(command);
	if (command->hook)
		r = command->hook(command->hook_data);
	return r < 0 ? nsm_fail_hook(command->ctx, r) : 0;
}

int nsm_command_execute(struct nsmgr_command *command, const struct nsm_exec *exec)
{
	int r = command->limited ? nsm_limits_apply(command) : 0;

	if (r < 0)
		return r;
	/* Behind all that we do ourselves, so that a filter has to allow no more than execve(2). A program that is not there is
	 * told of before, as long as that can be told. */
	if (command->filters) {
		r = nsm_exec_search(exec->program, NULL, exec->environment);
		if (r == 0 && command->filters->load(command) < 0)
			return -command->ctx->failure.error;
	}
	if (r == 0)
		r = nsm_exec_search(exec->program, exec->argv, exec->environment);
	return nsm_command_fail(command, r, "exec", exec->program);
}

/* ---- Becoming it ---- */

/* The command is shown by another name than it is found by. */
static int rename_program(const char *name, struct nsm_exec *exec)
{
	size_t count = 1;

	while (exec->argv[count])
		count++;
	exec->own_argv = malloc((count + 1) * sizeof(*exec->own_argv));
	if (!exec->own_argv)
		return -ENOMEM;
	memcpy(exec->own_argv, exec->argv, (count + 1) * sizeof(*exec->own_argv));
	exec->own_argv[0] = name;
	exec->argv = exec->own_argv;
	return 0;
}

int nsm_exec_prepare(struct nsmgr_command *command, const char *const argv[], struct nsm_exec *ret)
{
	int r = 0;

	if (!argv[0])
		return nsm_fail_text(command->ctx, -EINVAL, "exec", NSMGR_TYPE_NONE, NULL, "there is no command");
	ret->program = argv[0];
	ret->argv = argv;
	if (command->landlock)
		r = command->landlock->prepare(command);
	if (r < 0)
		return r;
	if (command->argv0)
		r = rename_program(command->argv0, ret);
	if (r < 0)
		return nsm_command_fail(command, r, "exec", argv[0]);
	return nsm_environment_build(command, &ret->environment);
}

void nsm_exec_clear(struct nsm_exec *exec)
{
	nsm_free_ptr(&exec->environment);
	nsm_free_ptr(&exec->own_argv);
}

int nsmgr_command_exec(struct nsmgr_command *command, const char *const argv[])
{
	nsm_cleanup(nsm_exec_clear) struct nsm_exec exec = NSM_EXEC_INIT;
	int r = nsm_exec_prepare(command, argv, &exec);

	if (r == 0)
		r = nsm_command_settle(command, &exec);
	if (r == 0)
		r = nsm_command_execute(command, &exec);
	return nsm_edge(command->ctx, NSM_EDGE_command_exec, r);
}
