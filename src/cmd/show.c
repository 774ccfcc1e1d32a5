/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/verbs.h"

#include "cmd/facts.h"

enum { OPT_JSON, OPT_PROFILE };

static const struct opt options[] = {
	{ "json", 'J', NULL, OPT_JSON, "as JSON" },
	{ "profile", 0, NULL, OPT_PROFILE, "as a profile that makes such a set: nsmgr.conf(5)" },
	COMMON_OPTIONS,
};

static int act(struct app *app, const char *name, bool json, bool profile)
{
	nsm_cleanup(facts_free) struct facts facts = { 0 };
	int status, r;

	if (!name)
		return say_usage(app, "a NAME is missing");
	if (json && profile)
		return say_usage(app, "--json and --profile exclude each other");
	status = facts_gather(app, name, true, &facts);
	if (status != STATUS_DONE)
		return status;
	if (profile)
		return facts_write_profile(&facts, stdout);
	r = json ? facts_print_json(&facts) : facts_print_text(&facts);
	return r < 0 ? say_plain(app, "cannot make the table: %s", strerror(-r)) : STATUS_DONE;
}

static int run(struct app *app, int argc, char **argv)
{
	struct parser parser = { .app = app, .argc = argc, .argv = argv };
	const char *value, *name = NULL;
	bool json = false, profile = false;
	int id, status;

	while ((id = opt_next(&parser, &value)) != OPT_END) {
		if (id == OPT_OPERAND && name)
			return say_usage(app, "too many operands: '%s'", value);
		if (id == OPT_OPERAND)
			name = value;
		else if (id == OPT_JSON)
			json = true;
		else if (id == OPT_PROFILE)
			profile = true;
		else if (opt_common(app, id, &status))
			return status;
	}
	return act(app, name, json, profile);
}

const struct verb verb_show = {
	.name = "show",
	.synopsis = "NAME [OPTIONS]",
	.summary = "show everything about a set",
	.opts = options,
	.run = run,
};
