/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/recipe_full.h"

#include "cmd/hooks.h"
#include "cmd/layout_inside.h"
#include "cmd/network.h"

#include <unistd.h>

/* The number under which our standard error is known inside. */
#define HANDED_STDERR LAYOUT_HANDED

static int hand_stderr(struct recipe_full *full, pid_t pid)
{
	(void)pid;
	return nsmgr_config_hand_fd(full->config, HANDED_STDERR, STDERR_FILENO);
}

static int take_stderr(struct recipe_full *full)
{
	int fd = nsmgr_config_handed_fd(full->config, HANDED_STDERR);

	if (fd == STDERR_FILENO || dup2(fd, STDERR_FILENO) >= 0)
		return 0;
	return nsmgr_config_hook_fail(full->config, -errno, "standard error", NSMGR_TYPE_NONE, NULL, NULL);
}

static bool has_layout(const struct recipe_full *full)
{
	return full->layout.count > 0 || full->layout.old_root || full->layout.has_rootfs;
}

static int lay_out(struct recipe_full *full)
{
	return layout_run(full->config, &full->layout);
}

static int prepare_layout(struct recipe_full *full, pid_t pid)
{
	return layout_prepare(full->config, &full->layout, pid);
}

/* In this order: what comes later finds what was done before. The user's own come last. */
static const struct recipe_step_outside steps_outside[] = {
	{ hand_stderr, hooks_are_inside },
	{ prepare_layout, has_layout },
	{ network_outside, network_is_pasta },
	{ hooks_outside, hooks_are_outside },
	{ NULL, NULL },
};

static const struct recipe_step steps_inside[] = {
	{ take_stderr, hooks_are_inside },
	{ lay_out, has_layout },
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
	full->layout.app = recipe->app;
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
		return layout_option(&recipe->full->layout, id, value);
	}
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
	struct recipe_full *full = recipe->full;
	int status = has_layout(full) ? check_layout(recipe) : STATUS_DONE;

	if (status != STATUS_DONE)
		return status;
	for (const struct recipe_step_outside *step = steps_outside; step->run; step++)
		if (step->is_wanted(full))
			nsmgr_config_hook_outside(recipe->config, run_outside, full);
	for (const struct recipe_step *step = steps_inside; step->run; step++)
		if (step->is_wanted(full))
			nsmgr_config_hook_inside(recipe->config, run_inside, full);
	return network_check(full);
}

void recipe_full_free(struct recipe_full *full)
{
	layout_free(&full->layout);
	network_free(&full->network);
	hooks_free(&full->outside);
	hooks_free(&full->inside);
	free(full);
}
