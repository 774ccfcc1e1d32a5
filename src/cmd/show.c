/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/verbs.h"

#include "cmd/facts.h"

enum { OPT_JSON };

static const struct opt options[] = {
	{ "json", 'J', NULL, OPT_JSON, "as JSON" },
	COMMON_OPTIONS,
};

static int act(struct app *app, const char *name, bool json)
{
	nsm_cleanup(facts_free) struct facts facts = { 0 };
	int status, r;

	if (!name)
		return say_usage(app, "a NAME is missing");
	status = facts_gather(app, name, &facts);
	if (status != STATUS_DONE)
		return status;
	r = json ? facts_print_json(&facts) : facts_print_text(&facts);
	return r < 0 ? say_plain(app, "cannot make the table: %s", strerror(-r)) : STATUS_DONE;
}

static int run(struct app *app, int argc, char **argv)
{
	struct parser parser = { .app = app, .argc = argc, .argv = argv };
	const char *value, *name = NULL;
	bool json = false;
	int id, status;

	while ((id = opt_next(&parser, &value)) != OPT_END) {
		if (id == OPT_OPERAND && name)
			return say_usage(app, "too many operands: '%s'", value);
		if (id == OPT_OPERAND)
			name = value;
		else if (id == OPT_JSON)
			json = true;
		else if (opt_common(app, id, &status))
			return status;
	}
	return act(app, name, json);
}

const struct verb verb_show = {
	.name = "show",
	.synopsis = "NAME [OPTIONS]",
	.summary = "show everything about a set",
	.opts = options,
	.run = run,
};
