/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_TESTS_POOLS_H
#define NSM_TESTS_POOLS_H

/* For the suites of pools in memory. */

#include "nsmgr.h"

#include <sys/types.h>

#define UTS NSMGR_MASK(NSMGR_UTS)

extern struct nsmgr_pool *pool;

/* A pool of namespaces of these types, with a context of its own. */
void new_pool(unsigned types, size_t size);

/* A set of it; gives the inode of its uts namespace. */
ino_t take_inode(struct nsmgr_set **ret_set);

/* Counts, tells of each call by the eventfd(2) unless that is -1, and fails one of them. */
struct hook {
	int calls, fail_at, event;
};

int count_set(void *data, struct nsmgr_set *set);

#endif
