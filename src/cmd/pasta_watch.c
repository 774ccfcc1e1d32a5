/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/pasta.h"

#include "base/fd.h"
#include "base/text.h"
#include "cmd/sys.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#define END_MILLISECONDS 10000

/* What the one that stands between it and us has to say: first which process it is to be, then how that went. */
struct verdict {
	pid_t pid; /* 0: the latter */
	int result;
	char why[128];
};

int pasta_report(const struct pasta *pasta, pid_t pid)
{
	const struct verdict news = { .pid = pid };

	return write(pasta->report, &news, sizeof(news)) < 0 ? -errno : 0;
}

/* Has pasta as its child until our end of the leash is closed, by us or by our end. */
static _Noreturn void watch(struct pasta *pasta, int leash, int report)
{
	struct verdict verdict = { 0 };
	struct pollfd events[] = { { .fd = 3, .events = POLLIN }, { .events = POLLIN }, { .events = POLLIN } };
	const int fds[] = { leash, report };

	setsid();
	/* All else is others', whose end it may mean: the creator's socket, the lock of a store. */
	for (int i = 0; i < 2; i++)
		if (fds[i] != 3 + i && dup3(fds[i], 3 + i, O_CLOEXEC) < 0)
			_exit(1);
	sys_close_from(5);
	pasta->report = 4;
	verdict.result = pasta_start(pasta);
	if (verdict.result < 0)
		nsm_copy(verdict.why, sizeof(verdict.why), nsmgr_get_failure(pasta->full->app->ctx)->text);
	if (write(4, &verdict, sizeof(verdict)) != (ssize_t)sizeof(verdict))
		verdict.result = -EPIPE;
	close(4);
	while (verdict.result == 0 && !events[0].revents && !events[1].revents) {
		program_pass(&pasta->running); /* it would wait for a pipe that is full */
		events[1].fd = pasta->running.pidfd;
		events[2].fd = pasta->running.output;
		poll(events, NSM_ARRAY_SIZE(events), -1);
	}
	pasta_free(pasta);
	_exit(0);
}

/* Its child is no other process's number before that is reaped, which the watcher does only when it could not be started, or has ended:
 * ESRCH, and what comes next tells why. */
static void hear(struct network *network, int from, struct verdict *verdict)
{
	ssize_t n;

	do {
		n = read(from, verdict, sizeof(*verdict));
		if (n != (ssize_t)sizeof(*verdict) || !verdict->pid)
			continue;
		network->pasta = sys_pidfd_open(verdict->pid, false);
		if (network->pasta < 0 && network->pasta != -ESRCH) {
			*verdict = (struct verdict){ .result = network->pasta };
			nsm_copy(verdict->why, sizeof(verdict->why), strerror(-network->pasta));
			return;
		}
	} while ((n < 0 && errno == EINTR) || (n > 0 && verdict->pid));
	if (n != (ssize_t)sizeof(*verdict))
		*verdict = (struct verdict){ .result = -ECHILD, .why = "its watcher ended" };
}

int pasta_start_watched(struct pasta *pasta)
{
	struct network *network = &pasta->full->network;
	struct verdict verdict;
	nsm_autoclose int leash = -EBADF, from = -EBADF;
	int there[2], back[2];

	if (pipe2(there, O_CLOEXEC) < 0)
		return pasta_fail(pasta, -errno, strerror(errno));
	leash = there[1];
	network->pasta = -EBADF;
	if (pipe2(back, O_CLOEXEC) < 0) {
		close(there[0]);
		return pasta_fail(pasta, -errno, strerror(errno));
	}
	from = back[0];
	network->watcher = fork();
	if (network->watcher == 0) {
		close(leash);
		/* Up, where the two that are kept do not lie in each other's way. */
		watch(pasta, fcntl(there[0], F_DUPFD_CLOEXEC, 10), fcntl(back[1], F_DUPFD_CLOEXEC, 10));
	}
	close(there[0]);
	close(back[1]);
	if (network->watcher < 0) {
		network->watcher = 0;
		return pasta_fail(pasta, -errno, strerror(errno));
	}
	hear(network, from, &verdict);
	network->leash = take_fd(leash);
	return verdict.result < 0 ? pasta_fail(pasta, verdict.result, verdict.why) : 0;
}

void pasta_end(struct network *network)
{
	struct pollfd end = { .fd = network->pasta, .events = POLLIN };

	if (network->watcher <= 0)
		return;
	nsm_close(&network->leash);
	while (waitpid(network->watcher, NULL, 0) < 0 && errno == EINTR)
		;
	network->watcher = 0;
	/* Nearly always it is gone by now, or the watcher would be here still. One whose watcher was killed, while it started too, has
	 * nobody else: the signal of its parent's end is lost with its privilege (KERNEL R27). */
	if (network->pasta >= 0 && sys_pidfd_kill(network->pasta, SIGKILL) == 0)
		while (poll(&end, 1, END_MILLISECONDS) < 0 && errno == EINTR)
			;
	nsm_close(&network->pasta);
}
