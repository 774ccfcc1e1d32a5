/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/verbs.h"

#include "cmd/launch.h"

#include <pwd.h>
#include <unistd.h>

static const struct opt options[] = {
	CHOICE_OPTIONS,
	LAUNCH_OPTIONS,
	COMMON_OPTIONS,
};

/* The caller's: that of --as is known inside alone, and may be one that nobody can log in with. */
static const char *find_shell(void)
{
	const char *shell = getenv("SHELL");
	const struct passwd *entry;

	if (shell && *shell)
		return shell;
	entry = getpwuid(getuid());
	return entry && entry->pw_shell && *entry->pw_shell ? entry->pw_shell : "/bin/sh";
}

static int act(struct launch *launch, const char *name)
{
	/* getpwuid() has its own memory, which an in-place exec still needs. */
	char *argv[] = { strdup(find_shell()), NULL };
	int status = argv[0] ? launch_in_named(launch, name, argv) : say_plain(launch->app, "out of memory");

	free(argv[0]);
	return status;
}

static int run(struct app *app, int argc, char **argv)
{
	nsm_cleanup(launch_free) struct launch launch;
	struct parser parser = { .app = app, .argc = argc, .argv = argv };
	const char *name = NULL, *value;
	int id, status = launch_begin(&launch, app);

	while (status == STATUS_DONE && (id = opt_next(&parser, &value)) != OPT_END) {
		if (id == OPT_OPERAND) {
			if (name)
				return say_usage(app, "too many operands: '%s' (exec runs another command)", value);
			name = value;
			/* There is no command whose options these could be. */
			parser.operands_only = false;
		} else if (!launch_option(&launch, id, value, &status) && opt_common(app, id, &status)) {
			return status;
		}
	}
	if (status != STATUS_DONE)
		return status;
	if (!name)
		return say_usage(app, "a NAME is missing");
	return act(&launch, name);
}

const struct verb verb_shell = {
	.name = "shell",
	.synopsis = "NAME [OPTIONS]",
	.summary = "run your shell in a set",
	.opts = options,
	.runs_command = true,
	.run = run,
};
