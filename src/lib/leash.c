/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/leash.h"

#include "base/fd.h"
#include "lib/sys.h"

#include <signal.h>
#include <sys/wait.h>

static void end(pid_t pid, int *pidfd, int *socket)
{
	nsm_close(socket);
	nsm_sys_pidfd_kill(*pidfd, SIGKILL);
	while (waitpid(pid, NULL, __WALL) < 0 && errno == EINTR)
		;
	nsm_close(pidfd);
}

int nsm_leash_new(pid_t pid, int pidfd, int socket, struct nsm_leash **ret)
{
	struct nsm_leash *leash = malloc(sizeof(*leash));

	if (!leash) {
		end(pid, &pidfd, &socket);
		return -ENOMEM;
	}
	*leash = (struct nsm_leash){ .refs = 1, .pid = pid, .pidfd = pidfd, .socket = socket };
	*ret = leash;
	return 0;
}

struct nsm_leash *nsm_leash_ref(struct nsm_leash *leash)
{
	if (leash)
		leash->refs++;
	return leash;
}

void nsm_leash_unref(struct nsm_leash *leash)
{
	if (!leash || --leash->refs > 0)
		return;
	end(leash->pid, &leash->pidfd, &leash->socket);
	free(leash);
}
