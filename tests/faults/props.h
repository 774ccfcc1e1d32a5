/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_FAULTS_PROPS_H
#define NSM_FAULTS_PROPS_H

#include "damage.h"
#include "world.h"

/* Files that cases name. */

/* Run as a command it writes down what it finds itself in. The profile is there too. */
#define WITNESS WORLD "/witness"
#define TESTIMONY WORLD "/ran"
damage_fn prop_witness;

/* Run after each other they leave a host name that has both words. */
#define HOOK_OUTSIDE WORLD "/hook-outside"
#define HOOK_INSIDE WORLD "/hook-inside"
damage_fn prop_hooks;

/* Profiles of the system: of sets "p" and "q". */
#define PROFILES WORLD "/profiles"
damage_fn prop_profiles;
damage_fn prop_changed_profiles; /* of "p" with one type more, of "r", and none of "q" */

#define PROFILE WORLD "/profile"
damage_fn prop_profile;

#define IMAGE WORLD "/image"
damage_fn prop_image;

#endif
