/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/supervise.h"

#include "base/parse.h"
#include "base/signals.h"
#include "cmd/app.h"

#include <sys/wait.h>
#include <unistd.h>

int signal_number(const char *name)
{
	static const struct {
		const char *name;
		int number;
	} signals[] = {
		{ "HUP", SIGHUP }, { "INT", SIGINT }, { "QUIT", SIGQUIT }, { "ILL", SIGILL }, { "TRAP", SIGTRAP },
		{ "ABRT", SIGABRT }, { "BUS", SIGBUS }, { "FPE", SIGFPE }, { "KILL", SIGKILL }, { "USR1", SIGUSR1 },
		{ "SEGV", SIGSEGV }, { "USR2", SIGUSR2 }, { "PIPE", SIGPIPE }, { "ALRM", SIGALRM },
		{ "TERM", SIGTERM }, { "CHLD", SIGCHLD }, { "CONT", SIGCONT }, { "STOP", SIGSTOP },
		{ "TSTP", SIGTSTP }, { "TTIN", SIGTTIN }, { "TTOU", SIGTTOU }, { "URG", SIGURG }, { "XCPU", SIGXCPU },
		{ "XFSZ", SIGXFSZ }, { "VTALRM", SIGVTALRM }, { "PROF", SIGPROF }, { "WINCH", SIGWINCH },
		{ "IO", SIGIO }, { "POLL", SIGPOLL }, { "PWR", SIGPWR }, { "SYS", SIGSYS },
#ifdef SIGSTKFLT /* not everywhere */
		{ "STKFLT", SIGSTKFLT },
#endif
	};
	uint32_t number;

	if (nsm_parse_u32(name, &number) == 0)
		return number > 0 && number < _NSIG ? (int)number : 0;
	if (nsm_after(name, "SIG"))
		name += 3;
	for (size_t i = 0; i < NSM_ARRAY_SIZE(signals); i++)
		if (nsm_streq(signals[i].name, name))
			return signals[i].number;
	return 0;
}

void supervise_begin(struct supervision *supervision)
{
	sigset_t all;

	*supervision = (struct supervision){ 0 };
	nsm_all_signals(&all);
	/* Those that tell of our own faults cannot wait. */
	sigdelset(&all, SIGSEGV);
	sigdelset(&all, SIGBUS);
	sigdelset(&all, SIGFPE);
	sigdelset(&all, SIGILL);
	sigdelset(&all, SIGABRT);
	/* An inherited SIG_IGN would take the child's end away from us. */
	sigaction(SIGCHLD, &(struct sigaction){ .sa_handler = SIG_DFL }, &supervision->chld_before);
	nsm_signal_mask(SIG_BLOCK, &all, &supervision->before);
}

void supervise_child(const struct supervision *supervision)
{
	sigaction(SIGCHLD, &supervision->chld_before, NULL);
	nsm_signal_mask(SIG_SETMASK, &supervision->before, NULL);
}

int supervise_command(const struct supervision *supervision, struct nsmgr_command *command)
{
	uint64_t blocked = 0;

	for (int i = 1; i <= 64; i++)
		if (sigismember(&supervision->before, i) > 0)
			blocked |= NSMGR_SIGNAL(i);
	nsmgr_command_signal_mask(command, blocked);
	/* Without a handler of ours it is one of both, at the start of a program. */
	return nsmgr_command_signal(command, SIGCHLD, supervision->chld_before.sa_handler == SIG_IGN ? SIG_IGN : SIG_DFL);
}

/* A signal of the terminal or the kernel's reaches the whole foreground group; sent again, it would come twice
 * (util-linux#1086). One that somebody sent to us alone is handed on. */
static bool is_to_be_forwarded(const struct supervision *supervision, const siginfo_t *info)
{
	if (info->si_code == SI_KERNEL)
		return !supervision->shares_terminal;
	return info->si_pid != supervision->child;
}

/* For who has something to do before the number of the child may be another's: it is not reaped by the way, when it ends while we look. */
static enum child_state look_first(const struct supervision *supervision)
{
	siginfo_t info = { 0 };

	if (waitid(P_PID, (id_t)supervision->child, &info, WEXITED | WSTOPPED | WNOHANG | WNOWAIT | __WALL) < 0 || info.si_pid == 0)
		return CHILD_RUNS;
	if (info.si_code != CLD_STOPPED) {
		supervision->ending(supervision->ending_data);
		return CHILD_ENDED;
	}
	return waitid(P_PID, (id_t)supervision->child, &info, WSTOPPED | WNOHANG | __WALL) < 0 ? CHILD_RUNS : CHILD_STOPPED;
}

enum child_state supervise_look(const struct supervision *supervision, int *ret_status)
{
	enum child_state state = supervision->ending ? look_first(supervision) : CHILD_ENDED;
	int status;

	if (state != CHILD_ENDED)
		return state;
	for (;;) {
		/* waitid(2) would not tell in the C libraries what it used. */
		if (wait4(supervision->child, &status, WUNTRACED | WCONTINUED | WNOHANG | __WALL, supervision->usage) <= 0)
			return CHILD_RUNS;
		if (WIFSTOPPED(status))
			return CHILD_STOPPED;
		if (WIFCONTINUED(status))
			continue;
		*ret_status = WIFEXITED(status) ? WEXITSTATUS(status) : STATUS_SIGNAL + WTERMSIG(status);
		return CHILD_ENDED;
	}
}

void supervise_pass(const struct supervision *supervision, int signal, const siginfo_t *info)
{
	const pid_t child = supervision->child;

	if (signal == SIGCONT)
		kill(supervision->leads ? -child : child, SIGCONT);
	else if (signal > 0 && signal != SIGCHLD && is_to_be_forwarded(supervision, info))
		kill(supervision->leads && info->si_code == SI_KERNEL ? -child : child, signal);
}

/* True at the child's end. */
static bool collect(const struct supervision *supervision, int *ret_status)
{
	enum child_state state;

	/* Whoever watches us sees a stopped job. What continues us is handed on like any signal. */
	while ((state = supervise_look(supervision, ret_status)) == CHILD_STOPPED)
		raise(SIGSTOP);
	return state == CHILD_ENDED;
}

int supervise(const struct supervision *supervision)
{
	sigset_t all;
	siginfo_t info;
	int status;

	nsm_all_signals(&all);
	/* A look comes first: nothing tells of the end of a child that a signal ended right before its execve. */
	while (!collect(supervision, &status)) {
		int sig = sigwaitinfo(&all, &info);

		supervise_pass(supervision, sig, &info);
	}
	return status;
}
