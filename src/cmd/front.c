/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/verbs.h"

#include "base/text.h"
#include "cmd/create_opts.h"
#include "cmd/many.h"
#include "cmd/pool.h"
#include "cmd/rm_report.h"

#include <limits.h>
#include <unistd.h>

/* What makes a program the front: the verbs that scripts run by the thousand. Everything else is nsmgr-full's, to
 * which the command line goes over as it came. */

/* exec is found first. */
const struct verb *const verbs[] = {
	&verb_exec, &verb_create, &verb_attach, &verb_names, &verb_pool, &verb_rename, &verb_rm,
	&verb_run, NULL
};

const bool recipe_waits = false;

void hand_over(const struct app *app)
{
	const char *dir = secure_getenv("NSMGR_LIBEXEC");
	char path[PATH_MAX];
	struct nsm_text text = NSM_TEXT(path);

	nsm_text_add(&text, "%s/nsmgr-full", dir && *dir ? dir : NSM_LIBEXEC_DIR);
	if (!text.cut)
		execv(path, app->argv);
	exit(say_plain(app, "cannot run '%s': %s", path, strerror(errno)));
}

int pool_ls(const struct app *app, bool json)
{
	(void)json;
	hand_over(app);
	return STATUS_FAILED;
}

int recipe_full_option(struct recipe *recipe, int id, const char *value)
{
	(void)id, (void)value;
	hand_over(recipe->app);
	return STATUS_FAILED;
}

int recipe_full_check(struct recipe *recipe)
{
	(void)recipe; /* there is none: its first option was handed over */
	return STATUS_DONE;
}

void recipe_full_free(struct recipe_full *full)
{
	(void)full;
}

int recipe_told_option(struct recipe *recipe, int id)
{
	(void)id;
	hand_over(recipe->app);
	return STATUS_FAILED;
}

int recipe_replay(struct recipe *recipe)
{
	(void)recipe; /* nothing waits */
	return STATUS_DONE;
}

void profile_free(struct profile *profile)
{
	(void)profile;
}

int launch_take_defaults(struct launch *launch, const struct nsmgr_set *set, const char *name)
{
	(void)set, (void)name;
	hand_over(launch->app);
	return STATUS_NSMGR;
}

int launch_take_recipe(struct launch *launch, const struct recipe *recipe)
{
	(void)launch, (void)recipe; /* who has defaults was handed over */
	return STATUS_DONE;
}

int launch_full_option(struct launch *launch, int id, const char *value)
{
	(void)id, (void)value;
	hand_over(launch->app);
	return STATUS_NSMGR;
}

int launch_cover_etc(struct launch *launch, const char *name)
{
	(void)name;
	hand_over(launch->app);
	return STATUS_NSMGR;
}

int many_run(struct launch *launch, const struct many *many, char **argv)
{
	(void)many, (void)argv;
	hand_over(launch->app);
	return STATUS_NSMGR;
}

int rm_report_new(struct app *app, struct rm_report **ret_report)
{
	(void)ret_report;
	hand_over(app);
	return STATUS_FAILED;
}

int show_help(const struct app *app)
{
	hand_over(app);
	return STATUS_FAILED;
}

int show_version(const struct app *app)
{
	return show_help(app);
}
