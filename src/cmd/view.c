/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/view.h"

#include "cmd/quote.h"

#include <stdio.h>

void view_free(struct view *view)
{
	table_free(&view->table);
}

void view_apply(struct view *view, int id, const char *value)
{
	switch (id) {
	case OPT_OUTPUT:
		view->output = value;
		break;
	case OPT_JSON:
		view->style.json = true;
		break;
	case OPT_RAW:
		view->style.raw = true;
		break;
	case OPT_NO_HEADINGS:
		view->style.no_headings = true;
		break;
	default:
		view->list_columns = true;
		break;
	}
}

bool view_is_table(const struct view *view)
{
	return view->output || view->style.json || view->style.raw || view->style.no_headings;
}

int view_choose(const struct app *app, struct view *view)
{
	char bad[32];
	int count = columns_parse(view->columns, view->count, view->output, view->defaults, view->default_count,
				  view->chosen, NSM_ARRAY_SIZE(view->chosen), bad);

	if (count == -EEXIST)
		return say_usage(app, "column '%s' is chosen twice", bad);
	if (count < 0)
		return say_usage(app, "no column '%s' (see --list-columns)", bad);
	if (view->style.json && view->style.raw)
		return say_usage(app, "--json does not go with --raw");
	if (view->output_all && view->output)
		return say_usage(app, "--output and --output-all exclude each other");
	view->chosen_count = (size_t)count;
	for (size_t i = 0; view->output_all && i < view->count; i++)
		view->chosen[i] = i;
	if (view->output_all)
		view->chosen_count = view->count;
	return STATUS_DONE;
}

int view_list_columns(const struct view *view)
{
	for (size_t i = 0; i < view->count; i++)
		printf("%-8s  %s\n", view->columns[i].name, view->columns[i].help);
	return STATUS_DONE;
}

bool view_has(const struct view *view, size_t column)
{
	for (size_t i = 0; i < view->chosen_count; i++)
		if (view->chosen[i] == column)
			return true;
	return false;
}

int view_begin(struct view *view)
{
	int r = table_new(&view->style, &view->table);

	for (size_t i = 0; r == 0 && i < view->chosen_count; i++)
		r = table_add_column(view->table, &view->columns[view->chosen[i]]);
	return r;
}

/* JSON is UTF-8; what is not is shown as in text. So is what a terminal obeys, which libsmartcols lets through. */
static int set_cell(struct view *view, size_t at, const char *text)
{
	char escaped[4 * VIEW_CELL_SIZE];

	if (view->style.json && (!text_is_utf8(text) || text_has_hidden(text)))
		text = nsm_escape(text, escaped, sizeof(escaped));
	return table_set(view->table, at, text);
}

int view_add_below(struct view *view, const struct table_row *above, cell_fn *cell, const void *row)
{
	int r = table_add_row(view->table, above);

	for (size_t i = 0; r == 0 && i < view->chosen_count; i++) {
		char buf[VIEW_CELL_SIZE];
		struct nsm_text text = NSM_TEXT(buf);

		buf[0] = '\0';
		cell(row, view->chosen[i], &text);
		r = set_cell(view, i, buf);
	}
	return r;
}

int view_add(struct view *view, cell_fn *cell, const void *row)
{
	return view_add_below(view, NULL, cell, row);
}

int view_print(struct view *view)
{
	return table_print(view->table);
}
