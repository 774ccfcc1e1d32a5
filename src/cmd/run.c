/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/verbs.h"

#include "base/fd.h"
#include "base/text.h"
#include "cmd/create_opts.h"
#include "cmd/launch.h"
#include "cmd/supervise.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

/* A set for one command. In memory nothing keeps it but processes: the command, and where there is a pid namespace its keeper,
 * which ends with us (nsmgr_unshare). Nobody has to clear up after one that was killed. */

enum { OPT_NAME = CREATE_OPTION_END };

_Static_assert((int)OPT_NAME < (int)LAUNCH_FIRST, "ids of options are distinct");

static const struct opt options[] = {
	CREATE_OPTIONS,
	{ "name", 0, "NAME", OPT_NAME, "have the set under that name for as long as the command runs" },
	LAUNCH_OPTIONS,
	COMMON_OPTIONS,
};

struct job {
	struct app *app;
	struct recipe recipe;
	struct launch launch;
	const char *name;
	struct nsmgr_set *set;
	struct supervision supervision;
	int dir; /* the set's, under the name, by which it is known again */
};

static void free_job(struct job *job)
{
	nsmgr_set_close(job->set);
	nsm_close(&job->dir);
	recipe_free(&job->recipe);
	launch_free(&job->launch);
}

/* ---- Under a name ---- */

