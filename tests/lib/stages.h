/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_TESTS_STAGES_H
#define NSM_TESTS_STAGES_H

/* For the suites of stages: a store that is open, and a stage in it. */

#include "lib/stage.h"

extern struct nsm_store store;
extern struct nsm_stage stage;

void open_store(void);
void close_store(void);

/* Binds the caller's own namespace of a type. */
int bind_own(struct nsm_stage *in, enum nsmgr_type type);

/* How many stages the store has. */
int stages_left(void);

#endif
