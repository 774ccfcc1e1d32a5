/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/verbs.h"

#include "cmd/launch.h"

static const struct opt options[] = {
	CHOICE_OPTIONS,
	LAUNCH_OPTIONS,
	COMMON_OPTIONS,
};

static int run(struct app *app, int argc, char **argv)
{
	nsm_cleanup(launch_free) struct launch launch;
	struct parser parser = { .app = app, .argc = argc, .argv = argv };
	const char *name = NULL, *value;
	int id, status = launch_begin(&launch, app);

	if (status != STATUS_DONE)
		return status;
	while (!name && (id = opt_next(&parser, &value)) != OPT_END) {
		if (id == OPT_OPERAND) {
			name = value;
		} else if (launch_option(&launch, id, value, &status)) {
			if (status != STATUS_DONE)
				return status;
		} else if (opt_common(app, id, &status)) {
			return status;
		}
	}
	if (!name)
		return say_usage(app, "a NAME is missing");
	if (parser.next < argc && nsm_streq(argv[parser.next], "--"))
		parser.next++;
	if (parser.next >= argc)
		return say_usage(app, "a COMMAND is missing");
	return launch_in_named(&launch, name, argv + parser.next);
}

const struct verb verb_exec = {
	.name = "exec",
	.synopsis = "[OPTIONS] NAME [--] COMMAND [ARG...]",
	.summary = "run a command in a set",
	.opts = options,
	.runs_command = true,
	.run = run,
};
