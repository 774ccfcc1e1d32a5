/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_TESTS_OPENED_H
#define NSM_TESTS_OPENED_H

/* For the suites of sets in memory, which are closed wherever a test is left. */

#include "base/macro.h"
#include "nsmgr.h"

void close_set(struct nsmgr_set **set);
#define auto_set nsm_cleanup(close_set)

/* Each namespace of the set is the one that the process is in, by the text of /proc and by its ids. */
void assert_is_of(const struct nsmgr_set *set, pid_t pid, unsigned types);

#endif
