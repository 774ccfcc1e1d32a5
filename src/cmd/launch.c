/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/launch.h"

#include "base/fd.h"
#include "base/parse.h"
#include "base/text.h"

#include <signal.h>
#include <unistd.h>

int launch_begin(struct launch *launch, struct app *app)
{
	*launch = (struct launch){ .app = app, .types = NSMGR_MASK_ALL, .bounding = UINT64_MAX, .cgroup = -EBADF, .pty = { -EBADF, -EBADF },
				   .usage = -EBADF, .kill_after = { .tv_sec = 5 } };
	return nsmgr_command_new(app->ctx, &launch->command) < 0 ? say_failure(app, NULL) : STATUS_DONE;
}

void launch_free(struct launch *launch)
{
	if (launch->release)
		launch->release(launch);
	nsmgr_command_free(launch->command);
	nsm_close(&launch->cgroup);
	nsm_close(&launch->pty[0]);
	nsm_close(&launch->pty[1]);
	nsm_close(&launch->usage);
	free(launch->label);
	told_free(&launch->told);
	free(launch->defaults);
}

const struct opt launch_options[] = { LAUNCH_OPTIONS, { 0 } };

/* ---- Options ---- */

static int choose_types(struct launch *launch, const char *list, bool only)
{
	unsigned types;

	if (launch->chosen)
		return say_usage(launch->app, "--only and --except exclude each other, and go once");
	if (!parse_types(launch->app, list, &types))
		return STATUS_NSMGR;
	launch->chosen = true;
	launch->types = only ? types : NSMGR_MASK_ALL & ~types;
	return STATUS_DONE;
}

static int preserve_fds(struct launch *launch, const char *list)
{
	for (const char *p = list;; p++) {
		uint64_t fd;

		if (nsm_parse_u64_prefix(&p, &fd) < 0 || fd > INT32_MAX || (*p && *p != ','))
			return say_usage(launch->app, "--preserve-fds: '%s' is not N[,M...]", list);
		if (nsmgr_command_preserve_fd(launch->command, (int)fd) < 0)
			return say_refusal(launch->app, NULL);
		if (!*p)
			return STATUS_DONE;
	}
}

static int result(struct launch *launch, int r)
{
	return r < 0 ? say_refusal(launch->app, NULL) : STATUS_DONE;
}

static int kill_child(struct launch *launch, const char *value)
{
	int signal = value ? signal_number(value) : SIGKILL;

	if (signal == 0)
		return say_usage(launch->app, "--kill-child: '%s' is no signal", value);
	nsmgr_command_parent_death(launch->command, signal);
	launch->fork = true;
	return STATUS_DONE;
}

static int apply(struct launch *launch, int id, const char *value)
{
	switch (id) {
	case LAUNCH_ONLY:
	case LAUNCH_EXCEPT:
		return choose_types(launch, value, id == LAUNCH_ONLY);
	case LAUNCH_NO_DEFAULTS:
		launch->no_defaults = true;
		return STATUS_DONE;
	case LAUNCH_AS:
		launch->as = value;
		return result(launch, nsmgr_command_as(launch->command, value));
	case LAUNCH_PRESERVE_CREDENTIALS:
		nsmgr_command_preserve_credentials(launch->command);
		launch->preserves_credentials = true;
		launch->as = NULL; /* the last counts */
		return STATUS_DONE;
	case LAUNCH_ROOT:
		nsmgr_command_root(launch->command, value);
		launch->root = value;
		return STATUS_DONE;
	case LAUNCH_ARGV0:
		nsmgr_command_argv0(launch->command, value);
		return STATUS_DONE;
	case LAUNCH_CWD:
	case LAUNCH_WDNS:
		nsmgr_command_cwd(launch->command, value);
		return STATUS_DONE;
	case LAUNCH_ENV:
		return result(launch, nsmgr_command_env(launch->command, value));
	case LAUNCH_CLEAR_ENV:
		nsmgr_command_clear_env(launch->command);
		return STATUS_DONE;
	case LAUNCH_PRESERVE_FDS:
		return preserve_fds(launch, value);
	case LAUNCH_NO_NEW_PRIVS:
		nsmgr_command_no_new_privs(launch->command);
		return STATUS_DONE;
	case LAUNCH_NEW_SESSION:
		nsmgr_command_new_session(launch->command);
		launch->new_session = true;
		return STATUS_DONE;
	case LAUNCH_FORK:
		launch->fork = true;
		return STATUS_DONE;
	case LAUNCH_NO_ETC:
		launch->no_etc = true;
		return STATUS_DONE;
	case LAUNCH_NO_JOIN_CGROUP:
		nsmgr_command_stay_in_cgroup(launch->command);
		launch->join_cgroup = false; /* the last counts */
		return STATUS_DONE;
	case LAUNCH_KILL_CHILD:
		return kill_child(launch, value);
	default:
		return launch_full_option(launch, id, value);
	}
}

bool launch_option(struct launch *launch, int id, const char *value, int *ret_status)
{
	if (id < LAUNCH_FIRST || id >= LAUNCH_OPTION_END)
		return false;
	*ret_status = told_add(&launch->told, &(struct told){ .id = id, .value = value })
			      ? apply(launch, id, value)
			      : say_plain(launch->app, "out of memory");
	return true;
}

