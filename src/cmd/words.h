/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_WORDS_H
#define NSM_CMD_WORDS_H

#include "nsmgr.h"

/* What verbs tell alike of a handle and of an event. */

const char *origin_name(enum nsmgr_origin origin); /* "made", "pinned", or "" */

/* "2026-11-22T07:00:00Z", or "" where it is not known. */
const char *format_time(const struct timespec *time, char buf[32]);

/* The same with microseconds: "2026-11-22T07:00:00.000000Z". */
const char *format_moment(const struct timespec *time, char buf[32]);

#endif
