/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/recipe_full.h"

#include "cmd/layout_inside.h"

static int lay_out(struct recipe_full *full)
{
	return layout_run(full->config, &full->layout);
}

/* In this order: what comes later finds what was done before. */
static const struct recipe_step steps_inside[] = {
	{ lay_out },
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
	full->layout.app = recipe->app;
	recipe->full = full;
	return STATUS_DONE;
}

int recipe_full_option(struct recipe *recipe, int id, const char *value)
{
	int status = recipe->full ? STATUS_DONE : begin(recipe);

	if (status == STATUS_DONE && id >= CREATE_ROOTDIR && id <= CREATE_SYMLINK)
		status = layout_option(&recipe->full->layout, id, value);
	return status;
}

static int check_layout(struct recipe *recipe)
{
	/* A mount in a tree that others share would be seen by them as well (KERNEL R12). */
	if (recipe->spreads)
		return say_usage(recipe->app, "--propagation=shared and unchanged would let the set's mounts out");
	/* As a host name implies uts: nsmgr_config_check() refuses it where --mnt=SOURCE is given too. */
	nsmgr_config_make(recipe->config, NSMGR_MNT);
	return layout_check(&recipe->full->layout, !recipe->no_proc);
}

int recipe_full_check(struct recipe *recipe)
{
	if (recipe->full->layout.count > 0 || recipe->full->layout.old_root || recipe->full->layout.has_rootfs) {
		int status = check_layout(recipe);

		if (status != STATUS_DONE)
			return status;
	}
	nsmgr_config_hook_inside(recipe->config, run_inside, recipe->full);
	return STATUS_DONE;
}

void recipe_full_free(struct recipe_full *full)
{
	layout_free(&full->layout);
	free(full);
}
