/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/pty.h"

#include "base/fd.h"
#include "base/signals.h"
#include "cmd/flow.h"
#include "cmd/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41)
#endif

/* How long nothing may happen behind the end of our input until that is told again. */
#define END_MILLISECONDS 500

struct bridge {
	const struct supervision *supervision;
	struct time_limit *limit;
	int master; /* below 0: hung up */
	int signals;
	bool input; /* ours is read */
	bool over;  /* and has ended */
	struct flow in, out;
};

/* ---- Making it ---- */

static int take_terminal(void *data)
{
	(void)data;
	return ioctl(STDIN_FILENO, TIOCSCTTY, 0) < 0 ? -errno : 0;
}

static int failed(const struct launch *launch, const char *what)
{
	return say_plain(launch->app, "--pty: %s: %s", what, strerror(errno));
}

int pty_open(struct launch *launch)
{
	struct termios ours;
	struct winsize size;

	launch->pty[0] = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (launch->pty[0] < 0 || unlockpt(launch->pty[0]) < 0)
		return failed(launch, "/dev/ptmx");
	/* By no path: the file of the other side may be another's here. */
	launch->pty[1] = ioctl(launch->pty[0], TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (launch->pty[1] < 0)
		return failed(launch, "TIOCGPTPEER");
	if (tcgetattr(STDIN_FILENO, &ours) == 0)
		tcsetattr(launch->pty[1], TCSANOW, &ours);
	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		ioctl(launch->pty[1], TIOCSWINSZ, &size);
	for (int fd = 0; fd < 3; fd++)
		if (nsmgr_command_give_fd(launch->command, launch->pty[1], fd) < 0)
			return say_failure(launch->app, NULL);
	nsmgr_command_hook(launch->command, take_terminal, NULL);
	return STATUS_DONE;
}

/* ---- To and fro ---- */

/* Nobody is there any more on our side: the command is told as by a line that breaks. */
static void hang_up(struct bridge *bridge)
{
	nsm_close(&bridge->master);
	bridge->input = false;
	bridge->out.at = bridge->out.end = 0;
}

/* Ours passes keys on as they are, and the command's has its size. */
static void make_raw(struct bridge *bridge)
{
	struct winsize size;

	bridge->input = terminal_make_raw() && bridge->master >= 0 && !bridge->over;
	if (bridge->master >= 0 && ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0)
		ioctl(bridge->master, TIOCSWINSZ, &size);
}

/* A terminal has no end of file but the key Ctrl-D. Twice, as the first only ends an unfinished line; again after a pause,
 * as a program that sets up its terminal discards what was typed before. */
static void press_end(struct bridge *bridge)
{
	memset(bridge->in.data, '\004', 2);
	bridge->in.at = 0;
	bridge->in.end = 2;
}

static void read_ours(struct bridge *bridge)
{
	bool end;

	flow_fill(&bridge->in, STDIN_FILENO, &end);
	if (!end)
		return;
	if (isatty(STDIN_FILENO)) {
		/* With SIGTTIN blocked a read in the background fails. */
		if (terminal_is_in_background())
			make_raw(bridge);
		else
			hang_up(bridge);
		return;
	}
	bridge->input = false;
	bridge->over = true;
	press_end(bridge);
}

static void pass(struct bridge *bridge, const struct pollfd *events)
{
	bool end = false;

	if (events[1].revents)
		read_ours(bridge);
	if (events[2].revents && !flow_is_empty(&bridge->in))
		flow_drain(&bridge->in, bridge->master, &end);
	if (end)
		bridge->in.at = bridge->in.end;
	if (events[2].revents & (POLLIN | POLLHUP | POLLERR) && flow_is_empty(&bridge->out) && bridge->master >= 0) {
		flow_fill(&bridge->out, bridge->master, &end);
		if (end) {
			nsm_close(&bridge->master);
			bridge->input = false;
		}
	}
	if (events[3].revents) {
		flow_drain(&bridge->out, STDOUT_FILENO, &end);
		if (end)
			hang_up(bridge);
	}
}

/* ---- Signals ---- */

static void take_signal(struct bridge *bridge, const struct signalfd_siginfo *info)
{
	struct winsize size;

	switch (info->ssi_signo) {
	case SIGCHLD:
		break;
	case SIGWINCH:
		if (bridge->master >= 0 && ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0)
			ioctl(bridge->master, TIOCSWINSZ, &size);
		break;
	case SIGTSTP:
	case SIGTTIN:
	case SIGTTOU:
		time_limit_stop(bridge->limit, terminal_suspend, (int)info->ssi_signo);
		make_raw(bridge);
		break;
	case SIGCONT:
		make_raw(bridge);
		kill(bridge->supervision->child, SIGCONT);
		break;
	default:
		if (info->ssi_pid != (uint32_t)bridge->supervision->child)
			kill(bridge->supervision->child, (int)info->ssi_signo);
		break;
	}
}

static void take_signals(struct bridge *bridge)
{
	struct signalfd_siginfo info;

	while (read(bridge->signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
		take_signal(bridge, &info);
}

/* ---- Standing in front ---- */

/* Waits until our output takes something. False: we are to end. The command has ended, and is sent no more signals. */
static bool may_write(const struct bridge *bridge)
{
	struct pollfd events[] = {
		{ .fd = bridge->signals, .events = POLLIN },
		{ .fd = STDOUT_FILENO, .events = POLLOUT },
	};
	struct signalfd_siginfo info;

	poll(events, NSM_ARRAY_SIZE(events), -1);
	while (read(bridge->signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
		if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT || info.ssi_signo == SIGHUP || info.ssi_signo == SIGQUIT)
			return false;
	return true;
}

/* What was written up to the end of the command; who else has the terminal is hung up by that. */
static void flush(struct bridge *bridge)
{
	bool end = false;

	while (bridge->master >= 0 && !end) {
		while (!flow_is_empty(&bridge->out) && !end && may_write(bridge))
			flow_drain(&bridge->out, STDOUT_FILENO, &end);
		if (!flow_is_empty(&bridge->out))
			break;
		if (!end)
			flow_fill(&bridge->out, bridge->master, &end);
		if (flow_is_empty(&bridge->out))
			break;
	}
}

static void wait_for_some(struct bridge *bridge)
{
	bool room = flow_is_empty(&bridge->in);
	struct pollfd events[] = {
		{ .fd = bridge->signals, .events = POLLIN },
		{ .fd = bridge->input && room ? STDIN_FILENO : -1, .events = POLLIN },
		{ .fd = flow_is_empty(&bridge->out) || !room ? bridge->master : -1,
		  .events = (short)((flow_is_empty(&bridge->out) ? POLLIN : 0) | (room ? 0 : POLLOUT)) },
		{ .fd = flow_is_empty(&bridge->out) ? -1 : STDOUT_FILENO, .events = POLLOUT },
	};
	const bool again = bridge->over && bridge->master >= 0 && room;
	const int left = time_limit_left(bridge->limit);
	const bool due = left >= 0 && (!again || left < END_MILLISECONDS);
	const int n = poll(events, NSM_ARRAY_SIZE(events), due ? left : again ? END_MILLISECONDS : -1);

	if (n == 0 && !due)
		press_end(bridge);
	if (n <= 0)
		return;
	if (events[0].revents)
		take_signals(bridge);
	pass(bridge, events);
}

static enum child_state look(struct bridge *bridge, int *ret_status)
{
	time_limit_keep(bridge->limit);
	return supervise_look(bridge->supervision, ret_status);
}

int pty_supervise(struct launch *launch, const struct supervision *supervision, struct time_limit *limit)
{
	struct bridge bridge = { .supervision = supervision, .limit = limit, .master = take_fd(launch->pty[0]), .input = true };
	enum child_state state;
	sigset_t all;
	int status = STATUS_NSMGR;

	/* The command's side stays open here: who lets go of it, and may open it again, has not ended by that. */
	nsm_all_signals(&all);
	bridge.signals = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
	if (bridge.signals < 0) {
		nsm_close(&bridge.master);
		return failed(launch, "signalfd");
	}
	terminal_catch_faults();
	make_raw(&bridge);
	while ((state = look(&bridge, &status)) != CHILD_ENDED) {
		if (state == CHILD_STOPPED)
			time_limit_stop(limit, terminal_suspend, SIGSTOP);
		else
			wait_for_some(&bridge);
	}
	flush(&bridge);
	terminal_restore();
	nsm_close(&bridge.master);
	nsm_close(&bridge.signals);
	if (bridge.out.error)
		return say_plain(launch->app, "cannot write the output: %s", strerror(bridge.out.error));
	return status;
}
