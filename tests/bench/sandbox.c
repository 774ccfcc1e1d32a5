/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define NO_SANDBOX 126

/* For the handler: the init of the sandbox, and the signal that ended it. */
static pid_t inside;
static volatile sig_atomic_t ended_by;

/* Its pid namespace goes with it, and the mount namespace with the last process. */
static void end_sandbox(int sig)
{
	int error = errno;

	ended_by = sig;
	if (inside > 0)
		kill(inside, SIGKILL);
	errno = error;
}

static int set_up_mounts(void)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		perror("sandbox: making mounts private");
	else if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		perror("sandbox: mounting /proc");
	else if (mount("sandbox", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755") < 0)
		perror("sandbox: mounting a tmpfs on /run");
	else
		return 0;
	return -1;
}

static int exit_status(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The init: reaps the keepers that are left to it, as the init of a host does, and ends with the worker. */
static int init(int (*work)(void *data), void *data)
{
	pid_t worker, pid;
	int status = 0;

	/* The checks in front of anything that is mounted: that we are where we believe to be. */
	if (getpid() != 1 || set_up_mounts() < 0)
		return NO_SANDBOX;
	worker = fork();
	if (worker == 0)
		exit(work(data));
	if (worker < 0)
		return NO_SANDBOX;
	do
		pid = waitpid(-1, &status, 0);
	while (pid != worker && (pid > 0 || errno == EINTR));
	return exit_status(status);
}

int sandbox_run(int (*work)(void *data), void *data)
{
	static const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE};
	const struct sigaction action = {.sa_handler = end_sandbox};
	sigset_t ours, before;
	int status, alive[2];

	if (pipe2(alive, O_CLOEXEC) < 0 || unshare(CLONE_NEWNS | CLONE_NEWPID) < 0) {
		perror("sandbox: unshare (it needs root)");
		return NO_SANDBOX;
	}
	sigemptyset(&ours);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaddset(&ours, signals[i]);
	sigprocmask(SIG_BLOCK, &ours, &before);
	fflush(NULL);
	inside = fork();
	if (inside == 0) {
		struct pollfd gone = {.fd = alive[0], .events = POLLIN};

		close(alive[1]);
		/* getppid() is 0 in here, alive or not: the pipe tells of a parent that ended before it was tied to us.
		 */
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || poll(&gone, 1, 0) != 0)
			_exit(NO_SANDBOX);
		close(alive[0]);
		sigprocmask(SIG_SETMASK, &before, NULL);
		exit(init(work, data));
	}
	if (inside < 0) {
		perror("sandbox: fork");
		return NO_SANDBOX;
	}
	close(alive[0]);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	while (waitpid(inside, &status, 0) < 0)
		if (errno != EINTR)
			return NO_SANDBOX;
	inside = 0;
	return ended_by ? 128 + ended_by : exit_status(status);
}
