/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/verbs.h"

#include "cmd/select.h"

/* ls as the front knows it: -q with names and patterns. Any other option, or none, is nsmgr-full's. */

enum { OPT_QUIET };

static const struct opt options[] = {
	{ "quiet", 'q', NULL, OPT_QUIET, "names only" },
	{ "verbose", 'v', NULL, OPT_VERBOSE, "say more on standard error" },
	{ 0 },
};

static int run(struct app *app, int argc, char **argv)
{
	struct parser parser = { .app = app, .argc = argc, .argv = argv };
	nsm_cleanup(selection_free) struct selection selection = { .app = app };
	const char *value, *name;
	bool quiet = false;
	int id, status;

	while ((id = opt_next(&parser, &value)) != OPT_END) {
		if (id == OPT_QUIET)
			quiet = true;
		else if (id == OPT_OPERAND) {
			if (!add_name(&selection.patterns, value))
				return say_plain(app, "out of memory");
		} else if (opt_common(app, id, &status))
			return status;
	}
	if (!quiet)
		hand_over(app);
	status = selection_begin(&selection);
	while (status == STATUS_DONE && selection_next(&selection, &name))
		print_name(name);
	return status == STATUS_DONE ? selection_end(&selection) : status;
}

static const char *const aliases[] = { "list", NULL };

const struct verb verb_names = {
	.name = "ls",
	.aliases = aliases,
	.synopsis = "-q [NAME|GLOB...]",
	.summary = "list names",
	.opts = options,
	.run = run,
};
