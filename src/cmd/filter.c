/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/filter.h"

#include <fnmatch.h>

int filters_add(const struct app *app, struct filters *filters, const struct view *view, const char *text)
{
	size_t len = strcspn(text, "=!"), column;
	bool inverted = text[len] == '!';
	char name[32], bad[32];

	if (!text[len] || text[len + inverted] != '=' || len == 0 || len >= sizeof(name))
		return say_usage(app, "--filter: '%s' is not COLUMN=GLOB[,GLOB...]", text);
	if (filters->count == FILTER_MAX)
		return say_usage(app, "--filter: more than %d of them", FILTER_MAX);
	memcpy(name, text, len);
	name[len] = '\0';
	if (columns_parse(view->columns, view->count, name, NULL, 0, &column, 1, bad) != 1)
		return say_usage(app, "--filter: no column '%s' (see --list-columns)", name);
	filters->array[filters->count++] = (struct filter){ column, inverted, text + len + inverted + 1 };
	return STATUS_DONE;
}

static bool matches(const char *globs, const char *cell)
{
	for (;;) {
		size_t len = strcspn(globs, ",");
		char glob[256];
		struct nsm_text text = NSM_TEXT(glob);

		glob[0] = '\0';
		nsm_text_add(&text, "%.*s", (int)len, globs);
		if (!text.cut && fnmatch(glob, cell, 0) == 0)
			return true;
		if (!globs[len])
			return false;
		globs += len + 1;
	}
}

bool filters_pass(const struct filters *filters, cell_fn *cell, const void *row)
{
	for (size_t i = 0; i < filters->count; i++) {
		const struct filter *filter = &filters->array[i];
		char buf[VIEW_CELL_SIZE];
		struct nsm_text text = NSM_TEXT(buf);

		buf[0] = '\0';
		cell(row, filter->column, &text);
		if (matches(filter->globs, buf) == filter->inverted)
			return false;
	}
	return true;
}

bool filters_have(const struct filters *filters, size_t column)
{
	for (size_t i = 0; i < filters->count; i++)
		if (filters->array[i].column == column)
			return true;
	return false;
}
