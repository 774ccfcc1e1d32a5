/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_WATCH_SETS_H
#define NSM_LIB_WATCH_SETS_H

#include "lib/watch.h"

/* The steps that change the table of a watch, and tell so. A look that is given to one of them is the table's from then on, or,
 * after a failure, let go. */

struct nsm_watched *nsm_watch_find(const struct nsmgr_watch *watch, const char *name);

/* Whether both are the same set, under whatever names, as far as that is known. */
bool nsm_watch_is_same(const struct nsm_watched *a, const struct nsm_watched *b);

/* One that was not there. */
int nsm_watch_take_in(struct nsmgr_watch *watch, struct nsm_watched *look);

/* What is under the name now becomes what is known of it. */
int nsm_watch_renew(struct nsmgr_watch *watch, struct nsm_watched *set, struct nsm_watched *look);

/* It has another name, that of the look, under which nothing is. */
int nsm_watch_move(struct nsmgr_watch *watch, struct nsm_watched *set, struct nsm_watched *look);

int nsm_watch_remove(struct nsmgr_watch *watch, struct nsm_watched *set);

#endif
