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

/* What nsmgr-full adds to a set in the making. */
struct recipe_full {
	struct app *app;
	struct nsmgr_config *config;
	struct layout layout;
	struct recipe *recipe;
	struct hooks outside, inside;
};

/* One step outside, in our own process, when the namespaces are there and nothing is set up inside. `pid` is in them. 0, or what
 * nsmgr_config_hook_fail() gave. */
struct recipe_step_outside {
	int (*run)(struct recipe_full *full, pid_t pid);
};

/* One step inside, in a child that is in all the new namespaces, with the root and the working directory of the keeper, if there is
 * one: pivot_root(2) moves them together. Of the program's descriptors it has standard error. 0, or what nsmgr_config_hook_fail() gave. */
struct recipe_step {
	int (*run)(struct recipe_full *full);
};

#endif
