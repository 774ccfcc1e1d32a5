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

#endif
