/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/verbs.h"

#include "base/parse.h"
#include "cmd/supervise.h"

#include <signal.h>
#include <unistd.h>

enum {
	OPT_ONLY,
	OPT_EXCEPT,
	OPT_AS,
	OPT_PRESERVE_CREDENTIALS,
	OPT_CWD,
	OPT_ENV,
	OPT_CLEAR_ENV,
	OPT_PRESERVE_FDS,
	OPT_NO_NEW_PRIVS,
	OPT_NEW_SESSION,
	OPT_FORK,
	OPT_KILL_CHILD,
};

static const struct opt options[] = {
	{ "only", 0, "LIST", OPT_ONLY, "enter only these types" },
	{ "except", 0, "LIST", OPT_EXCEPT, "do not enter these types" },
	{ "as", 'S', "USER[:GROUP[,GROUP...]]", OPT_AS, "run as USER, by number or by the names known inside" },
	{ "preserve-credentials", 0, NULL, OPT_PRESERVE_CREDENTIALS, "leave user and group ids as they are" },
	{ "cwd", 'w', "DIR", OPT_CWD, "start in DIR of the set" },
	{ "env", 'e', "K=V|K|-K", OPT_ENV, "set, import or unset a variable; repeatable" },
	{ "clear-env", 0, NULL, OPT_CLEAR_ENV, "start from an empty environment" },
	{ "preserve-fds", 0, "N[,M...]", OPT_PRESERVE_FDS, "keep these descriptors above 2 open" },
	{ "no-new-privs", 0, NULL, OPT_NO_NEW_PRIVS, "no privilege can be gained by an exec" },
	{ "new-session", 0, NULL, OPT_NEW_SESSION, "a session of its own, without a terminal" },
	{ "fork", 'f', NULL, OPT_FORK, "run it as a child, also where that is not needed" },
	{ "kill-child", 0, "[=SIG]", OPT_KILL_CHILD, "a signal for the command when nsmgr ends (KILL)" },
	COMMON_OPTIONS,
};

struct job {
	struct app *app;
	struct nsmgr_command *command;
	struct nsmgr_set *set;
	unsigned types;
	bool chosen; /* --only or --except was given */
	bool fork, new_session;
	const char *name;
};

static void free_job(struct job *job)
{
	nsmgr_set_close(job->set);
	nsmgr_command_free(job->command);
}

static int choose_types(struct job *job, const char *list, bool only)
{
	unsigned types;

	if (job->chosen)
		return say_usage(job->app, "--only and --except exclude each other, and go once");
	if (!parse_types(job->app, list, &types))
		return STATUS_NSMGR;
	job->chosen = true;
	job->types = only ? types : NSMGR_MASK_ALL & ~types;
	return STATUS_DONE;
}

static int preserve_fds(struct job *job, const char *list)
{
	for (const char *p = list;; p++) {
		uint64_t fd;

		if (nsm_parse_u64_prefix(&p, &fd) < 0 || fd > INT32_MAX || (*p && *p != ','))
			return say_usage(job->app, "--preserve-fds: '%s' is not N[,M...]", list);
		if (nsmgr_command_preserve_fd(job->command, (int)fd) < 0)
			return say_refusal(job->app, NULL);
		if (!*p)
			return STATUS_DONE;
	}
}

static int result(struct job *job, int r)
{
	return r < 0 ? say_refusal(job->app, NULL) : STATUS_DONE;
}

static int kill_child(struct job *job, const char *value)
{
	int signal = value ? signal_number(value) : SIGKILL;

	if (signal == 0)
		return say_usage(job->app, "--kill-child: '%s' is no signal", value);
	nsmgr_command_parent_death(job->command, signal);
	job->fork = true;
	return STATUS_DONE;
}

