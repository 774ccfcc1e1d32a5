/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/table.h"

#include <libsmartcols.h>
#include <stdint.h>
#include <strings.h>

struct table {
	struct libscols_table *scols;
	struct libscols_line *line;
	bool tree, has_columns;
};

int table_new(const struct table_style *style, struct table **ret_table)
{
	autotable struct table *table = calloc(1, sizeof(*table));
	int r;

	if (!table)
		return -ENOMEM;
	table->scols = scols_new_table();
	if (!table->scols)
		return -ENOMEM;
	r = scols_table_set_name(table->scols, style->name);
	if (r == 0)
		r = scols_table_enable_json(table->scols, style->json);
	if (r == 0)
		r = scols_table_enable_raw(table->scols, style->raw);
	if (r == 0)
		r = scols_table_enable_noheadings(table->scols, style->no_headings);
	if (r == 0 && style->stream)
		r = scols_table_set_stream(table->scols, style->stream);
	if (r < 0)
		return r;
	table->tree = style->tree;
	*ret_table = take_ptr(table);
	return 0;
}

void table_free(struct table **table)
{
	if (!*table)
		return;
	scols_unref_table((*table)->scols);
	free(*table);
	*table = NULL;
}

int table_add_column(struct table *table, const struct column *column)
{
	bool number = column->kind == CELL_NUMBER;
	/* What is drawn at the left of a number needs it at the left, too. */
	int flags = table->tree && !table->has_columns ? SCOLS_FL_TREE : number ? SCOLS_FL_RIGHT : 0;
	struct libscols_column *scols = scols_table_new_column(table->scols, column->name, 0, flags);

	table->has_columns = true;
	if (!scols)
		return -ENOMEM;
	return scols_column_set_json_type(scols, number ? SCOLS_JSON_NUMBER : SCOLS_JSON_STRING);
}

/* A row is a line of libsmartcols, which nobody else knows. */
int table_add_row(struct table *table, const struct table_row *above)
{
	table->line = scols_table_new_line(table->scols, (struct libscols_line *)(uintptr_t)above);
	return table->line ? 0 : -ENOMEM;
}

const struct table_row *table_last_row(const struct table *table)
{
	return (const struct table_row *)table->line;
}

int table_set(struct table *table, size_t column, const char *text)
{
	return text && *text ? scols_line_set_data(table->line, column, text) : 0;
}

int table_print(struct table *table)
{
	return scols_print_table(table->scols);
}

static size_t find(const struct column *columns, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcasecmp(columns[i].name, name) == 0)
			return i;
	return count;
}

int columns_parse(const struct column *columns, size_t count, const char *list, const size_t *defaults,
		  size_t default_count, size_t *ret_chosen, size_t size, char ret_bad[32])
{
	const bool adds = defaults && list && *list == '+';
	size_t chosen = 0;

	if (adds || (defaults && !list)) {
		memcpy(ret_chosen, defaults, default_count * sizeof(*defaults));
		chosen = default_count;
		list = list ? list + 1 : NULL;
	}
	while (list) {
		size_t len = strcspn(list, ","), at, again;

		if (len > 31)
			len = 31;
		memcpy(ret_bad, list, len);
		ret_bad[len] = '\0';
		at = find(columns, count, ret_bad);
		if (at == count || chosen == size)
			return -EINVAL;
		for (again = 0; again < chosen && ret_chosen[again] != at;)
			again++;
		/* To add one that is there already is to have it; a key of an object is there once. */
		if (again < chosen && !adds)
			return -EEXIST;
		if (again == chosen)
			ret_chosen[chosen++] = at;
		list += strcspn(list, ",");
		list = *list ? list + 1 : NULL;
	}
	return (int)chosen;
}
