/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/terminal.h"

#include "base/macro.h"

#include <signal.h>
#include <termios.h>
#include <unistd.h>

/* A handler has to know it. */
static struct termios before;
static volatile sig_atomic_t is_raw;

/* In the background it is somebody else's, who has set it as he needs it; ours is remembered for later. */
void terminal_restore(void)
{
	if (!is_raw || terminal_is_in_background())
		return;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
	is_raw = 0;
}

static void restore_and_die(int signal)
{
	terminal_restore();
	raise(signal); /* SA_RESETHAND: what it would have done */
}

void terminal_catch_faults(void)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };

	for (size_t i = 0; i < NSM_ARRAY_SIZE(faults); i++)
		sigaction(faults[i], &(struct sigaction){ .sa_handler = restore_and_die, .sa_flags = SA_RESETHAND | SA_NODEFER },
			  NULL);
}

bool terminal_is_in_background(void)
{
	pid_t foreground = tcgetpgrp(STDIN_FILENO);

	return foreground > 0 && foreground != getpgrp();
}

void terminal_suspend(int signal)
{
	sigset_t one;

	terminal_restore();
	sigemptyset(&one);
	sigaddset(&one, signal);
	raise(signal);
	sigprocmask(SIG_UNBLOCK, &one, NULL);
	sigprocmask(SIG_BLOCK, &one, NULL);
}

bool terminal_make_raw(void)
{
	struct termios raw;

	if (!isatty(STDIN_FILENO))
		return true;
	if (terminal_is_in_background())
		terminal_suspend(SIGTTIN);
	/* Who was stopped by SIGSTOP may find it cooked, but it was raw before. */
	if (terminal_is_in_background() || (!is_raw && tcgetattr(STDIN_FILENO, &before) < 0))
		return false;
	raw = before;
	cfmakeraw(&raw);
	is_raw = 1;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	return true;
}
