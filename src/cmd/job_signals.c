/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/job.h"

#include "cmd/terminal.h"

#include <sys/signalfd.h>
#include <unistd.h>

/* How long who was told to end may take. */
static const struct timespec patience = { .tv_sec = 5 };

static void tell_all(struct jobs *jobs, int signal)
{
	for (size_t i = 0; i < jobs->parallel; i++)
		if (jobs->slots[i].child)
			kill(-nsmgr_child_pid(jobs->slots[i].child), signal);
}

void jobs_kill(struct jobs *jobs)
{
	tell_all(jobs, SIGKILL);
}

void jobs_stop(struct jobs *jobs, int signal)
{
	if (jobs->patience.bounded) {
		jobs_kill(jobs);
		return;
	}
	tell_all(jobs, signal);
	tell_all(jobs, SIGCONT);
	jobs->patience = nsm_deadline(&patience);
}

/* nohup(1), and what a shell starts in the background. */
static bool is_ignored(int signal)
{
	struct sigaction action;

	return sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

static void take_signal(struct jobs *jobs, int signal)
{
	switch (signal) {
	case SIGHUP:
	case SIGINT:
	case SIGQUIT:
	case SIGTERM:
		if (is_ignored(signal))
			break;
		if (!jobs->signal)
			jobs->signal = signal;
		jobs_stop(jobs, signal);
		break;
	case SIGTSTP:
	case SIGTTIN:
	case SIGTTOU:
		tell_all(jobs, SIGSTOP);
		terminal_suspend(signal);
		/* Where nobody could continue us, we were not stopped. */
		tell_all(jobs, SIGCONT);
		break;
	case SIGCHLD: /* their pidfds tell */
	case SIGPIPE: /* and so does write(2) */
	case SIGWINCH:
	case SIGURG:
		break;
	default:
		tell_all(jobs, signal);
		break;
	}
}

void jobs_take_signals(struct jobs *jobs)
{
	struct signalfd_siginfo info;

	while (read(jobs->signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
		take_signal(jobs, (int)info.ssi_signo);
}
