/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_BASKET_H
#define NSM_LIB_BASKET_H

#include "lib/stage.h"

/* Whoever unmounts waits for all processors to have noticed: a hundred times as long as moving a mount takes. So who takes many sets
 * apart moves their handles below one mount of the stage's, its basket, and unmounts that with all it holds. */

/* Moves what is mounted on a file of the stage into its basket, if the stage gathers. False: it is to be unmounted where it is. */
bool nsm_basket_take(struct nsm_stage *stage, const char *file);

/* Lets go of what is in it. The first failure stays in stage->gather_error; what could not be unmounted is left for a sweep. */
void nsm_basket_empty(struct nsm_stage *stage);

/* The same for the stage of a process that was killed, of which nobody knows whether it has one: 0, or -errno. */
int nsm_basket_clear(struct nsm_stage *stage);

#endif
