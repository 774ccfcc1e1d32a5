/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/attend.h"

#include "base/signals.h"
#include "cmd/pty.h"
#include "cmd/time_limit.h"
#include "cmd/usage.h"

static void stop(int signal)
{
	raise(signal);
}

/* The next signal, or none when something is due. */
static int wait_for_signal(const struct time_limit *limit, siginfo_t *ret_info)
{
	const int left = time_limit_left(limit);
	const struct timespec timeout = { .tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000L };
	sigset_t all;

	nsm_all_signals(&all);
	return left < 0 ? sigwaitinfo(&all, ret_info) : sigtimedwait(&all, ret_info, &timeout);
}

static int stand_by(const struct supervision *supervision, struct time_limit *limit)
{
	siginfo_t info;
	int status;

	for (;;) {
		time_limit_keep(limit);
		switch (supervise_look(supervision, &status)) {
		case CHILD_ENDED:
			return status;
		case CHILD_STOPPED:
			time_limit_stop(limit, stop, SIGSTOP);
			break;
		case CHILD_RUNS:
			supervise_pass(supervision, wait_for_signal(limit, &info), &info);
			break;
		}
	}
}

static void keep(void *limit)
{
	time_limit_keep(limit);
}

int attend(struct launch *launch, const struct supervision *supervision)
{
	struct supervision own = *supervision;
	struct time_limit limit;
	struct usage usage;
	int status, said;

	usage_begin(&usage, launch);
	time_limit_begin(&limit, launch, own.child);
	own.usage = &usage.rusage;
	own.ending = keep;
	own.ending_data = &limit;
	own.leads = launch->leads;
	own.shares_terminal &= !launch->leads;
	status = launch->has_pty ? pty_supervise(launch, &own, &limit) : stand_by(&own, &limit);
	status = time_limit_status(&limit, status);
	time_limit_end(&limit);
	if (!launch->counts)
		return status;
	usage_end(&usage, status);
	said = usage_say(launch, &usage, 1);
	return said == STATUS_DONE ? status : said;
}
