/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/verbs.h"

#include "base/parse.h"

enum { OPT_WAIT };

static const struct opt options[] = {
	{ "wait", 0, "SEC", OPT_WAIT, "give up on a set after so long (10)" },
	COMMON_OPTIONS,
};

/* One after the other, whatever becomes of the others. */
static int act(const struct app *app, const struct names *names, bool frozen, const struct timespec *timeout)
{
	int status = STATUS_DONE;

	if (!names->count)
		return say_usage(app, "a NAME is missing");
	for (size_t i = 0; i < names->count; i++)
		if (nsmgr_check_name(app->ctx, names->array[i]) < 0)
			return say_refusal(app, names->array[i]);
	for (size_t i = 0; i < names->count; i++)
		if (nsmgr_cgroup_freeze(app->ctx, names->array[i], frozen, timeout) < 0)
			status = say_failure(app, names->array[i]);
	return status;
}

static int run(struct app *app, int argc, char **argv, bool frozen)
{
	nsm_cleanup(free_names) struct names names = { 0 };
	struct parser parser = { .app = app, .argc = argc, .argv = argv };
	struct timespec timeout = { .tv_sec = 10 };
	const char *value;
	int id, status;

	while ((id = opt_next(&parser, &value)) != OPT_END) {
		if (id == OPT_OPERAND && !add_name(&names, value))
			return say_plain(app, "out of memory");
		if (id == OPT_WAIT && nsm_parse_duration(value, &timeout) < 0)
			return say_usage(app, "--wait: '%s' is not SEC[.FRAC]", value);
		if (id != OPT_OPERAND && id != OPT_WAIT && opt_common(app, id, &status))
			return status;
	}
	return act(app, &names, frozen, &timeout);
}

static int run_freeze(struct app *app, int argc, char **argv)
{
	return run(app, argc, argv, true);
}

static int run_thaw(struct app *app, int argc, char **argv)
{
	return run(app, argc, argv, false);
}

const struct verb verb_freeze = {
	.name = "freeze",
	.synopsis = "NAME... [OPTIONS]",
	.summary = "stop all processes in the cgroup of a set",
	.opts = options,
	.run = run_freeze,
};

const struct verb verb_thaw = {
	.name = "thaw",
	.synopsis = "NAME... [OPTIONS]",
	.summary = "have the processes of a frozen set go on",
	.opts = options,
	.run = run_thaw,
};
