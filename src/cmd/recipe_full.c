/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/recipe_full.h"

#include "cmd/hooks.h"
#include "cmd/network.h"

#include <unistd.h>

/* In this order: what comes later finds what was done before. The user's own come last. */
static const struct recipe_step_outside steps_outside[] = {
	{ network_outside, network_is_pasta },
	{ hooks_outside, hooks_are_outside },
	{ NULL, NULL },
};

static const struct recipe_step steps_inside[] = {
	{ hooks_inside, hooks_are_inside },
	{ NULL, NULL },
};

static int run_outside(void *data, pid_t pid)
{
	struct recipe_full *full = data;
	int r = 0;

	for (const struct recipe_step_outside *step = steps_outside; r == 0 && step->run; step++)
		if (step->is_wanted(full))
			r = step->run(full, pid);
	return r;
}

static int run_inside(void *data)
{
	struct recipe_full *full = data;
	int r = 0;

	for (const struct recipe_step *step = steps_inside; r == 0 && step->run; step++)
		if (step->is_wanted(full))
			r = step->run(full);
	return r;
}

static int begin(struct recipe *recipe)
{
	struct recipe_full *full = calloc(1, sizeof(*full));

	if (!full)
		return say_plain(recipe->app, "out of memory");
	full->app = recipe->app;
	full->config = recipe->config;
	full->recipe = recipe;
	recipe->full = full;
	return STATUS_DONE;
}

int recipe_full_option(struct recipe *recipe, int id, const char *value)
{
	int status = recipe->full ? STATUS_DONE : begin(recipe);

	if (status != STATUS_DONE)
		return status;
	switch (id) {
	case CREATE_HOOK:
		return hooks_add(recipe->full, &recipe->full->outside, "hook", value);
	case CREATE_HOOK_INSIDE:
		return hooks_add(recipe->full, &recipe->full->inside, "hook-inside", value);
	case CREATE_NETWORK:
		return network_option(recipe->full, value);
	default:
		return STATUS_DONE;
	}
}

int recipe_full_check(struct recipe *recipe)
{
	struct recipe_full *full = recipe->full;

	for (const struct recipe_step_outside *step = steps_outside; step->run; step++)
		if (step->is_wanted(full))
			nsmgr_config_hook_outside(recipe->config, run_outside, full);
	for (const struct recipe_step *step = steps_inside; step->run; step++)
		if (step->is_wanted(full))
			nsmgr_config_hook_inside(recipe->config, run_inside, full);
	nsmgr_config_hook_fd(recipe->config, STDERR_FILENO);
	return network_check(full);
}

void recipe_full_free(struct recipe_full *full)
{
	network_free(&full->network);
	hooks_free(&full->outside);
	hooks_free(&full->inside);
	free(full);
}
