/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/facts.h"

#include "base/text.h"
#include "cmd/mounts.h"
#include "cmd/quote.h"
#include "cmd/table.h"

#include <stdio.h>

#define SEEN(facts) ((facts)->seen & NSMGR_MASK(NSMGR_MNT))

static int add_row(void *data, const struct mount_entry *entry)
{
	struct table *table = data;
	char source[8192];
	struct nsm_text text = NSM_TEXT(source);
	int r = table_add_row(table, NULL);

	nsm_text_add(&text, "%s", entry->source);
	/* As findmnt(8) shows what a bind is of. */
	if (!nsm_streq(entry->root, "/"))
		nsm_text_add(&text, "[%s]", entry->root);
	r = r ? r : table_set(table, 0, entry->target);
	r = r ? r : table_set(table, 1, source);
	r = r ? r : table_set(table, 2, entry->type);
	return r ? r : table_set(table, 3, entry->options);
}

int facts_print_mounts(const struct facts *facts)
{
	static const struct column columns[] = {
		{ "MOUNT", CELL_TEXT, NULL }, { "SOURCE", CELL_TEXT, NULL }, { "FSTYPE", CELL_TEXT, NULL }, { "OPTIONS", CELL_TEXT, NULL },
	};
	nsm_cleanup(mounts_free) struct mounts *mounts = NULL;
	autotable struct table *table = NULL;
	int r;

	if (!SEEN(facts))
		return 0;
	putchar('\n');
	fflush(stdout);
	r = mounts_read_text(facts->inside->mounts, &mounts);
	r = r ? r : table_new(&(const struct table_style){ .name = "" }, &table);
	for (size_t i = 0; r == 0 && i < NSM_ARRAY_SIZE(columns); i++)
		r = table_add_column(table, &columns[i]);
	r = r ? r : mounts_each(mounts, add_row, table);
	return r ? r : table_print(table);
}

struct list {
	const char *separator;
};

static int put_mount(void *data, const struct mount_entry *entry)
{
	struct list *list = data;
	const struct {
		const char *key, *value;
	} parts[] = {
		{ "{\"target\": ", entry->target }, { ", \"source\": ", entry->source },   { ", \"type\": ", entry->type },
		{ ", \"root\": ", entry->root },    { ", \"options\": ", entry->options },
	};

	printf("%s\n      ", list->separator);
	for (size_t i = 0; i < NSM_ARRAY_SIZE(parts); i++) {
		fputs(parts[i].key, stdout);
		quote_json_bytes(stdout, parts[i].value);
	}
	putchar('}');
	list->separator = ",";
	return 0;
}

int facts_print_mounts_json(const struct facts *facts)
{
	nsm_cleanup(mounts_free) struct mounts *mounts = NULL;
	struct list list = { "" };
	int r = SEEN(facts) ? mounts_read_text(facts->inside->mounts, &mounts) : 0;

	if (!mounts) {
		fputs("null", stdout);
		return r;
	}
	putchar('[');
	r = mounts_each(mounts, put_mount, &list);
	fputs("\n   ]", stdout);
	return r;
}
