/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_ATTEND_H
#define NSM_CMD_ATTEND_H

#include "cmd/launch.h"

/* In place of supervise(), for a command that has a time limit, a terminal of its own, or whose use is counted. */
int attend(struct launch *launch, const struct supervision *supervision);

#endif
