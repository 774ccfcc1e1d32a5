/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/signals.h"
#include "cmd/create_opts.h"

#include "cmd/launch.h"

/* A set to be made, from its options to the moment when it is there. */

int recipe_begin(struct recipe *recipe, struct app *app)
{
	*recipe = (struct recipe){ .app = app };
	return nsmgr_config_new(app->ctx, &recipe->config) < 0 ? say_failure(app, NULL) : STATUS_DONE;
}

void recipe_free(struct recipe *recipe)
{
	if (recipe->full)
		recipe_full_free(recipe->full);
	profile_free(recipe->profile);
	told_free(&recipe->told);
	nsmgr_config_free(recipe->config);
}

bool recipe_option(struct recipe *recipe, int id, const char *value, int *ret_status)
{
	struct told told = { .id = id, .value = value };

	if (id < 0 || (id >= CREATE_OPTION_END && id < CREATE_EXEC))
		return false;
	if (!told_add(&recipe->told, &told))
		*ret_status = say_plain(recipe->app, "out of memory");
	else
		*ret_status = recipe_waits ? STATUS_DONE : recipe_apply(recipe, &told);
	return true;
}

/* ---- what is kept of it ---- */

const struct opt recipe_options[] = { CREATE_OPTIONS, { 0 } };

const struct opt *recipe_find(int id)
{
	return id >= CREATE_EXEC ? opt_find_id(launch_options, id - CREATE_EXEC) : opt_find_id(recipe_options, id);
}

/* Measures, and with `to` writes. */
static size_t write_text(const struct recipe *recipe, char *to)
{
	size_t size = 0;

	if (recipe->applied)
		told_write(to, &size, RECIPE_APPLIED, recipe->applied, NULL);
	for (size_t i = 0; i < recipe->told.count; i++) {
		const struct told *told = &recipe->told.array[i];
		const struct opt *opt = recipe_find(told->id);
		/* A profile is read from everywhere. */
		nsm_autofree char *absolute = opt && !told->file ? told_absolute(opt, told->value) : NULL;

		if (opt && told->id != CREATE_LABEL)
			told_write(to, &size, told->id >= CREATE_EXEC ? "exec-" : "", opt->name, absolute ? absolute : told->value);
	}
	return size;
}

char *recipe_text(const struct recipe *recipe)
{
	size_t size = write_text(recipe, NULL);
	char *text = malloc(size + 1);

	if (text) {
		write_text(recipe, text);
		text[size] = '\0';
	}
	return text;
}

static int record(struct recipe *recipe, const char *name)
{
	nsm_autofree char *text = recipe_text(recipe);

	if (!text)
		return say_plain(recipe->app, "out of memory");
	return nsmgr_config_profile(recipe->config, text, recipe->defaults ? NSMGR_PROFILE_DEFAULTS : 0) < 0
		       ? say_refusal(recipe->app, name)
		       : STATUS_DONE;
}

int recipe_ready(struct recipe *recipe)
{
	if (recipe->applied_all)
		return STATUS_DONE;
	recipe->applied_all = true;
	return recipe_replay(recipe);
}

int recipe_check(struct recipe *recipe, const char *name)
{
	int status = recipe_ready(recipe);

	if (status == STATUS_DONE && recipe->full)
		status = recipe_full_check(recipe);
	if (status == STATUS_DONE && nsmgr_config_check(recipe->config) < 0)
		return say_refusal(recipe->app, name);
	return status == STATUS_DONE && (recipe->rich || recipe->applied) && !recipe->unnamed ? record(recipe, name) : status;
}

void recipe_hold(struct recipe *recipe)
{
	static const int ending[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
	uint64_t mask = 0;

	if (!recipe->full || recipe->held)
		return;
	sigemptyset(&recipe->ending);
	for (size_t i = 0; i < NSM_ARRAY_SIZE(ending); i++) {
		struct sigaction action;

		/* One that is ignored would wait as well while it is blocked. */
		if (sigaction(ending[i], NULL, &action) < 0 || action.sa_handler == SIG_IGN)
			continue;
		sigaddset(&recipe->ending, ending[i]);
		mask |= NSMGR_SIGNAL(ending[i]);
	}
	nsm_signal_mask(SIG_BLOCK, &recipe->ending, &recipe->signals);
	/* An inherited SIG_IGN would take the status of our children away. */
	sigaction(SIGCHLD, &(struct sigaction){ .sa_handler = SIG_DFL }, &recipe->chld);
	nsmgr_config_interrupt(recipe->config, mask);
	recipe->held = true;
}

void recipe_settle(struct recipe *recipe)
{
	if (!recipe->held)
		return;
	recipe->held = false;
	sigaction(SIGCHLD, &recipe->chld, NULL);
	nsm_signal_mask(SIG_SETMASK, &recipe->signals, NULL);
}
