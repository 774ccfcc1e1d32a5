/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/hook.h"

#include "lib/sys.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define HIGHEST_STATUS 255 /* of an exit, which has to hold an errno: they end well below */

static _Noreturn void run(const struct nsmgr_config *config)
{
	int r;

	nsm_sys_reset_handlers();
	nsm_sys_restore_signals(&config->signals);
	r = config->inside(config->inside_data);
	_exit(r >= 0 ? 0 : -r < HIGHEST_STATUS ? -r : EIO);
}

int nsm_hook_inside(struct nsmgr_config *config)
{
	int status, r;
	pid_t pid;

	if (!config->inside)
		return 0;
	pid = nsm_sys_clone(NULL);
	if (pid == 0)
		run(config);
	if (pid < 0)
		return nsm_fail(config->ctx, pid, "hook", NSMGR_TYPE_NONE, NULL);
	r = nsm_sys_reap(pid, &status);
	if (r < 0)
		return nsm_fail(config->ctx, r, "hook", NSMGR_TYPE_NONE, NULL);
	if (WIFSIGNALED(status))
		return nsm_fail_text(config->ctx, -ECHILD, "hook", NSMGR_TYPE_NONE, NULL, "it died of signal %d",
				     WTERMSIG(status));
	return WEXITSTATUS(status) ? nsm_fail(config->ctx, -WEXITSTATUS(status), "hook", NSMGR_TYPE_NONE, NULL) : 0;
}

int nsm_hook_outside(struct nsmgr_config *config, pid_t pid)
{
	sigset_t blocked;
	int r;

	if (!config->outside)
		return 0;
	nsm_sys_block_signals(&blocked);
	nsm_sys_restore_signals(&config->signals);
	r = config->outside(config->outside_data, pid);
	nsm_sys_restore_signals(&blocked);
	return r < 0 ? nsm_fail(config->ctx, r, "hook", NSMGR_TYPE_NONE, NULL) : 0;
}
