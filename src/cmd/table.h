/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_TABLE_H
#define NSM_CMD_TABLE_H

#include "base/macro.h"

#include <stdio.h>

/* Rows and columns as text, raw or JSON. The only user of libsmartcols. */

enum cell_kind { CELL_TEXT, CELL_NUMBER };

struct column {
	const char *name;
	enum cell_kind kind; /* numbers are aligned right, and numbers in JSON */
	const char *help;
};

struct table_style {
	const char *name; /* of the array in JSON */
	bool json, raw, no_headings;
	FILE *stream; /* NULL: standard output */
	bool tree; /* in the first column; objects in objects in JSON */
};

struct table;
struct table_row;

int table_new(const struct table_style *style, struct table **ret_table);
void table_free(struct table **table);
#define autotable nsm_cleanup(table_free)

int table_add_column(struct table *table, const struct column *column);
/* Below another row, in a tree; `above` is NULL for one at the top. */
int table_add_row(struct table *table, const struct table_row *above);

/* The last one, as long as the table. */
const struct table_row *table_last_row(const struct table *table);

/* A cell of the last row; NULL or "" is an empty one. The text is copied. */
int table_set(struct table *table, size_t column, const char *text);

int table_print(struct table *table);

/* "A,B" or "+A,B" (behind the defaults) as indices into `columns`. Gives their number, or -EINVAL with the
 * name that is no column in *ret_bad, or -EEXIST with one that "A,B" has twice; the defaults are not added again. */
int columns_parse(const struct column *columns, size_t count, const char *list, const size_t *defaults,
		  size_t default_count, size_t *ret_chosen, size_t size, char ret_bad[32]);

#endif
