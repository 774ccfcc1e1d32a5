/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/hook.h"

#include "base/fd.h"
#include "lib/sys.h"

#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOWEST_RESULT (-254) /* the exit status of a hook inside has to hold an errno: they end well below */

int nsm_hook_result(int result)
{
	return result >= 0 ? 0 : result >= LOWEST_RESULT ? result : -EIO;
}

/* Its own words, if it had any; a hook that fails without them has the step "hook". */
static int fail(struct nsmgr_config *config, int r)
{
	if (!config->hook_told)
		return nsm_fail_hook(config->ctx, r);
	config->ctx->failure.error = -r;
	config->ctx->failure.of_hook = true;
	return r;
}

/* `why` is shared with the one who waits. */
static _Noreturn void run(struct nsmgr_config *config, struct nsm_failure *why)
{
	int r;

	/* What it leaves running shall not hold our socket. */
	nsm_handed_close_others(&config->handed);
	nsm_sys_reset_handlers();
	nsm_sys_restore_signals(&config->signals);
	config->hook_told = false;
	r = nsm_hook_result(config->inside(config->inside_data));
	if (r < 0) {
		fail(config, r);
		*why = config->ctx->failure;
	}
	_exit(-r);
}

/* Until it has ended; or the manager has, and then it is not to be waited for. */
static void wait_for_end(const struct nsmgr_config *config, int pidfd, int socket)
{
	struct pollfd events[] = { { .fd = pidfd, .events = POLLIN }, { .fd = socket } };

	while (poll(events, NSM_ARRAY_SIZE(events), -1) < 0 && errno == EINTR)
		;
	if (!(events[1].revents & POLLHUP))
		return;
	/* Who thinks of signals may have something to end himself. */
	nsm_sys_pidfd_kill(pidfd, config->interrupt ? SIGTERM : SIGKILL);
	_exit(1);
}

static int run_inside(struct nsmgr_config *config, int socket, struct nsm_failure *why)
{
	nsm_autoclose int pidfd = -EBADF;
	pid_t pid = nsm_sys_clone(&pidfd);
	int status, r;

	if (pid == 0)
		run(config, why);
	if (pid < 0)
		return nsm_fail(config->ctx, pid, "hook", NSMGR_TYPE_NONE, NULL);
	wait_for_end(config, pidfd, socket);
	r = nsm_sys_reap(pid, &status);
	if (r < 0)
		return nsm_fail(config->ctx, r, "hook", NSMGR_TYPE_NONE, NULL);
	if (WIFSIGNALED(status))
		return nsm_fail_text(config->ctx, -ECHILD, "hook", NSMGR_TYPE_NONE, NULL, "it died of signal %d",
				     WTERMSIG(status));
	if (WEXITSTATUS(status) == 0)
		return 0;
	/* One that ended by itself has left nothing there. */
	return why->error ? nsm_failure_take(config->ctx, why) : fail(config, -WEXITSTATUS(status));
}

int nsm_hook_inside(struct nsmgr_config *config, int socket)
{
	struct nsm_failure *why;
	int r;

	if (!config->inside)
		return 0;
	why = mmap(NULL, sizeof(*why), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (why == MAP_FAILED)
		return nsm_fail(config->ctx, -errno, "hook", NSMGR_TYPE_NONE, NULL);
	r = run_inside(config, socket, why);
	munmap(why, sizeof(*why));
	return r;
}

int nsm_hook_outside(struct nsmgr_config *config, pid_t pid)
{
	sigset_t blocked;
	int r;

	if (!config->outside)
		return 0;
	config->hook_told = false;
	nsm_handed_begin(&config->handed);
	nsm_sys_block_signals(&blocked);
	nsm_sys_restore_signals(&config->signals);
	r = nsm_hook_result(config->outside(config->outside_data, pid));
	nsm_sys_restore_signals(&blocked);
	if (r < 0)
		nsm_handed_close(&config->handed);
	config->handed.open = false;
	return r < 0 ? fail(config, r) : 0;
}
