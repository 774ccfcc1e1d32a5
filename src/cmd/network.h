/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_NETWORK_H
#define NSM_CMD_NETWORK_H

#include "cmd/recipe_full.h"

/* --network: none, host, or pasta of the package passt, a process outside that brings the set's network namespace to the sockets of the
 * host. */

/* STATUS_DONE, or what was said. */
int network_option(struct recipe_full *full, const char *value);
int network_check(struct recipe_full *full);
void network_free(struct network *network);

/* Whether one of the words for pasta is that option, with or without its value. */
bool network_has_option(const struct network *network, const char *letter, const char *name);

bool network_is_pasta(const struct recipe_full *full);

/* A step of a recipe: starts it, and waits until the namespace has its way out. pasta.c */
int network_outside(struct recipe_full *full, pid_t pid);

/* The one of a set in memory ends with us, whoever ends us; this ends it now. pasta_watch.c */
void pasta_end(struct network *network);

#endif
