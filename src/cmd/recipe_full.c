/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/recipe_full.h"

/* In this order: what comes later finds what was done before. */
static const struct recipe_step steps_inside[] = {
	{ NULL },
};

static int run_inside(void *data)
{
	struct recipe_full *full = data;
	int r = 0;

	for (const struct recipe_step *step = steps_inside; r == 0 && step->run; step++)
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
	recipe->full = full;
	return STATUS_DONE;
}

int recipe_full_option(struct recipe *recipe, int id, const char *value)
{
	int status = recipe->full ? STATUS_DONE : begin(recipe);

	(void)id, (void)value;
	return status;
}

int recipe_full_check(struct recipe *recipe)
{
	nsmgr_config_hook_inside(recipe->config, run_inside, recipe->full);
	return STATUS_DONE;
}

void recipe_full_free(struct recipe_full *full)
{
	free(full);
}
