/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_STAGE_H
#define NSM_LIB_STAGE_H

#include "lib/nsfd.h"
#include "lib/store.h"

/* A directory ROOT/.stage/XXXXXX that is a set in the making, or one that is being taken apart: nobody ever sees
 * half a set. Its owner holds a flock(2) on it; one whose lock can be taken was left by a process that was
 * killed, and is swept. They have a directory of their own so that looking for them costs the same with
 * ten thousand sets as with none. */
struct nsm_stage {
	struct nsm_store *store;
	int dir;
	char name[16];
};

#define NSM_STAGE_INIT { .dir = -EBADF }

int nsm_stage_make(struct nsm_store *store, struct nsm_stage *ret);

/* Turns a set into a stage: the moment at which it is gone for everybody else. -ENOENT. */
int nsm_stage_hide(struct nsm_store *store, const char *name, struct nsm_stage *ret);

/* Binds a namespace to a new file of the stage. mount(2) with MS_BIND. */
int nsm_stage_bind(struct nsm_stage *stage, enum nsmgr_type type, int nsfd);

/* Gives the stage its name among the sets, and lets go of it. -EEXIST: exactly one of several wins. */
int nsm_stage_publish(struct nsm_stage *stage, const char *name);

/* Detaches and removes all of it. Handles are unmounted and unlinked: the unlink takes the copies in other mount
 * namespaces with it (KERNEL R5). *ret_detached (may be NULL) says whether anything was undone before a failure. */
int nsm_stage_remove(struct nsm_stage *stage, bool *ret_detached);

/* Destructor: ends a keeper that the stage made, and removes what there is. */
void nsm_stage_discard(struct nsm_stage *stage);
#define nsm_autostage nsm_cleanup(nsm_stage_discard)

/* Discards the stages that nobody holds. What cannot be removed is left for the next time. */
void nsm_stage_sweep(struct nsm_store *store);

#endif
