/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_RECIPE_FULL_H
#define NSM_CMD_RECIPE_FULL_H

#include "cmd/create_opts.h"
#include "cmd/layout.h"

/* A command, as it was given and in words. */
struct hook {
	const char *text;
	char **argv;
};

struct hooks {
	struct hook *array;
	size_t count;
};

/* --network */
struct network {
	enum { NETWORK_UNCHOSEN, NETWORK_NONE, NETWORK_HOST, NETWORK_PASTA } kind;
	char **words;	/* for pasta, or NULL */
	pid_t watcher;	/* of the pasta of a set in memory, or 0 */
	int leash;	/* it ends when this is closed */
	int pasta;	/* a pidfd: it outlives a watcher that is killed, as its change of capabilities makes it forget who made it */
};

/* What nsmgr-full adds to a set in the making. */
struct recipe_full {
	struct app *app;
	struct nsmgr_config *config;
	struct layout layout;
	struct recipe *recipe;
	struct hooks outside, inside;
	struct network network;
};

/* One step outside, in our own process, when the namespaces are there and nothing is set up inside. `pid` is in them. 0, or what
 * nsmgr_config_hook_fail() gave. */
struct recipe_step_outside {
	int (*run)(struct recipe_full *full, pid_t pid);
	bool (*is_wanted)(const struct recipe_full *full);
};

/* One step inside, in a child that is in all the new namespaces, with the root and the working directory of the keeper, if there is
 * one: pivot_root(2) moves them together. Of the program's descriptors it has standard error. 0, or what
 * nsmgr_config_hook_fail() gave. */
struct recipe_step {
	int (*run)(struct recipe_full *full);
	bool (*is_wanted)(const struct recipe_full *full);
};

#endif