static int apply(struct job *job, int id, const char *value)
{
	switch (id) {
	case OPT_ONLY:
	case OPT_EXCEPT:
		return choose_types(job, value, id == OPT_ONLY);
	case OPT_AS:
		return result(job, nsmgr_command_as(job->command, value));
	case OPT_PRESERVE_CREDENTIALS:
		nsmgr_command_preserve_credentials(job->command);
		return STATUS_DONE;
	case OPT_CWD:
		nsmgr_command_cwd(job->command, value);
		return STATUS_DONE;
	case OPT_ENV:
		return result(job, nsmgr_command_env(job->command, value));
	case OPT_CLEAR_ENV:
		nsmgr_command_clear_env(job->command);
		return STATUS_DONE;
	case OPT_PRESERVE_FDS:
		return preserve_fds(job, value);
	case OPT_NO_NEW_PRIVS:
		nsmgr_command_no_new_privs(job->command);
		return STATUS_DONE;
	case OPT_NEW_SESSION:
		nsmgr_command_new_session(job->command);
		job->new_session = true;
		return STATUS_DONE;
	case OPT_FORK:
		job->fork = true;
		return STATUS_DONE;
	default:
		return kill_child(job, value);
	}
}

/* Becomes the command; what it returns is the status of a failure. */
static int become(struct job *job, char **argv)
{
	int r = nsmgr_command_exec(job->command, (const char *const *)argv);

	say_failure(job->app, job->name);
	if (!nsm_streq(nsmgr_get_failure(job->app->ctx)->step, "exec"))
		return STATUS_NSMGR;
	return r == -ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
}

/* Runs the command as a child; the set is let go of as soon as it is entered. */
static int run_child(struct job *job, char **argv)
{
	struct supervision supervision;
	pid_t pid;

	supervise_begin(&supervision);
	pid = nsmgr_command_fork(job->command);
	/* Both let go of the set, and of the lock that kept it: nothing that goes on inside may hold others up. */
	if (pid >= 0)
		nsmgr_set_close(take_ptr(job->set));
	if (pid == 0) {
		supervise_child(&supervision);
		_exit(become(job, argv));
	}
	if (pid < 0)
		return say_failure(job->app, job->name);
	supervision.child = pid;
	supervision.shares_terminal = !job->new_session;
	return supervise(&supervision);
}

static int act(struct job *job, char **argv)
{
	bool enters_pid;

	if (nsmgr_set_open(job->app->ctx, job->name, job->types, NSMGR_OPEN_HOLD, &job->set) < 0)
		return say_failure(job->app, job->name);
	enters_pid = nsmgr_set_types(job->set) & NSMGR_MASK(NSMGR_PID);
	if (nsmgr_command_enter(job->command, job->set) < 0)
		return say_failure(job->app, job->name);
	if (enters_pid || job->fork || (job->new_session && getpgrp() == getpid()))
		return run_child(job, argv);
	return become(job, argv);
}

static int run(struct app *app, int argc, char **argv)
{
	nsm_cleanup(free_job) struct job job = { .app = app, .types = NSMGR_MASK_ALL };
	struct parser parser = { .app = app, .argc = argc, .argv = argv };
	const char *value;
	int id, status;

	if (nsmgr_command_new(app->ctx, &job.command) < 0)
		return say_failure(app, NULL);
	while (!job.name && (id = opt_next(&parser, &value)) != OPT_END) {
		if (id == OPT_OPERAND) {
			job.name = value;
		} else if (id < 0) {
			if (opt_common(app, id, &status))
				return status;
		} else {
			status = apply(&job, id, value);
			if (status != STATUS_DONE)
				return status;
		}
	}
	if (!job.name)
		return say_usage(app, "a NAME is missing");
	if (parser.next < argc && nsm_streq(argv[parser.next], "--"))
		parser.next++;
	if (parser.next >= argc)
		return say_usage(app, "a COMMAND is missing");
	if (app->verbose)
		nsmgr_set_log(app->ctx, say_remark, NULL);
	return act(&job, argv + parser.next);
}

const struct verb verb_exec = {
	.name = "exec",
	.synopsis = "[OPTIONS] NAME [--] COMMAND [ARG...]",
	.summary = "run a command in a set",
	.opts = options,
	.runs_command = true,
	.run = run,
};
