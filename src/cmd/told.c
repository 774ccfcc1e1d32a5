/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/told.h"

#include <stdio.h>

bool told_add(struct told_list *list, const struct told *told)
{
	if (list->count == list->size) {
		size_t size = list->size ? list->size * 2 : 8;
		struct told *array = realloc(list->array, size * sizeof(*array));

		if (!array)
			return false;
		list->array = array;
		list->size = size;
	}
	list->array[list->count++] = *told;
	return true;
}

void told_free(struct told_list *list)
{
	free(list->array);
	*list = (struct told_list){ 0 };
}

bool told_has(const struct told_list *list, int id)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->array[i].id == id)
			return true;
	return false;
}

bool told_merge(struct told_list *base, const struct told_list *over, told_find_fn *find)
{
	size_t kept = 0;

	for (size_t i = 0; i < base->count; i++) {
		int id = base->array[i].id;

		if (opt_repeats(find(id)) || !told_has(over, id))
			base->array[kept++] = base->array[i];
	}
	base->count = kept;
	for (size_t i = 0; i < over->count; i++)
		if (!told_add(base, &over->array[i]))
			return false;
	return true;
}

void told_point(struct app *app, const struct told *told)
{
	app->file = told ? told->file : NULL;
	app->line = told ? told->line : 0;
}

static void put(char *to, size_t *size, const char *text, size_t len)
{
	if (to)
		memcpy(to + *size, text, len);
	*size += len;
}

static bool is_odd(const char *value, const char *at)
{
	unsigned char c = (unsigned char)*at;

	if (c == ' ')
		return at == value || !at[1];
	return c < ' ' || c == 0x7f || (c == '\\' && at[1] == 'x');
}

void told_write(char *to, size_t *size, const char *prefix, const char *name, const char *value)
{
	put(to, size, prefix, strlen(prefix));
	put(to, size, name, strlen(name));
	if (value)
		put(to, size, "=", 1);
	for (const char *p = value; p && *p; p++) {
		char code[8];

		if (is_odd(value, p))
			put(to, size, code, (size_t)snprintf(code, sizeof(code), "\\x%02x", (unsigned char)*p));
		else
			put(to, size, p, 1);
	}
	put(to, size, "\n", 1);
}