static int open_dir(const struct job *job)
{
	char path[PATH_MAX];
	struct nsm_text text = NSM_TEXT(path);
	int fd;

	nsm_text_add(&text, "%s/%s", nsmgr_get_root(job->app->ctx), job->name);
	if (text.cut)
		return -ENAMETOOLONG;
	fd = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int say_unknown(const struct job *job, int r)
{
	return say_plain(job->app, "'%s' stays, as it cannot be told whether it is the set that was made: %s (cure: nsmgr rm)",
			 job->name, strerror(-r));
}

/* Somebody may have renamed it to keep it, or have removed it, and made another one of that name: 0. -errno: it is not known whose
 * it is, and stays. */
static int is_still_ours(const struct job *job)
{
	nsm_autoclose int now = open_dir(job);
	struct stat st, own;

	if (now == -ENOENT || now == -ENOTDIR || now == -ELOOP)
		return 0;
	if (job->dir < 0 || now < 0)
		return job->dir < 0 ? job->dir : now;
	if (fstat(job->dir, &own) < 0 || fstat(now, &st) < 0)
		return -errno;
	return st.st_dev == own.st_dev && st.st_ino == own.st_ino;
}

/* Who is left in a pid namespace that we made has outlived the command, and ends with the set. */
static int remove_named(struct job *job)
{
	struct nsmgr_ctx *ctx = job->app->ctx;
	int r = is_still_ours(job);

	if (r <= 0)
		return r < 0 ? say_unknown(job, r) : STATUS_DONE;
	r = nsmgr_remove(ctx, job->name, NSMGR_REMOVE_MISSING, NULL);
	if (r == -EBUSY)
		r = nsmgr_remove(ctx, job->name, NSMGR_REMOVE_MISSING | NSMGR_REMOVE_KILL, NULL);
	return r < 0 ? say_failure(job->app, job->name) : STATUS_DONE;
}

/* Opens the set that was just made, and remembers which it is. One that cannot be opened goes. */
static int open_named(struct job *job)
{
	int status;

	job->dir = open_dir(job);
	if (job->dir < 0)
		return say_unknown(job, job->dir);
	if (nsmgr_set_open(job->app->ctx, job->name, NSMGR_MASK_ALL, NSMGR_OPEN_HOLD, &job->set) == 0)
		return STATUS_DONE;
	status = say_failure(job->app, job->name);
	remove_named(job);
	return status;
}

/* ---- Running ---- */

static int make(struct job *job)
{
	int r;

	recipe_hold(&job->recipe);
	r = job->name ? nsmgr_create(job->app->ctx, job->name, job->recipe.config, 0)
		      : nsmgr_unshare(job->recipe.config, &job->set);
	recipe_settle(&job->recipe);
	if (r < 0)
		return say_failure(job->app, job->name);
	return job->name ? open_named(job) : STATUS_DONE;
}

/* Starts the command in the set, and gives its status when it has ended. */
static int run_there(struct job *job, char **argv)
{
	struct nsmgr_child *child;
	int r = launch_prepare(&job->launch, job->set, job->name);

	if (r != STATUS_DONE)
		return r;
	r = supervise_command(&job->supervision, job->launch.command);
	if (r == 0)
		r = nsmgr_command_start(job->launch.command, job->set, (const char *const *)argv, &child);
	if (r < 0)
		return launch_failed(&job->launch, job->name, r);
	/* One under a name is kept by that, and the lock that kept it would hold others up. */
	if (job->name)
		nsmgr_set_close(take_ptr(job->set));
	job->supervision.child = nsmgr_child_release(child);
	job->supervision.shares_terminal = !job->launch.new_session;
	return launch_supervise(&job->launch, &job->supervision);
}

/* Signals wait from before the set is made, so that none comes between making and removing it. */
static int run_as_child(struct job *job, char **argv)
{
	int status;

	supervise_begin(&job->supervision);
	status = make(job);
	if (status != STATUS_DONE)
		return status;
	status = run_there(job, argv);
	nsmgr_set_close(take_ptr(job->set));
	if (job->name && remove_named(job) != STATUS_DONE)
		return STATUS_NSMGR;
	return status;
}

static int act(struct job *job, char **argv)
{
	struct app *app = job->app;
	int status;

	if (app->verbose)
		nsmgr_set_log(app->ctx, say_remark, NULL);
	job->recipe.unnamed = !job->name;
	status = recipe_check(&job->recipe, job->name);
	if (status == STATUS_DONE)
		status = launch_take_recipe(&job->launch, &job->recipe);
	if (status == STATUS_DONE)
		status = launch_check(&job->launch);
	if (status != STATUS_DONE)
		return status;
	if (job->name && nsmgr_check_name(app->ctx, job->name) < 0)
		return say_refusal(app, job->name);
	if (job->name)
		status = launch_choose_etc(&job->launch, nsmgr_config_types(job->recipe.config), job->name);
	if (status != STATUS_DONE)
		return status;
	if (job->name || job->recipe.stays || launch_forks(&job->launch, nsmgr_config_types(job->recipe.config)))
		return run_as_child(job, argv);
	status = make(job);
	if (status != STATUS_DONE)
		return status;
	return launch_in(&job->launch, take_ptr(job->set), NULL, argv);
}

static int run(struct app *app, int argc, char **argv)
{
	nsm_cleanup(free_job) struct job job = { .app = app, .dir = -EBADF };
	struct parser parser = { .app = app, .argc = argc, .argv = argv };
	const char *value;
	int id, status = launch_begin(&job.launch, app);

	if (status == STATUS_DONE)
		status = recipe_begin(&job.recipe, app);
	while (status == STATUS_DONE && (id = opt_next(&parser, &value)) != OPT_END) {
		if (id == OPT_OPERAND)
			return act(&job, argv + parser.next - 1);
		/* Both have one; a place for it belongs to the set. */
		if (id == CREATE_SYSFS && !value)
			id = LAUNCH_SYSFS;
		if (id == OPT_NAME)
			job.name = value;
		else if (!recipe_option(&job.recipe, id, value, &status) &&
			 !launch_option(&job.launch, id, value, &status) && opt_common(app, id, &status))
			return status;
	}
	return status != STATUS_DONE ? status : say_usage(app, "a COMMAND is missing");
}

const struct verb verb_run = {
	.name = "run",
	.synopsis = "TYPES [OPTIONS] [--] COMMAND [ARG...]",
	.summary = "run a command in a set of its own, which goes with it",
	.opts = options,
	.behind = launch_options,
	.runs_command = true,
	.run = run,
};