int launch_check(struct launch *launch)
{
	return launch->check ? launch->check(launch) : STATUS_DONE;
}

/* ---- Running it ---- */

bool launch_forks(const struct launch *launch, unsigned types)
{
	return (types & NSMGR_MASK(NSMGR_PID)) || launch->fork || (launch->new_session && getpgrp() == getpid());
}

int launch_failed(const struct launch *launch, const char *name, int error)
{
	const char *step = nsmgr_get_failure(launch->app->ctx)->step;

	say_failure(launch->app, name);
	if (nsm_streq(step, "cover"))
		say_plain(launch->app, "--no-etc leaves /etc as it is");
	if (!nsm_streq(step, "exec"))
		return STATUS_NSMGR;
	return error == -ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
}

static bool is_there(const char *directory, const char *name)
{
	char path[128];
	struct nsm_text text = NSM_TEXT(path);

	nsm_text_put(&text, directory);
	nsm_text_put(&text, name);
	nsm_text_put(&text, "/");
	return access(path, F_OK) == 0;
}

int launch_choose_etc(struct launch *launch, unsigned types, const char *name)
{
	const unsigned net = NSMGR_MASK(NSMGR_NET), mnt = NSMGR_MASK(NSMGR_MNT);

	if (launch->no_etc || (types & (net | mnt)) != net)
		return STATUS_DONE;
	return is_there("/etc/nsmgr/", name) || is_there("/etc/netns/", name) ? launch_cover_etc(launch, name) : STATUS_DONE;
}

int launch_prepare(struct launch *launch, const struct nsmgr_set *set, const char *name)
{
	return launch->prepare ? launch->prepare(launch, set, name) : STATUS_DONE;
}

/* Becomes the command; what it returns is the status of a failure. */
static int become(struct launch *launch, const char *name, char **argv)
{
	return launch_failed(launch, name, nsmgr_command_exec(launch->command, (const char *const *)argv));
}

int launch_supervise(struct launch *launch, const struct supervision *supervision)
{
	return launch->supervise ? launch->supervise(launch, supervision) : supervise(supervision);
}

/* Runs the command as a child; the set is let go of as soon as it is entered. */
static int run_child(struct launch *launch, struct nsmgr_set **set, const char *name, char **argv)
{
	struct supervision supervision;
	pid_t pid;

	supervise_begin(&supervision);
	pid = nsmgr_command_fork(launch->command);
	/* Both let go of the set, and of the lock that kept it: nothing that goes on inside may hold others up. */
	if (pid >= 0)
		nsmgr_set_close(take_ptr(*set));
	if (pid == 0) {
		supervise_child(&supervision);
		_exit(become(launch, name, argv));
	}
	if (pid < 0)
		return say_failure(launch->app, name);
	supervision.child = pid;
	supervision.shares_terminal = !launch->new_session;
	return launch_supervise(launch, &supervision);
}

/* The same for a command that has other standard descriptors than we: what keeps it from being started is said on ours. */
static int start_child(struct launch *launch, struct nsmgr_set **set, const char *name, char **argv)
{
	struct supervision supervision;
	struct nsmgr_child *child;
	int r;

	supervise_begin(&supervision);
	r = supervise_command(&supervision, launch->command);
	if (r == 0)
		r = nsmgr_command_start(launch->command, *set, (const char *const *)argv, &child);
	if (r < 0)
		return launch_failed(launch, name, r);
	nsmgr_set_close(take_ptr(*set));
	supervision.child = nsmgr_child_release(child);
	supervision.shares_terminal = !launch->new_session;
	return launch_supervise(launch, &supervision);
}

static void close_set(struct nsmgr_set **set)
{
	nsmgr_set_close(*set);
}

int launch_in(struct launch *launch, struct nsmgr_set *set, const char *name, char **argv)
{
	nsm_cleanup(close_set) struct nsmgr_set *owned = set;
	unsigned types = nsmgr_set_types(set);
	int r, status = launch_prepare(launch, set, name);

	if (status != STATUS_DONE)
		return status;
	if (launch->supervise)
		return start_child(launch, &owned, name, argv);
	r = nsmgr_command_enter(launch->command, set);
	if (r < 0)
		return launch_failed(launch, name, r);
	return launch_forks(launch, types) ? run_child(launch, &owned, name, argv) : become(launch, name, argv);
}

int launch_in_named(struct launch *launch, const char *name, char **argv)
{
	struct nsmgr_set *set;
	int status;

	if (launch->app->verbose)
		nsmgr_set_log(launch->app->ctx, say_remark, NULL);
	if (nsmgr_set_open(launch->app->ctx, name, launch->types, NSMGR_OPEN_HOLD, &set) < 0)
		return say_failure(launch->app, name);
	status = nsmgr_set_has_defaults(set) && !launch->no_defaults ? launch_take_defaults(launch, set, name) : STATUS_DONE;
	if (status == STATUS_DONE)
		status = launch_check(launch);
	if (status == STATUS_DONE)
		status = launch_choose_etc(launch, nsmgr_set_types(set), name);
	if (status == STATUS_DONE)
		return launch_in(launch, set, name, argv);
	nsmgr_set_close(set);
	return status;
}
