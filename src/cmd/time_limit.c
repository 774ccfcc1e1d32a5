/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/time_limit.h"

#include "base/parse.h"
#include "cmd/descent.h"

#include <sys/wait.h>
#include <unistd.h>

/* ---- What is asked for ---- */

int time_limit_option(struct launch *launch, int id, const char *value)
{
	const bool grace = id == LAUNCH_KILL_AFTER;

	if (nsm_parse_duration(value, grace ? &launch->kill_after : &launch->timeout) < 0)
		return say_usage(launch->app, "--%s: '%s' is not SEC[.FRAC]", grace ? "kill-after" : "timeout", value);
	/* As a default it is there for whoever tells a time. */
	if (!grace || !launch->app->file)
		*(grace ? &launch->has_kill_after : &launch->has_timeout) = true;
	return STATUS_DONE;
}

/* As with timeout(1) 0 is for no limit: what a script has when it wants none. */
static bool is_limited(const struct launch *launch)
{
	return launch->has_timeout && (launch->timeout.tv_sec || launch->timeout.tv_nsec);
}

/* A group of its own can be told and killed as a whole, whoever its processes are children of by then. From the foreground of
 * a terminal, though, it would fall into the background, and stop when it reads there: then its descendants are looked for. */
void time_limit_prepare(struct launch *launch)
{
	if (!is_limited(launch) || launch->new_session)
		return;
	launch->leads = tcgetpgrp(STDIN_FILENO) != getpgrp();
	if (launch->leads)
		nsmgr_command_process_group(launch->command, 0);
}

/* ---- Keeping it ---- */

void time_limit_begin(struct time_limit *limit, const struct launch *launch, pid_t child)
{
	*limit = (struct time_limit){ .launch = launch, .child = child, .leads = launch->leads || launch->new_session };
	limit->next = nsm_deadline(is_limited(launch) ? &launch->timeout : NULL);
}

int time_limit_left(const struct time_limit *limit)
{
	return nsm_deadline_left(&limit->next);
}

static void tell(const struct time_limit *limit, int signal)
{
	kill(limit->leads ? -limit->child : limit->child, signal);
	descent_signal(&limit->descent, signal);
}

static bool has_ended(const struct time_limit *limit)
{
	siginfo_t info = { 0 };

	/* Still to be reaped: nobody else has its number. */
	return waitid(P_PID, (id_t)limit->child, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0 && info.si_pid != 0;
}

static void say_sent(const struct time_limit *limit)
{
	if (limit->launch->app->verbose)
		say_plain(limit->launch->app, "its time is over: the command is sent %s",
			  limit->sent == SIGTERM ? "SIGTERM" : "SIGKILL");
}

void time_limit_keep(struct time_limit *limit)
{
	if (!limit->next.bounded && !limit->sent)
		return;
	if (has_ended(limit)) {
		if (limit->sent)
			tell(limit, SIGKILL);
		limit->next.bounded = false;
		return;
	}
	while (limit->next.bounded && time_limit_left(limit) == 0) {
		const bool last = limit->sent == SIGTERM;

		limit->sent = last ? SIGKILL : SIGTERM;
		if (!limit->leads)
			descent_gather(&limit->descent, limit->child);
		tell(limit, limit->sent);
		tell(limit, SIGCONT);
		say_sent(limit);
		limit->next = nsm_deadline(last ? NULL : &limit->launch->kill_after);
	}
}

/* A timer's SIGCONT continues us as anybody's would. It comes again and again, as one that came before we stop would be lost. */
void time_limit_stop(const struct time_limit *limit, void (*stop)(int signal), int signal)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGCONT };
	struct itimerspec when = { .it_value = limit->next.at, .it_interval = { .tv_nsec = 100000000 } };
	timer_t timer;
	bool timed = limit->next.bounded && timer_create(CLOCK_MONOTONIC, &event, &timer) == 0;

	if (timed)
		timer_settime(timer, TIMER_ABSTIME, &when, NULL);
	stop(signal);
	if (timed)
		timer_delete(timer);
}

void time_limit_end(struct time_limit *limit)
{
	crowd_free(&limit->descent);
}

int time_limit_status(const struct time_limit *limit, int status)
{
	return limit->sent == SIGKILL ? STATUS_SIGNAL + SIGKILL : limit->sent ? STATUS_TIMEOUT : status;
}
