/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/deadline.h"

#include <limits.h>

struct nsm_deadline nsm_deadline(const struct timespec *timeout)
{
	struct nsm_deadline deadline = { .bounded = timeout };

	if (!timeout)
		return deadline;
	clock_gettime(CLOCK_MONOTONIC, &deadline.at);
	/* Longer than a clock can tell is for ever. */
	if (__builtin_add_overflow(deadline.at.tv_sec, timeout->tv_sec, &deadline.at.tv_sec))
		deadline.bounded = false;
	deadline.at.tv_nsec += timeout->tv_nsec;
	if (deadline.at.tv_nsec >= 1000000000) {
		deadline.at.tv_nsec -= 1000000000;
		deadline.bounded &= !__builtin_add_overflow(deadline.at.tv_sec, 1, &deadline.at.tv_sec);
	}
	return deadline;
}

int nsm_deadline_left(const struct nsm_deadline *deadline)
{
	struct timespec now;
	time_t seconds;
	long nanoseconds;

	if (!deadline->bounded)
		return -1;
	clock_gettime(CLOCK_MONOTONIC, &now);
	seconds = deadline->at.tv_sec - now.tv_sec;
	nanoseconds = deadline->at.tv_nsec - now.tv_nsec;
	if (seconds < 0 || (seconds == 0 && nanoseconds <= 0))
		return 0;
	/* Rounded up, or the last millisecond would be spent asking. poll(2) is asked again after its longest. */
	if (seconds >= INT_MAX / 1000 - 1)
		return INT_MAX;
	return (int)(seconds * 1000 + (nanoseconds + 999999) / 1000000);
}
