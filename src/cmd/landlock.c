/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/landlock.h"

#include "base/parse.h"
#include "base/text.h"

/* The options of Landlock, which take lists: "none" alone is an empty one, an empty part is a mistake. */

static const char *name_of(int id)
{
	switch (id) {
	case LAUNCH_LANDLOCK_RO:
		return "--landlock-ro";
	case LAUNCH_LANDLOCK_RW:
		return "--landlock-rw";
	case LAUNCH_LANDLOCK_RX:
		return "--landlock-rx";
	case LAUNCH_LANDLOCK_BIND:
		return "--landlock-bind";
	case LAUNCH_LANDLOCK_CONNECT:
		return "--landlock-connect";
	default:
		return "--landlock-scope";
	}
}

static int result(const struct launch *launch, int r)
{
	return r < 0 ? say_refusal(launch->app, NULL) : STATUS_DONE;
}

/* ---- Paths ---- */

/* Takes the next path off *cursor, in place: a comma or a backslash behind a backslash is part of it. NULL at the end. */
static char *next_path(char **cursor)
{
	char *path = *cursor, *to = path, *from = path;

	if (!path)
		return NULL;
	for (; *from && *from != ','; from++) {
		if (*from == '\\' && (from[1] == ',' || from[1] == '\\'))
			from++;
		*to++ = *from;
	}
	*cursor = *from ? from + 1 : NULL;
	*to = '\0';
	return path;
}

static int allow_paths(struct launch *launch, int id, const char *list)
{
	const enum nsmgr_landlock_access access = id == LAUNCH_LANDLOCK_RO   ? NSMGR_LANDLOCK_RO
						  : id == LAUNCH_LANDLOCK_RW ? NSMGR_LANDLOCK_RW
									     : NSMGR_LANDLOCK_RX;
	nsm_autofree char *copy = strdup(list);
	char *cursor = copy;
	const char *path;
	int r = 0;

	if (!copy)
		return say_plain(launch->app, "out of memory");
	if (nsm_streq(list, "none"))
		return result(launch, nsmgr_command_landlock_path(launch->command, NULL, access));
	while (r == 0 && (path = next_path(&cursor))) {
		if (!*path)
			return say_usage(launch->app, "%s: a path is missing in '%s'", name_of(id), list);
		r = nsmgr_command_landlock_path(launch->command, path, access);
	}
	return result(launch, r);
}

/* ---- Ports ---- */

static bool parse_ports(const char **text, uint64_t *ret_first, uint64_t *ret_last)
{
	if (nsm_parse_u64_prefix(text, ret_first) < 0)
		return false;
	*ret_last = *ret_first;
	if (**text == '-') {
		++*text;
		if (nsm_parse_u64_prefix(text, ret_last) < 0)
			return false;
	}
	return *ret_first <= *ret_last && *ret_last <= UINT16_MAX && (!**text || **text == ',');
}

static int allow_ports(struct launch *launch, int id, const char *list)
{
	const enum nsmgr_landlock_port what = id == LAUNCH_LANDLOCK_BIND ? NSMGR_LANDLOCK_BIND : NSMGR_LANDLOCK_CONNECT;
	int r = 0;

	if (nsm_streq(list, "none"))
		return result(launch, nsmgr_command_landlock_port(launch->command, what, 1, 0));
	for (const char *p = list; r == 0; p++) {
		uint64_t first, last;

		if (!parse_ports(&p, &first, &last))
			return say_usage(launch->app, "%s: '%s' is not PORT|A-B[,...] of 0 to 65535", name_of(id), list);
		r = nsmgr_command_landlock_port(launch->command, what, (uint16_t)first, (uint16_t)last);
		if (!*p)
			break;
	}
	return result(launch, r);
}

/* ---- Scopes ---- */

static int confine(struct launch *launch, const char *list)
{
	static const struct {
		const char *name;
		unsigned bit;
	} scopes[] = {
		{ "signal", NSMGR_LANDLOCK_SIGNAL },
		{ "abstract-unix-socket", NSMGR_LANDLOCK_ABSTRACT_UNIX_SOCKET },
	};
	nsm_autofree char *copy = strdup(list);
	char *cursor = copy;
	const char *word;
	unsigned bits = 0;

	if (!copy)
		return say_plain(launch->app, "out of memory");
	while ((word = nsm_token(&cursor, ','))) {
		unsigned bit = 0;

		for (size_t i = 0; i < NSM_ARRAY_SIZE(scopes); i++)
			if (nsm_streq(word, scopes[i].name))
				bit = scopes[i].bit;
		if (!bit)
			return say_usage(launch->app, "--landlock-scope: '%s' is none of signal, abstract-unix-socket", word);
		bits |= bit;
	}
	if (!bits || list[strlen(list) - 1] == ',')
		return say_usage(launch->app, "--landlock-scope: a scope is missing");
	return result(launch, nsmgr_command_landlock_scope(launch->command, bits));
}

int landlock_option(struct launch *launch, int id, const char *value)
{
	switch (id) {
	case LAUNCH_LANDLOCK_RO:
	case LAUNCH_LANDLOCK_RW:
	case LAUNCH_LANDLOCK_RX:
		return allow_paths(launch, id, value);
	case LAUNCH_LANDLOCK_BIND:
	case LAUNCH_LANDLOCK_CONNECT:
		return allow_ports(launch, id, value);
	case LAUNCH_LANDLOCK_SCOPE:
		return confine(launch, value);
	default:
		nsmgr_command_landlock_best_effort(launch->command);
		return STATUS_DONE;
	}
}
