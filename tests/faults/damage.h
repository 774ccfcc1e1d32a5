/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_FAULTS_DAMAGE_H
#define NSM_FAULTS_DAMAGE_H

#include <stdbool.h>

/* What can be wrong with a store, done to the sets that the cases in cases.c make before. False with errno. */
typedef bool damage_fn(void);

/* What killed processes leave. */
damage_fn damage_dead_stage; /* set "dead", as a create leaves it that is killed just before it publishes */
damage_fn damage_half_stage;
damage_fn damage_draft; /* of .store */
damage_fn damage_stray_keeper; /* set "stray" is gone, but its keeper is not */

/* Handles, of set "h" with uts, net and pid. */
damage_fn damage_lost_pid;
damage_fn damage_missing_net;
damage_fn damage_stacked_uts;
damage_fn damage_covered_uts; /* by a namespace of another type */

/* What is recorded, and modes: sets "r1" to "r4". */
damage_fn damage_metadata_gone;
damage_fn damage_metadata_nonsense;
damage_fn damage_metadata_old;
damage_fn damage_modes;

/* Sets "g1" and "g2", of which nothing is left to be used, and two that were made by hand. */
damage_fn damage_lost_all;
damage_fn damage_init_dead;
damage_fn damage_by_hand;

/* Two ready sets, and a pool without its options. */
damage_fn damage_pool;

/* The store as a whole. */
damage_fn damage_shared;
damage_fn damage_covered;
damage_fn damage_unmounted;
damage_fn damage_store_file;

#endif
