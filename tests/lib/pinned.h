/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_TESTS_PINNED_H
#define NSM_TESTS_PINNED_H

/* For the suites of nsmgr_set_mount(): a set that is pinned to files. */

#include "nsmgr.h"

extern struct nsmgr_set *pinned;

/* A new one "web" of the store, which the test drops, or the namespaces of the caller. */
void pinned_open_new(unsigned types);
void pinned_open_own(unsigned types);
void pinned_close(void);

/* A directory "d" of the test's on a private mount, as a mount namespace needs it (KERNEL R4). */
void make_private(void);
void drop_private(void);

int entries_of(const char *path);

#endif
