/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_BASE_SIGNALS_H
#define NSM_BASE_SIGNALS_H

#include <signal.h>
#include <string.h>

/* Every signal there is. sigfillset(3) of musl leaves out 32 to 34, which others may send. */
static inline void nsm_all_signals(sigset_t *ret)
{
	memset(ret, 0xff, sizeof(*ret));
}

/* sigprocmask(2) of this thread, also for those signals that the C libraries keep to themselves: glibc never blocks 32 and 33, and musl
 * does not tell that 32 to 34 are. Our caller may have blocked them, and the command has what he had. */
void nsm_signal_mask(int how, const sigset_t *set, sigset_t *ret_before);

#endif
