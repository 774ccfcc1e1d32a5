/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/pool.h"

#include "base/text.h"
#include "cmd/quote.h"
#include "cmd/table.h"

static const struct column columns[] = {
	{ "READY", CELL_NUMBER, "how many sets there are" },
	{ "OPTIONS", CELL_TEXT, "with which 'create --from-pool' takes one" },
};

struct listing {
	struct table *table;
	bool json;
	int result;
};

static void add_pool(void *data, const char *configuration, size_t ready)
{
	struct listing *listing = data;
	nsm_autofree char *escaped = NULL;
	char number[24];
	struct nsm_text text = NSM_TEXT(number);
	int r = table_add_row(listing->table, NULL);

	nsm_text_add(&text, "%zu", ready);
	if (r == 0)
		r = table_set(listing->table, 0, number);
	/* JSON is UTF-8, and a pinned path or a sysctl any bytes. */
	if (r == 0 && listing->json && !text_is_utf8(configuration)) {
		size_t size = strlen(configuration) * 4 + 1;

		escaped = malloc(size);
		if (escaped)
			configuration = nsm_escape(configuration, escaped, size);
		else
			r = -ENOMEM;
	}
	if (r == 0)
		r = table_set(listing->table, 1, configuration);
	if (r < 0)
		listing->result = r;
}

int pool_ls(const struct app *app, bool json)
{
	const struct table_style style = { .name = "pools", .json = json };
	autotable struct table *table = NULL;
	struct listing listing = { .json = json };
	int r = table_new(&style, &table), status = STATUS_DONE;

	for (size_t i = 0; r == 0 && i < NSM_ARRAY_SIZE(columns); i++)
		r = table_add_column(table, &columns[i]);
	if (r == 0) {
		listing.table = table;
		/* What could be read is shown as well. */
		if (nsmgr_store_pools(app->ctx, add_pool, &listing) < 0)
			status = say_failure(app, NULL);
		r = listing.result < 0 ? listing.result : table_print(table);
	}
	return r < 0 ? say_plain(app, "cannot make the table: %s", strerror(-r)) : status;
}
