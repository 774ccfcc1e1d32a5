/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_HOOKS_H
#define NSM_CMD_HOOKS_H

#include "cmd/recipe_full.h"

/* Commands of the user's that are run for each set in the making: --hook, --hook-inside. They come from the command line alone, never
 * from a set, and no shell sees them (LESSONS security 2, 7). */

/* STATUS_DONE, or what was said of a text that is no command. */
int hooks_add(struct recipe_full *full, struct hooks *hooks, const char *option, const char *text);
void hooks_free(struct hooks *hooks);

/* Steps of a recipe. */
bool hooks_are_outside(const struct recipe_full *full);
bool hooks_are_inside(const struct recipe_full *full);
int hooks_outside(struct recipe_full *full, pid_t pid);
int hooks_inside(struct recipe_full *full);

#endif
