/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_TESTS_CALLS_H
#define NSM_TESTS_CALLS_H

/* For the suites of nsmgr_call(): a set "web" that functions are called in. */

#include "nsmgr.h"

extern struct nsmgr_set *called;

void called_open(unsigned types);
void called_drop(void);

/* How the function ended; the call itself has to succeed. */
struct nsmgr_status call_it(nsmgr_call_fn *function, void *data);
void assert_call_gives(nsmgr_call_fn *function, void *data, int code);

/* To be called, by a command's hook as well: gives an int, or aborts. */
int give(void *data);
int abort_it(void *data);

#endif
