/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_TESTS_UNSHARED_H
#define NSM_TESTS_UNSHARED_H

/* For the suites that configure sets: a configuration, and a set without a name that is made of it. */

#include "nsmgr.h"

#include <sys/types.h>

extern struct nsmgr_config *wanted;
extern struct nsmgr_set *unshared;

void wanted_new(void);
void wanted_free(void);

/* Makes the set; says why if that fails. */
void unshared_make(void);

/* Of both. */
void unshared_end(void);

/* The inode of the caller's own namespace, and the ids of one of a set. */
ino_t own_inode(enum nsmgr_type type);
struct nsmgr_id id_of(const struct nsmgr_set *of, enum nsmgr_type type);

/* Runs `function` in all of the set; its result. */
int inside(nsmgr_call_fn *function, void *data);

#endif
