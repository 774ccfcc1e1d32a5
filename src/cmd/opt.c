/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/app.h"

static bool value_is_optional(const struct opt *opt)
{
	return opt->value && opt->value[0] == '[';
}

static bool is_prefix(const struct opt *opt)
{
	return opt->name[strlen(opt->name) - 1] == '-';
}

const struct opt *opt_find(const struct opt *opts, const char *name, size_t len)
{
	for (const struct opt *opt = opts; opt && opt->name; opt++)
		if (strlen(opt->name) == len && strncmp(opt->name, name, len) == 0 && !is_prefix(opt))
			return opt;
	return NULL;
}

const struct opt *opt_find_id(const struct opt *opts, int id)
{
	for (const struct opt *opt = opts; opt && opt->name; opt++)
		if (opt->id == id)
			return opt;
	return NULL;
}

bool opt_takes_no_value(const struct opt *opt)
{
	return !opt->value;
}

bool opt_needs_value(const struct opt *opt)
{
	return opt->value && !value_is_optional(opt);
}

bool opt_repeats(const struct opt *opt)
{
	size_t len = opt && opt->value ? strlen(opt->value) : 0;

	return len > 3 && nsm_streq(opt->value + len - 3, "...");
}

/* One of the verb's own, or of those behind a prefix; *ret_id is its id in this verb. */
static const struct opt *find_of_verb(const struct verb *verb, const char *name, size_t len, int *ret_id)
{
	const struct opt *found = opt_find(verb->opts, name, len);

	if (found)
		*ret_id = found->id;
	for (const struct opt *opt = verb->opts; !found && opt->name; opt++) {
		size_t before = strlen(opt->name);

		if (!is_prefix(opt) || len <= before || strncmp(name, opt->name, before) != 0)
			continue;
		found = opt_find(verb->behind, name + before, len - before);
		if (found)
			*ret_id = opt->id + found->id;
	}
	return found;
}

static int bad(struct parser *parser, const char *what, const char *option, size_t len)
{
	/* The other program may know it; nothing has been done yet. */
	hand_over(parser->app);
	say_usage(parser->app, "%s '%.*s'", what, (int)len, option);
	return OPT_BAD;
}

static int next_long(struct parser *parser, const char *arg, const char **ret_value)
{
	const char *name = arg + 2;
	size_t len = strcspn(name, "=");
	const char *value = name[len] ? name + len + 1 : NULL;
	int id = OPT_BAD;
	const struct opt *opt = find_of_verb(parser->app->verb, name, len, &id);

	if (!opt)
		return bad(parser, "unknown option", arg, len + 2);
	if (value && opt_takes_no_value(opt))
		return bad(parser, "no value goes with", arg, len + 2);
	if (!value && opt_needs_value(opt)) {
		value = parser->next < parser->argc ? parser->argv[parser->next] : NULL;
		if (!value)
			return bad(parser, "a value is missing behind", arg, len + 2);
		parser->next++;
	}
	*ret_value = value;
	return id;
}

static int next_letter(struct parser *parser, const char **ret_value)
{
	char letter = *parser->letters++;

	for (const struct opt *opt = parser->app->verb->opts; opt->name; opt++) {
		char shown[] = { '-', letter, '\0' };

		if (opt->letter != letter)
			continue;
		*ret_value = NULL;
		if (opt->value && !value_is_optional(opt)) {
			*ret_value = *parser->letters			  ? parser->letters
				     : parser->next < parser->argc ? parser->argv[parser->next++]
								  : NULL;
			parser->letters = "";
			if (!*ret_value)
				return bad(parser, "a value is missing behind", shown, 2);
		}
		return opt->id;
	}
	return bad(parser, "unknown option", (const char[]){ '-', letter, '\0' }, 2);
}

int opt_next(struct parser *parser, const char **ret_value)
{
	const char *arg;

	if (parser->letters && *parser->letters)
		return next_letter(parser, ret_value);
	if (parser->next >= parser->argc)
		return OPT_END;
	arg = parser->argv[parser->next++];
	if (parser->operands_only || arg[0] != '-' || !arg[1]) {
		parser->operands_only |= parser->app->verb->runs_command;
		*ret_value = arg;
		return OPT_OPERAND;
	}
	if (nsm_streq(arg, "--")) {
		parser->operands_only = true;
		return opt_next(parser, ret_value);
	}
	if (arg[1] == '-')
		return next_long(parser, arg, ret_value);
	parser->letters = arg + 1;
	return next_letter(parser, ret_value);
}

bool opt_common(struct app *app, int id, int *ret_status)
{
	switch (id) {
	case OPT_VERBOSE:
		app->verbose = true;
		return false;
	case OPT_HELP:
		*ret_status = show_help(app);
		return true;
	default:
		*ret_status = app->verb->runs_command ? STATUS_NSMGR : STATUS_USAGE;
		return true;
	}
}

bool parse_types(const struct app *app, const char *list, unsigned *ret)
{
	unsigned types = 0;

	for (;;) {
		size_t len = strcspn(list, ",");
		enum nsmgr_type type;
		char name[16];

		if (len == 0 || len >= sizeof(name)) {
			say_usage(app, "no list of types: '%s'", list);
			return false;
		}
		memcpy(name, list, len);
		name[len] = '\0';
		if (nsmgr_type_from_name(name, &type) < 0) {
			say_usage(app, "'%s' is no type of namespace", name);
			return false;
		}
		types |= NSMGR_MASK(type);
		list += len;
		if (!*list++)
			break;
	}
	*ret = types;
	return true;
}

bool add_name(struct names *names, const char *name)
{
	if (names->count == names->size) {
		size_t size = names->size ? names->size * 2 : 16;
		const char **array = realloc(names->array, size * sizeof(*array));

		if (!array)
			return false;
		names->array = array;
		names->size = size;
	}
	names->array[names->count++] = name;
	return true;
}

void free_names(struct names *names)
{
	free(names->array);
}
