/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_TESTS_WATCHED_H
#define NSM_TESTS_WATCHED_H

/* For the suites of watches: what one tells, in words and replayed. */

#include "base/macro.h"
#include "nsmgr.h"

struct account {
	struct nsmgr_watch *watch;
	char (*names)[65]; /* those that are there, by what was told */
	size_t count, size;
	char told[1024];   /* "created web, died web, renamed db web, removed db", cut */
	size_t counts[NSMGR_EVENT_LABELLED + 1];
	struct nsmgr_event last;
};

void account_begin(struct account *account, unsigned flags);
void account_end(struct account *account);
#define auto_account nsm_cleanup(account_end)

/* Takes all that there is to tell, which has to fit to what was told before. Gives the words. */
const char *account_read(struct account *account);

/* The same after waiting for something to be told, for at most five seconds. */
const char *account_await(struct account *account);

/* Whether the watch asks to be read. */
bool account_is_ready(const struct account *account);

/* The names are those of the store. */
void assert_account_is_right(struct account *account);

#define ck_assert_told(account, text) ck_assert_str_eq(account_read(account), text)

#endif
