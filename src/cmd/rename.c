/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/verbs.h"

static const struct opt options[] = {
	COMMON_OPTIONS,
};

static int run(struct app *app, int argc, char **argv)
{
	struct parser parser = { .app = app, .argc = argc, .argv = argv };
	const char *names[2], *value;
	size_t count = 0;
	int id, status;

	while ((id = opt_next(&parser, &value)) != OPT_END) {
		if (id == OPT_OPERAND && count == NSM_ARRAY_SIZE(names))
			return say_usage(app, "too many names: '%s'", value);
		if (id == OPT_OPERAND)
			names[count++] = value;
		else if (opt_common(app, id, &status))
			return status;
	}
	if (count < NSM_ARRAY_SIZE(names))
		return say_usage(app, "OLD and NEW are needed");
	for (size_t i = 0; i < count; i++)
		if (nsmgr_check_name(app->ctx, names[i]) < 0)
			return say_refusal(app, names[i]);
	return nsmgr_rename(app->ctx, names[0], names[1]) < 0 ? say_failure(app, names[0]) : STATUS_DONE;
}

static const char *const aliases[] = { "mv", NULL };

const struct verb verb_rename = {
	.name = "rename",
	.aliases = aliases,
	.synopsis = "OLD NEW",
	.summary = "give a set another name",
	.opts = options,
	.run = run,
};
