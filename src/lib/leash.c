/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/leash.h"

#include "base/fd.h"
#include "lib/sys.h"

#include <signal.h>
#include <unistd.h>

static void end(pid_t pid, int *pidfd, int *socket)
{
	nsm_close(socket);
	nsm_sys_pidfd_kill(*pidfd, SIGKILL);
	nsm_sys_reap(pid, NULL);
	nsm_close(pidfd);
}

int nsm_leash_new(pid_t pid, int pidfd, int socket, struct nsm_leash **ret)
{
	struct nsm_leash *leash = malloc(sizeof(*leash));

	if (!leash) {
		end(pid, &pidfd, &socket);
		return -ENOMEM;
	}
	*leash = (struct nsm_leash){ .refs = 1, .owner = getpid(), .pid = pid, .pidfd = pidfd, .socket = socket };
	*ret = leash;
	return 0;
}

struct nsm_leash *nsm_leash_ref(struct nsm_leash *leash)
{
	if (leash)
		__atomic_add_fetch(&leash->refs, 1, __ATOMIC_RELAXED);
	return leash;
}

void nsm_leash_unref(struct nsm_leash *leash)
{
	if (!leash || __atomic_sub_fetch(&leash->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	if (leash->owner == getpid())
		end(leash->pid, &leash->pidfd, &leash->socket);
	nsm_close(&leash->pidfd);
	nsm_close(&leash->socket);
	free(leash);
}
