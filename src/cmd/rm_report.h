/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_RM_REPORT_H
#define NSM_CMD_RM_REPORT_H

#include "cmd/app.h"

/* rm --report: what keeps namespaces of removed sets alive. Which ones they are is found out before, and who holds them after
 * the removal, by one pass over /proc whatever their number. nsmgr-full does that; the front hands over. */
struct rm_report {
	/* The names live as long as the report. Gives a status. */
	int (*begin)(struct rm_report *report, const char *const names[], size_t count);
	/* This one was not removed. */
	void (*drop)(struct rm_report *report, const char *name);
	/* Says what there is to say; gives a status. */
	int (*end)(struct rm_report *report);
	void (*free)(struct rm_report *report);
};

int rm_report_new(struct app *app, struct rm_report **ret_report);

#endif
