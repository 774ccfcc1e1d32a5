/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_FILTER_H
#define NSM_CMD_FILTER_H

#include "cmd/view.h"

#define FILTER_MAX 16

/* "COLUMN=GLOB[,GLOB...]" or "COLUMN!=GLOB[,GLOB...]": rows of which the cell matches one, or none, of the patterns. The same
 * with "label:KEY" in the place of COLUMN: where the row has no such label, no pattern matches. */
struct filter {
	size_t column;
	char label[NSMGR_LABEL_KEY_SIZE + 1]; /* instead of a column, or "" */
	bool inverted;
	const char *globs;
};

/* The value of a label of a row, or NULL. false: that is not known, and the row is not chosen either way. */
typedef bool label_fn(const void *row, const char *key, const char **ret_value);

/* All have to let a row pass. */
struct filters {
	struct filter array[FILTER_MAX];
	size_t count;
	label_fn *label;
};

/* STATUS_DONE, or what was said. */
int filters_add(const struct app *app, struct filters *filters, const struct view *view, const char *text);
bool filters_pass(const struct filters *filters, cell_fn *cell, const void *row);
bool filters_have(const struct filters *filters, size_t column);

#endif
