/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/verbs.h"

#include "cmd/launch.h"
#include "cmd/many.h"

enum { OPT_ALL_SETS, OPT_SETS, OPT_PARALLEL, OPT_GROUPED, OPTION_END };

_Static_assert((int)OPTION_END < (int)LAUNCH_FIRST, "ids of options are distinct");

static const struct opt options[] = {
	{ "all-sets", 0, NULL, OPT_ALL_SETS, "run it in every set of the store, without NAME" },
	{ "sets", 0, "NAME|GLOB[,...]", OPT_SETS, "run it in each of these sets, without NAME" },
	{ "parallel", 'P', "N", OPT_PARALLEL, "in so many sets at a time (1); 0: one a processor" },
	{ "grouped", 0, NULL, OPT_GROUPED, "show the output of each set whole, when it has ended" },
	CHOICE_OPTIONS,
	LAUNCH_OPTIONS,
	COMMON_OPTIONS,
};

static bool many_option(struct many *many, int id, const char *value)
{
	switch (id) {
	case OPT_ALL_SETS:
		many->all = true;
		return true;
	case OPT_SETS:
		many->sets = value;
		return true;
	case OPT_PARALLEL:
		many->parallel = value;
		return true;
	case OPT_GROUPED:
		many->grouped = true;
		return true;
	default:
		return false;
	}
}

/* What is left of the command line is NAME and the command, or with many sets the command alone. */
static int act(struct launch *launch, const struct many *many, int argc, char **argv)
{
	const char *name = argc ? argv[0] : NULL;
	int status;

	if (many->all || many->sets) {
		status = launch_check(launch);
		if (status != STATUS_DONE)
			return status;
		return argc ? many_run(launch, many, argv) : say_usage(launch->app, "a COMMAND is missing");
	}
	if (many->parallel || many->grouped)
		return say_usage(launch->app, "-P and --grouped go with --all-sets and --sets");
	if (!argc)
		return say_usage(launch->app, "a NAME is missing");
	argc--, argv++;
	if (argc && nsm_streq(argv[0], "--"))
		argc--, argv++;
	return argc ? launch_in_named(launch, name, argv) : say_usage(launch->app, "a COMMAND is missing");
}

static int run(struct app *app, int argc, char **argv)
{
	nsm_cleanup(launch_free) struct launch launch;
	struct parser parser = { .app = app, .argc = argc, .argv = argv };
	struct many many = { 0 };
	const char *value;
	int id, status = launch_begin(&launch, app);

	while (status == STATUS_DONE && (id = opt_next(&parser, &value)) != OPT_END) {
		if (id == OPT_OPERAND)
			return act(&launch, &many, argc - parser.next + 1, argv + parser.next - 1);
		if (!many_option(&many, id, value) && !launch_option(&launch, id, value, &status) &&
		    opt_common(app, id, &status))
			return status;
	}
	return status != STATUS_DONE ? status : act(&launch, &many, 0, NULL);
}

const struct verb verb_exec = {
	.name = "exec",
	.synopsis = "[OPTIONS] NAME|--all-sets|--sets=LIST [--] COMMAND [ARG...]",
	.summary = "run a command in a set",
	.opts = options,
	.runs_command = true,
	.run = run,
};
