/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_CENSUS_H
#define NSM_CMD_CENSUS_H

#include "base/macro.h"
#include "nsmgr.h"

/* How many processes live in which namespaces: one scan for all types. */
struct census;

int census_take(struct census **ret_census);
void census_free(struct census **census);

/* How many processes live in the namespace; -1 when some process that could be among them could not be looked at. */
long census_count_in(const struct census *census, ino_t ino);

/* The lowest number of those that could be looked at, or 0. */
pid_t census_first_in(const struct census *census, ino_t ino);

#endif
