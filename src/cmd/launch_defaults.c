/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/launch.h"

#include "base/text.h"
#include "cmd/profile.h"

static const struct opt *find(int id)
{
	return opt_find_id(launch_options, id);
}

/* Those of a profile that are for commands, with their own ids. */
static bool pick(const struct told_list *told, struct told_list *ret)
{
	for (size_t i = 0; i < told->count; i++) {
		struct told own = told->array[i];

		if (own.id < CREATE_EXEC)
			continue;
		own.id -= CREATE_EXEC;
		if (!told_add(ret, &own))
			return false;
	}
	return true;
}

/* A launch that was told the defaults, and then what the other was told. `ret` is always to be freed. */
static int begin_anew(const struct launch *launch, const struct told_list *profile, struct launch *ret)
{
	nsm_cleanup(told_free) struct told_list told = { 0 };
	int status = launch_begin(ret, launch->app);

	if (status == STATUS_DONE && (!pick(profile, &told) || !told_merge(&told, &launch->told, find)))
		status = say_plain(launch->app, "out of memory");
	for (size_t i = 0; status == STATUS_DONE && i < told.count; i++) {
		told_point(launch->app, &told.array[i]);
		launch_option(ret, told.array[i].id, told.array[i].value, &status);
	}
	told_point(launch->app, NULL);
	return status;
}

/* In the place of what it was; that is freed in any case. */
static int replace(struct launch *launch, struct launch *by, int status)
{
	launch_free(launch);
	*launch = *by;
	return status;
}

int launch_for_set(const struct launch *launch, const struct nsmgr_set *set, const char *name, struct launch *ret_launch)
{
	nsm_cleanup(told_free) struct told_list told = { 0 };
	char *text = NULL, *file = NULL;
	size_t size = strlen(nsmgr_get_root(launch->app->ctx)) + strlen(name) + sizeof("//.profile");
	struct nsm_text path;
	int status;

	*ret_launch = (struct launch){ .cgroup = -EBADF, .pty = { -EBADF, -EBADF }, .usage = -EBADF };
	if (nsmgr_set_defaults(set, &text) < 0) {
		say_failure(launch->app, name);
		return say_plain(launch->app, "--no-defaults goes without what the set has as defaults");
	}
	/* The path stands behind the text, and lives as long. */
	file = realloc(text, strlen(text) + 1 + size);
	if (!file) {
		free(text);
		return say_plain(launch->app, "out of memory");
	}
	text = file;
	file = text + strlen(text) + 1;
	path = (struct nsm_text){ .buf = file, .size = size };
	nsm_text_add(&path, "%s/%s/.profile", nsmgr_get_root(launch->app->ctx), name);
	status = profile_parse(launch->app, text, file, &told);
	if (status == STATUS_DONE)
		status = begin_anew(launch, &told, ret_launch);
	ret_launch->defaults = text;
	return status;
}

int launch_take_defaults(struct launch *launch, const struct nsmgr_set *set, const char *name)
{
	struct launch fresh;

	return replace(launch, &fresh, launch_for_set(launch, set, name, &fresh));
}

int launch_take_recipe(struct launch *launch, const struct recipe *recipe)
{
	struct launch fresh;

	return recipe->defaults ? replace(launch, &fresh, begin_anew(launch, &recipe->told, &fresh)) : STATUS_DONE;
}
