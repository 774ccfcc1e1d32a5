/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_CHECK_H
#define NSM_CMD_CHECK_H

#include "base/text.h"
#include "cmd/app.h"

/* A line of the answer of check: what the library found, and what is found beside the store. */
struct check_row {
	const char *kind, *name, *path, *text, *cure, *reason;
	enum nsmgr_type type;
	enum nsmgr_mend mend;
	pid_t pid; /* of a keeper, or 0 */
	bool mended;
};

/* Takes a row; what it gives below 0 ends the search. */
typedef int check_row_fn(void *data, const struct check_row *row);

/* Keepers whose set is gone: processes that are keepers of sets of this store, as far as anybody can tell, and of which the pid
 * namespace is held by nothing but themselves. With `mend` they are ended. Gives 0 or -errno. */
int check_keepers(struct app *app, bool mend, check_row_fn *found, void *data);

/* Limits of which nine tenths are used. */
int check_limits(struct app *app, check_row_fn *found, void *data);

#endif
