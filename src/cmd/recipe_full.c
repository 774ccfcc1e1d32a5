/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/recipe_full.h"

#include "cmd/layout_inside.h"

static int lay_out(struct recipe_full *full)
{
	return layout_run(full->config, &full->layout);
}

static int prepare_layout(struct recipe_full *full, pid_t pid)
{
	return layout_prepare(full->config, &full->layout, pid);
}

/* In this order: what comes later finds what was done before. */
static const struct recipe_step_outside steps_outside[] = {
	{ prepare_layout },
	{ NULL },
};

static const struct recipe_step steps_inside[] = {
	{ lay_out },
	{ NULL },
};

static int run_outside(void *data, pid_t pid)
{
	struct recipe_full *full = data;
	int r = 0;

	for (const struct recipe_step_outside *step = steps_outside; r == 0 && step->run; step++)
		r = step->run(full, pid);
	return r;
}

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

/* Whoever is root there could take nodev from an image's mount, and the devices in it are the host's. */
static int check_user(struct recipe *recipe)
{
	const struct layout *layout = &recipe->full->layout;
	bool user;

	if (nsmgr_config_check(recipe->config) < 0)
		return STATUS_DONE; /* recipe_check() says it */
	user = nsmgr_config_types(recipe->config) & NSMGR_MASK(NSMGR_USER);
	if (user && layout_has_device(layout))
		return say_usage(recipe->app, "--fs: an image or a device cannot be mounted in a set with a user namespace");
	if (!user && layout_has_idmap(layout))
		return say_usage(recipe->app, "--bind: idmap is for a set with a user namespace: it needs --user");
	return STATUS_DONE;
}

static int check_layout(struct recipe *recipe)
{
	int status;

	/* A mount in a tree that others share would be seen by them as well (KERNEL R12). */
	if (recipe->spreads)
		return say_usage(recipe->app, "--propagation=shared and unchanged would let the set's mounts out");
	/* As a host name implies uts: nsmgr_config_check() refuses it where --mnt=SOURCE is given too. */
	nsmgr_config_make(recipe->config, NSMGR_MNT);
	status = layout_check(&recipe->full->layout, !recipe->no_proc);
	return status == STATUS_DONE ? check_user(recipe) : status;
}

int recipe_full_check(struct recipe *recipe)
{
	if (recipe->full->layout.count > 0 || recipe->full->layout.old_root || recipe->full->layout.has_rootfs) {
		int status = check_layout(recipe);

		if (status != STATUS_DONE)
			return status;
	}
	nsmgr_config_hook_outside(recipe->config, run_outside, recipe->full);
	nsmgr_config_hook_inside(recipe->config, run_inside, recipe->full);
	return STATUS_DONE;
}

void recipe_full_free(struct recipe_full *full)
{
	layout_free(&full->layout);
	free(full);
}
