/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_VIEW_H
#define NSM_CMD_VIEW_H

#include "base/text.h"
#include "cmd/app.h"
#include "cmd/table.h"

/* How a verb shows what it found: the options for it, the columns chosen, the table. */

#define VIEW_CELL_SIZE 4400 /* a path with every byte of a name escaped */
#define VIEW_COLUMNS 64

enum { OPT_VIEW = 1000, OPT_OUTPUT = OPT_VIEW, OPT_JSON, OPT_RAW, OPT_NO_HEADINGS, OPT_LIST_COLUMNS };

#define VIEW_OPTIONS                                                                                                   \
	{ "output", 'o', "COLUMNS", OPT_OUTPUT, "choose columns; +COLUMNS adds to the usual ones" },                   \
		{ "json", 'J', NULL, OPT_JSON, "as JSON" }, { "raw", 'r', NULL, OPT_RAW, "without alignment" },        \
		{ "noheadings", 'n', NULL, OPT_NO_HEADINGS, "without the line of headings" },                          \
	{                                                                                                              \
		"list-columns", 0, NULL, OPT_LIST_COLUMNS, "list the columns there are"                                \
	}

struct view {
	const struct column *columns;
	size_t count;
	const size_t *defaults;
	size_t default_count;
	struct table_style style;
	const char *output;
	bool output_all;   /* every column, instead of `output` */
	bool list_columns; /* and nothing else */
	size_t chosen[VIEW_COLUMNS];
	size_t chosen_count;
	struct table *table;
};

void view_free(struct view *view);

/* One of VIEW_OPTIONS. */
void view_apply(struct view *view, int id, const char *value);

/* Whether anything was asked for that only a table can give. */
bool view_is_table(const struct view *view);

/* Before anything is done: chooses the columns. STATUS_DONE, or what was said. */
int view_choose(const struct app *app, struct view *view);

/* --list-columns */
int view_list_columns(const struct view *view);

bool view_has(const struct view *view, size_t column);

int view_begin(struct view *view);

/* Writes the text of one cell; nothing where there is nothing to say. */
typedef void cell_fn(const void *row, size_t column, struct nsm_text *cell);

int view_add(struct view *view, cell_fn *cell, const void *row);

/* The same in a tree: table_add_row() of table.h. */
int view_add_below(struct view *view, const struct table_row *above, cell_fn *cell, const void *row);
int view_print(struct view *view);

#endif
