/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/profile.h"

#include "cmd/create_opts.h"
#include "cmd/launch.h"

void profile_clear(struct profile *profile)
{
	told_free(&profile->told);
	for (size_t i = 0; i < profile->texts.count; i++)
		free((char *)(uintptr_t)profile->texts.array[i]);
	free(profile->texts.array);
	profile->texts = (struct names){ 0 };
}

void profile_free(struct profile *profile)
{
	if (profile)
		profile_clear(profile);
	free(profile);
}

int recipe_told_option(struct recipe *recipe, int id)
{
	recipe->defaults |= id >= CREATE_EXEC;
	return STATUS_DONE;
}

/* What the profiles say, and then what the command line says: recipe->told becomes both. */
static int merge(struct recipe *recipe)
{
	nsm_cleanup(told_free) struct told_list over = { 0 };
	int status = STATUS_DONE;

	for (size_t i = 0; status == STATUS_DONE && i < recipe->told.count; i++) {
		const struct told *told = &recipe->told.array[i];

		if (told->id == CREATE_PROFILE)
			status = profile_read(recipe->app, told->value, false, recipe->profile);
		else if (!told_add(&over, told))
			status = say_plain(recipe->app, "out of memory");
	}
	if (status == STATUS_DONE && !told_merge(&recipe->profile->told, &over, recipe_find))
		status = say_plain(recipe->app, "out of memory");
	if (status != STATUS_DONE)
		return status;
	told_free(&recipe->told);
	recipe->told = recipe->profile->told;
	recipe->profile->told = (struct told_list){ 0 };
	recipe->rich = true;
	return STATUS_DONE;
}

/* Each is given to a command that nobody runs, so that a bad one is found now. */
static int check_defaults(struct recipe *recipe)
{
	nsm_cleanup(launch_free) struct launch launch;
	int status = launch_begin(&launch, recipe->app);

	for (size_t i = 0; status == STATUS_DONE && i < recipe->told.count; i++) {
		const struct told *told = &recipe->told.array[i];

		told_point(recipe->app, told);
		if (told->id < CREATE_EXEC)
			continue;
		/* Whoever enters the set later stands in a directory of his own, which may be anybody's. */
		if (told_relative(recipe_find(told->id), told->value))
			status = say_usage(recipe->app, "--exec-%s: '%s': a path of commands that are run later begins with '/'",
					   recipe_find(told->id)->name, told->value);
		else
			launch_option(&launch, told->id - CREATE_EXEC, told->value, &status);
	}
	told_point(recipe->app, NULL);
	return status;
}

int recipe_replay(struct recipe *recipe)
{
	int status = STATUS_DONE;

	if (told_has(&recipe->told, CREATE_PROFILE) && !recipe->profile) {
		recipe->profile = calloc(1, sizeof(*recipe->profile));
		if (!recipe->profile)
			return say_plain(recipe->app, "out of memory");
	}
	if (recipe->profile)
		status = merge(recipe);
	for (size_t i = 0; status == STATUS_DONE && i < recipe->told.count; i++) {
		told_point(recipe->app, &recipe->told.array[i]);
		status = recipe_apply(recipe, &recipe->told.array[i]);
	}
	told_point(recipe->app, NULL);
	return status == STATUS_DONE && recipe->defaults ? check_defaults(recipe) : status;
}
