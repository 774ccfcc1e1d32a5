/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/filter.h"

#include <fnmatch.h>

static bool has_long_glob(const char *globs)
{
	for (; *globs; globs += globs[strcspn(globs, ",")] ? strcspn(globs, ",") + 1 : strlen(globs))
		if (strcspn(globs, ",") >= VIEW_CELL_SIZE)
			return true;
	return false;
}

int filters_add(const struct app *app, struct filters *filters, const struct view *view, const char *text)
{
	size_t len = strcspn(text, "=!");
	bool inverted = text[len] == '!';
	struct filter filter = { .inverted = inverted, .globs = text + len + inverted + 1 };
	char name[sizeof("label:") + NSMGR_LABEL_KEY_SIZE], bad[32];
	const char *key;

	if (!text[len] || text[len + inverted] != '=' || len == 0 || len >= sizeof(name))
		return say_usage(app, "--filter: '%s' is not COLUMN=GLOB[,GLOB...]", text);
	if (has_long_glob(filter.globs))
		return say_usage(app, "--filter: a pattern of '%.40s...' is longer than any cell", text);
	if (filters->count == FILTER_MAX)
		return say_usage(app, "--filter: more than %d of them", FILTER_MAX);
	memcpy(name, text, len);
	name[len] = '\0';
	key = nsm_after(name, "label:");
	if (key && nsmgr_label_check(app->ctx, &(struct nsmgr_label){ key, NULL }) < 0)
		return say_usage(app, "--filter: %s", nsmgr_get_failure(app->ctx)->text);
	if (key)
		nsm_copy(filter.label, sizeof(filter.label), key);
	else if (columns_parse(view->columns, view->count, name, NULL, 0, &filter.column, 1, bad) != 1)
		return say_usage(app, "--filter: no column '%s' (see --list-columns)", name);
	filters->array[filters->count++] = filter;
	return STATUS_DONE;
}

static bool matches(const char *globs, const char *cell)
{
	for (;;) {
		size_t len = strcspn(globs, ",");
		char glob[VIEW_CELL_SIZE];
		struct nsm_text text = NSM_TEXT(glob);

		glob[0] = '\0';
		nsm_text_add(&text, "%.*s", (int)len, globs);
		if (fnmatch(glob, cell, 0) == 0)
			return true;
		if (!globs[len])
			return false;
		globs += len + 1;
	}
}

static bool label_passes(const struct filters *filters, const struct filter *filter, const void *row)
{
	const char *value;

	if (!filters->label(row, filter->label, &value))
		return false;
	return (value && matches(filter->globs, value)) != filter->inverted;
}

static bool cell_matches(const struct filter *filter, cell_fn *cell, const void *row)
{
	char buf[VIEW_CELL_SIZE];
	struct nsm_text text = NSM_TEXT(buf);

	buf[0] = '\0';
	cell(row, filter->column, &text);
	return matches(filter->globs, buf);
}

bool filters_pass(const struct filters *filters, cell_fn *cell, const void *row)
{
	for (size_t i = 0; i < filters->count; i++) {
		const struct filter *filter = &filters->array[i];
		bool passes = *filter->label ? label_passes(filters, filter, row) :
					       cell_matches(filter, cell, row) != filter->inverted;

		if (!passes)
			return false;
	}
	return true;
}

bool filters_have(const struct filters *filters, size_t column)
{
	for (size_t i = 0; i < filters->count; i++)
		if (!*filters->array[i].label && filters->array[i].column == column)
			return true;
	return false;
}
