/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_POOL_H
#define NSM_CMD_POOL_H

#include "cmd/app.h"

/* Prints what is ready. nsmgr-full has the table for that; the front hands over to it. */
int pool_ls(const struct app *app, bool json);

#endif
