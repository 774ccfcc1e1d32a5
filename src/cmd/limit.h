/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_LIMIT_H
#define NSM_CMD_LIMIT_H

#include "cmd/launch.h"

/* --limit=NAME=SOFT[:HARD]: has the command get it. STATUS_DONE, or what is wrong with it was said. */
int limit_option(struct launch *launch, const char *text);

#endif
