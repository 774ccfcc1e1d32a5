/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_PROFILE_H
#define NSM_CMD_PROFILE_H

#include "cmd/told.h"

/* Options from files, as nsmgr.conf(5) describes them. */
struct profile {
	struct told_list told;
	struct names texts; /* what it borrows from, to be freed */
};

void profile_clear(struct profile *profile);

/* Reads a file over what the profile has so far, as a command line would be over it: told_merge(). `path` is borrowed. With `trusted`
 * nobody but root and the caller may be able to change it. STATUS_DONE, or what was said. profile_read.c */
int profile_read(struct app *app, const char *path, bool trusted, struct profile *profile);

/* The options of a text, which is taken apart, and borrowed as `file` is. Profiles in it are refused. */
int profile_parse(struct app *app, char *text, const char *file, struct told_list *ret);

#endif
