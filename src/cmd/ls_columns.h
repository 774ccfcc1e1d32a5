/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_LS_COLUMNS_H
#define NSM_CMD_LS_COLUMNS_H

#include "cmd/census.h"
#include "cmd/mounts.h"
#include "cmd/view.h"
#include "nsmgr.h"

enum ls_column {
	LS_NAME,
	LS_TYPE,
	LS_INODE,
	LS_STATE,
	LS_ID,
	LS_PATH,
	LS_CREATED,
	LS_PID,
	LS_ORIGIN,
	LS_OWNER,
	LS_DEV,
	LS_NPROCS,
	LS_STACK,
	LS_NETNSID,
	LS_PNS,
	LS_COMMAND,
	LS_USER,
	LS_UID,
	LS_LABELS,
	LS_COLUMN_COUNT
};

#define LS_DEFAULT_COUNT 4

extern const struct column ls_columns[LS_COLUMN_COUNT];
extern const size_t ls_default_columns[LS_DEFAULT_COUNT];

/* What columns need beyond the handle itself; read once, and only if a chosen column asks for it. */
struct ls_sources {
	const struct app *app;
	const char *root;
	struct census *census;
	struct mounts *mounts;
	int netlink; /* -EBADF */
	struct nsmgr_list *list; /* borrowed */
	struct nsmgr_labels *labels;
	bool unread; /* of a set they could not be read, which was said */
	const char *labelled; /* whose they are: read once a set, and only if a cell or a filter asks */
};

typedef bool needs_fn(void *data, size_t column);

/* `needs` tells whether a column is asked for. */
int ls_sources_open(struct ls_sources *sources, needs_fn *needs, void *data);
void ls_sources_free(struct ls_sources *sources);

/* A handle; or a set as a whole, whose handle has no type; or a namespace that is in no set listed, whose name is NULL. */
struct ls_row {
	struct ls_sources *sources;
	const char *name;
	const struct nsmgr_handle *handle;
	ino_t parent; /* of one without a name, where it is known */
};

/* A cell_fn of struct ls_row. */
void ls_cell(const void *row, size_t column, struct nsm_text *text);

/* A label_fn of it. */
bool ls_label(const void *row, const char *key, const char **ret_value);

#endif
