/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_LANDLOCK_H
#define NSM_CMD_LANDLOCK_H

#include "cmd/launch.h"

/* Applies an option of Landlock's. STATUS_DONE, or that of a bad value, after having said what is wrong. */
int landlock_option(struct launch *launch, int id, const char *value);

#endif
