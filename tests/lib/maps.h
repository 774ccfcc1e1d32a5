/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_TESTS_MAPS_H
#define NSM_TESTS_MAPS_H

/* For the suites of what is written into another's namespaces: maps and clocks. */

#include "nsmgr.h"

/* What a file of the process in /proc says, with blanks squeezed; in a static buffer. */
const char *read_file(pid_t pid, const char *file);

/* A map of a single line. */
int write_one(pid_t pid, enum nsmgr_id_kind kind, uint32_t inner, uint32_t outer, uint32_t count);

#endif
