/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/program.h"

#include "base/deadline.h"
#include "base/fd.h"
#include "base/text.h"
#include "cmd/sys.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define GRACE_SECONDS 5

/* ---- starting ---- */

/* The pipes between us and a child that is to become the program. */
struct pipes {
	int output[2];
	int input[2];  /* closed at our end: the program reads an end of file, also where there is no /dev/null */
	int go[2];     /* a byte lets it go on; an end of file, ours too, ends it */
	int failed[2]; /* an errno, if it cannot be run; an end of file is the execve */
};

static void close_pipe(int fds[2])
{
	nsm_close(&fds[0]);
	nsm_close(&fds[1]);
}

static void close_pipes(struct pipes *pipes)
{
	close_pipe(pipes->output);
	close_pipe(pipes->input);
	close_pipe(pipes->go);
	close_pipe(pipes->failed);
}

#define PIPES_INIT { { -EBADF, -EBADF }, { -EBADF, -EBADF }, { -EBADF, -EBADF }, { -EBADF, -EBADF } }

static int open_pipes(struct pipes *pipes)
{
	if (pipe2(pipes->output, O_CLOEXEC) < 0 || pipe2(pipes->input, O_CLOEXEC) < 0 || pipe2(pipes->go, O_CLOEXEC) < 0 ||
	    pipe2(pipes->failed, O_CLOEXEC) < 0 || fcntl(pipes->output[0], F_SETFL, O_NONBLOCK) < 0)
		return -errno;
	return 0;
}

static void reset_signals(void)
{
	sigset_t none;

	for (int sig = 1; sig < _NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Whether our end will be that of the child too: it may have come before the child asked for that, and after it was let go. */
static int tie(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return errno;
	return getppid() == parent ? 0 : ESRCH;
}

static _Noreturn void become(const struct program *program, struct pipes *pipes, pid_t parent)
{
	int error;
	char go;

	nsm_close(&pipes->go[1]);
	setsid();
	error = tie(parent);
	if (read(pipes->go[0], &go, 1) != 1)
		_exit(1);
	reset_signals();
	if (dup2(pipes->input[0], 0) < 0 || dup2(pipes->output[1], 1) < 0 || dup2(pipes->output[1], 2) < 0 ||
	    (pipes->failed[1] != 3 && dup3(pipes->failed[1], 3, O_CLOEXEC) < 0))
		_exit(1);
	sys_close_from(4);
	if (error == 0 && program->prepare)
		error = -program->prepare(program->data);
	if (error == 0) {
		execvp(program->argv[0], program->argv);
		error = errno;
	}
	(void)!write(3, &error, sizeof(error));
	_exit(1);
}

/* 0 once it has become the program, or why it could not. */
static int let_go(struct pipes *pipes)
{
	int error = 0;
	ssize_t n;

	if (write(pipes->go[1], "g", 1) != 1)
		return -errno;
	close_pipe(pipes->go);
	nsm_close(&pipes->failed[1]);
	do
		n = read(pipes->failed[0], &error, sizeof(error));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return n == (ssize_t)sizeof(error) ? -error : 0;
}

int program_start(const struct program *program, int (*ready)(void *data, pid_t pid), void *data, struct running *ret)
{
	nsm_cleanup(program_end) struct running running = RUNNING_INIT;
	nsm_cleanup(close_pipes) struct pipes pipes = PIPES_INIT;
	const pid_t parent = getpid();
	int r = open_pipes(&pipes);

	if (r < 0)
		return r;
	running.program = program;
	running.pid = fork();
	if (running.pid == 0)
		become(program, &pipes, parent);
	if (running.pid < 0) {
		running.pid = 0;
		return -errno;
	}
	running.pidfd = sys_pidfd_open(running.pid, false);
	r = running.pidfd < 0 ? running.pidfd : 0;
	if (r == 0 && ready)
		r = ready(data, running.pid);
	if (r == 0)
		r = let_go(&pipes);
	if (r < 0)
		return r;
	running.output = take_fd(pipes.output[0]);
	*ret = running;
	running = (struct running)RUNNING_INIT;
	return 0;
}

/* ---- the end ---- */

static int reap(struct running *running)
{
	int status = 0;

	while (waitpid(running->pid, &status, 0) < 0 && errno == EINTR)
		;
	running->pid = 0;
	nsm_close(&running->pidfd);
	return status;
}

/* Its group has its number as long as it is not reaped. */
static void signal_group(const struct running *running, int sig)
{
	kill(-running->pid, sig);
	kill(running->pid, sig); /* one that has not come to lead it */
}

/* Until it has ended: true; false: a signal came, or the time is over. */
static bool wait_for_end(struct running *running, int signals, const struct nsm_deadline *deadline)
{
	for (;;) {
		struct pollfd events[] = { { .fd = running->pidfd, .events = POLLIN },
					   { .fd = running->output, .events = POLLIN },
					   { .fd = signals, .events = POLLIN } };
		int r = poll(events, NSM_ARRAY_SIZE(events), nsm_deadline_left(deadline));

		if (r == 0)
			return false;
		if (r < 0)
			continue;
		if (events[0].revents)
			return true;
		if (events[1].revents)
			program_pass(running);
		if (events[2].revents)
			return false;
	}
}

int program_wait(struct running *running, int *ret_status)
{
	nsm_autoclose int signals = signalfd(-1, &running->program->ending, SFD_CLOEXEC);
	const struct timespec grace = { .tv_sec = GRACE_SECONDS };
	struct nsm_deadline never = nsm_deadline(NULL), soon;
	bool ended;

	if (signals < 0)
		return -errno;
	ended = wait_for_end(running, signals, &never);
	if (ended) {
		program_pass_rest(running);
		*ret_status = reap(running);
		return 0;
	}
	soon = nsm_deadline(&grace);
	signal_group(running, SIGTERM);
	wait_for_end(running, -1, &soon);
	program_pass_rest(running);
	program_end(running);
	return -EINTR;
}

void program_end(struct running *running)
{
	if (running->pid > 0) {
		signal_group(running, SIGKILL);
		reap(running);
	}
	nsm_close(&running->pidfd);
	nsm_close(&running->output);
}

void program_release(struct running *running)
{
	running->pid = 0;
	program_end(running);
}

const char *program_status_text(int status, char ret[64])
{
	struct nsm_text text = { .buf = ret, .size = 64 };

	if (WIFSIGNALED(status))
		nsm_text_add(&text, "it died of signal %d", WTERMSIG(status));
	else
		nsm_text_add(&text, "it ended with status %d", WEXITSTATUS(status));
	return ret;
}
