/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_LS_COLUMNS_H
#define NSM_CMD_LS_COLUMNS_H

#include "cmd/census.h"
#include "cmd/mounts.h"
#include "cmd/table.h"
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
	LS_COLUMN_COUNT
};

#define LS_CELL_SIZE 4400 /* a path with every byte of a name escaped */
#define LS_DEFAULT_COUNT 4

extern const struct column ls_columns[LS_COLUMN_COUNT];
extern const size_t ls_default_columns[LS_DEFAULT_COUNT];

/* What columns need beyond the handle itself; read once, and only if a chosen column asks for it. */
struct ls_sources {
	const char *root;
	struct census *census;
	struct mounts *mounts;
};

int ls_sources_open(struct ls_sources *sources, const size_t *columns, size_t count);
void ls_sources_free(struct ls_sources *sources);

/* The text of one cell; "" where there is nothing to say. */
void ls_format(const struct ls_sources *sources, size_t column, const char *name, const struct nsmgr_handle *handle,
	       char ret[LS_CELL_SIZE]);

#endif
