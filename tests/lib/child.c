/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int reap(pid_t pid)
{
	int status = -1;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

int child_complain(const char *file, int line, const char *condition)
{
	int error = errno;
	const struct nsmgr_failure *failure = fixture.ctx ? nsmgr_get_failure(fixture.ctx) : NULL;

	errno = error;
	fprintf(stderr, "%s:%d: in a child: not true: %s (%m; %s: %s)\n", file, line, condition,
		failure ? failure->step : "", failure ? failure->text : "");
	return 1;
}

int child_status(child_fn *run, void *data)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0)
		_exit(run(data));
	return pid < 0 ? -1 : reap(pid);
}

int child_output(child_fn *run, void *data, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t n;
	int fds[2];
	pid_t pid;

	ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], 1);
		close(fds[0]);
		close(fds[1]);
		_exit(run(data));
	}
	close(fds[1]);
	while (len < size - 1 && (n = read(fds[0], buf + len, size - 1 - len)) > 0)
		len += (size_t)n;
	buf[len] = '\0';
	close(fds[0]);
	return reap(pid);
}

static void do_nothing(int sig)
{
	(void)sig;
}

/* Reaps at once whom somebody else has ended, for the init of his pid namespace waits for that, and ends him when the
 * leash is let go. */
static _Noreturn void run_landlord(child_fn *enter, void *data, int leash, int tell)
{
	struct sigaction action = { .sa_handler = do_nothing };
	struct pollfd end = { .fd = leash, .events = POLLIN };
	sigset_t block, none;
	pid_t pid = -1;

	sigaction(SIGCHLD, &action, NULL);
	sigemptyset(&none);
	sigemptyset(&block);
	sigaddset(&block, SIGCHLD);
	sigprocmask(SIG_BLOCK, &block, NULL);
	if (!enter || enter(data) == 0) {
		/* Not least the leashes of others. */
		for (int fd = 3; fd < 256; fd++)
			if (fd != leash && fd != tell)
				close(fd);
		pid = fork();
	}
	if (pid == 0) {
		close(leash);
		close(tell);
		for (;;)
			pause();
	}
	if (write(tell, &pid, sizeof(pid)) != (ssize_t)sizeof(pid) || pid < 0)
		_exit(1);
	while (ppoll(&end, 1, NULL, &none) < 0 && errno == EINTR)
		if (pid > 0 && waitpid(pid, NULL, WNOHANG) == pid)
			pid = 0;
	if (pid > 0) {
		kill(pid, SIGKILL);
		reap(pid);
	}
	_exit(0);
}

struct resident resident_start(child_fn *enter, void *data)
{
	struct resident resident;
	int leash[2], tell[2];

	ck_assert_int_eq(pipe2(leash, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(tell, O_CLOEXEC), 0);
	fflush(NULL);
	resident.outer = fork();
	if (resident.outer == 0) {
		close(leash[1]);
		close(tell[0]);
		run_landlord(enter, data, leash[0], tell[1]);
	}
	close(leash[0]);
	close(tell[1]);
	resident.leash = leash[1];
	ck_assert_int_eq(read(tell[0], &resident.pid, sizeof(resident.pid)), sizeof(resident.pid));
	close(tell[0]);
	ck_assert_int_gt(resident.pid, 0);
	return resident;
}

void resident_end(struct resident *resident)
{
	close(resident->leash);
	ck_assert_int_eq(reap(resident->outer), 0);
}

int pidfd_of(pid_t pid)
{
	return (int)syscall(434, pid, 0); /* pidfd_open, of the same number everywhere */
}

bool has_ended_within(int pidfd, int seconds)
{
	struct pollfd poll_fd = { .fd = pidfd, .events = POLLIN };

	return poll(&poll_fd, 1, seconds * 1000) == 1;
}
