/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/ls_columns.h"

#include "base/fd.h"
#include "cmd/nsid.h"
#include "cmd/procs.h"
#include "cmd/relatives.h"
#include "cmd/words.h"

#include <sys/sysmacros.h>

const struct column ls_columns[LS_COLUMN_COUNT] = {
	[LS_NAME] = { "NAME", CELL_TEXT, "name of the set" },
	[LS_TYPE] = { "TYPE", CELL_TEXT, "type of the namespace" },
	[LS_INODE] = { "INODE", CELL_NUMBER, "inode number, as lsns and readlink show it" },
	[LS_STATE] = { "STATE", CELL_TEXT, "live, stale, dead, unknown, foreign or elsewhere" },
	[LS_ID] = { "ID", CELL_NUMBER, "64-bit id, never reused before the next boot" },
	[LS_PATH] = { "PATH", CELL_TEXT, "file of the handle" },
	[LS_CREATED] = { "CREATED", CELL_TEXT, "time of creation, UTC" },
	[LS_PID] = { "PID", CELL_NUMBER, "keeper of the pid namespace" },
	[LS_ORIGIN] = { "ORIGIN", CELL_TEXT, "made or pinned" },
	[LS_OWNER] = { "OWNER", CELL_NUMBER, "inode number of the owning user namespace" },
	[LS_DEV] = { "DEV", CELL_TEXT, "device of the inode, MAJOR:MINOR" },
	[LS_NPROCS] = { "NPROCS", CELL_NUMBER, "number of processes in it" },
	[LS_STACK] = { "STACK", CELL_NUMBER, "mounts on top of each other at its path" },
	[LS_NETNSID] = { "NETNSID", CELL_NUMBER, "id that our network namespace has given to it" },
	[LS_PNS] = { "PNS", CELL_NUMBER, "inode number of the parent of a pid or user namespace" },
	[LS_COMMAND] = { "COMMAND", CELL_TEXT, "command line of the process with the lowest PID in it" },
	[LS_USER] = { "USER", CELL_TEXT, "user that this process runs as" },
	[LS_UID] = { "UID", CELL_NUMBER, "number of that user" },
	[LS_LABELS] = { "LABELS", CELL_TEXT, "labels of the set, KEY=VALUE,..." },
};

const size_t ls_default_columns[LS_DEFAULT_COUNT] = { LS_NAME, LS_TYPE, LS_INODE, LS_STATE };

int ls_sources_open(struct ls_sources *sources, needs_fn *needs, void *data)
{
	int r = 0;

	if (needs(data, LS_NPROCS) || needs(data, LS_COMMAND) || needs(data, LS_USER) || needs(data, LS_UID))
		r = census_take(&sources->census);
	if (r == 0 && needs(data, LS_STACK))
		r = mounts_read(&sources->mounts);
	if (r == 0 && needs(data, LS_NETNSID))
		sources->netlink = nsid_open(); /* without it the column is empty */
	return r;
}

void ls_sources_free(struct ls_sources *sources)
{
	census_free(&sources->census);
	mounts_free(&sources->mounts);
	nsm_close(&sources->netlink);
	nsmgr_labels_free(sources->labels);
}

/* Those of the row's set; NULL where there are none to be had. */
static struct nsmgr_labels *labels_of(const struct ls_row *row)
{
	struct ls_sources *sources = row->sources;
	int r;

	if (!row->name || sources->labelled == row->name)
		return row->name ? sources->labels : NULL;
	nsmgr_labels_free(take_ptr(sources->labels));
	sources->labelled = row->name;
	r = nsmgr_list_labels(sources->list, row->name, &sources->labels);
	if (r < 0)
		sources->labels = NULL;
	/* One that was taken away meanwhile has none. */
	if (r < 0 && r != -ENOENT) {
		say_failure(sources->app, row->name);
		sources->unread = true;
	}
	return sources->labels;
}

bool ls_label(const void *data, const char *key, const char **ret_value)
{
	const struct nsmgr_labels *labels = labels_of(data);

	*ret_value = labels ? nsmgr_labels_value(labels, key) : NULL;
	return labels;
}

static void format_labels(struct nsm_text *text, const struct ls_row *row)
{
	struct nsmgr_labels *labels = labels_of(row);
	struct nsmgr_label label;

	while (labels && nsmgr_labels_next(labels, &label) == 0)
		nsm_text_add(text, "%s%s=%s", text->len ? "," : "", label.key, label.value);
}

static void format_number(struct nsm_text *text, uint64_t number)
{
	if (number)
		nsm_text_put_number(text, number);
}

static void format_count(struct nsm_text *text, long count)
{
	if (count >= 0)
		nsm_text_add(text, "%ld", count);
}

static void format_path(struct nsm_text *text, const struct ls_sources *sources, const char *name,
			const struct nsmgr_handle *handle)
{
	nsm_text_add(text, "%s/%s/%s", sources->root, name, nsmgr_type_name(handle->type));
}

static long count_stack(const struct ls_sources *sources, const char *name, const struct nsmgr_handle *handle)
{
	char path[VIEW_CELL_SIZE];
	struct nsm_text text = NSM_TEXT(path);

	format_path(&text, sources, name, handle);
	return (long)mounts_count_at(sources->mounts, path);
}

static void format_nsid(struct nsm_text *text, const struct ls_row *row)
{
	nsm_autoclose int ns = -EBADF;
	int32_t id;

	if (row->name && row->handle->type == NSMGR_NET)
		ns = handle_open(row->sources->root, row->name, row->handle);
	if (ns >= 0 && row->sources->netlink >= 0 && nsid_get(row->sources->netlink, ns, &id) == 0)
		nsm_text_add(text, "%ld", (long)id);
}

static void format_parent(struct nsm_text *text, const struct ls_row *row)
{
	format_number(text, row->name ? handle_parent(row->sources->root, row->name, row->handle) : row->parent);
}

static void format_process(struct nsm_text *text, const struct ls_row *row, size_t column)
{
	pid_t pid = census_first_in(row->sources->census, row->handle->ino);
	struct process_details details;
	char user[64];

	if (!pid || process_read_pid(pid, &details) < 0)
		return;
	if (column == LS_COMMAND)
		nsm_text_add(text, "%s", details.command);
	else if (column == LS_USER)
		nsm_text_add(text, "%s", user_name(details.uid, user));
	else
		nsm_text_add(text, "%lu", (unsigned long)details.uid);
}

/* What has to be looked at where the namespace is. */
static void format_here(struct nsm_text *text, const struct ls_row *row, size_t column)
{
	const struct nsmgr_handle *handle = row->handle;

	if (!handle->ino || handle->state == NSMGR_ELSEWHERE)
		return;
	if (column == LS_DEV)
		nsm_text_add(text, "%u:%u", major(handle->dev), minor(handle->dev));
	else if (column == LS_NPROCS)
		format_count(text, census_count_in(row->sources->census, handle->ino));
	else if (column == LS_NETNSID)
		format_nsid(text, row);
	else if (column == LS_PNS)
		format_parent(text, row);
	else
		format_process(text, row, column);
}

/* What is said of a whole set. */
static void format_set(struct nsm_text *text, const struct ls_row *row, size_t column)
{
	char created[32];

	if (column == LS_NAME && row->name)
		nsm_text_put(text, row->name); /* the table escapes */
	else if (column == LS_LABELS)
		format_labels(text, row);
	else if (column == LS_CREATED)
		nsm_text_add(text, "%s", format_time(&row->handle->created, created));
}

/* What is said of the file. */
static void format_file(struct nsm_text *text, const struct ls_row *row, size_t column)
{
	if (column == LS_PATH)
		format_path(text, row->sources, row->name, row->handle);
	else if (row->handle->state != NSMGR_ELSEWHERE)
		format_count(text, count_stack(row->sources, row->name, row->handle));
}

void ls_cell(const void *data, size_t column, struct nsm_text *text)
{
	const struct ls_row *row = data;
	const struct nsmgr_handle *handle = row->handle;

	if (handle->type == NSMGR_TYPE_NONE) {
		format_set(text, row, column);
		return;
	}
	switch ((enum ls_column)column) {
	case LS_NAME:
	case LS_LABELS:
	case LS_CREATED:
		format_set(text, row, column);
		break;
	case LS_TYPE:
		nsm_text_put(text, nsmgr_type_name(handle->type));
		break;
	case LS_INODE:
		format_number(text, handle->ino);
		break;
	case LS_STATE:
		nsm_text_put(text, nsmgr_state_name(handle->state));
		break;
	case LS_ID:
		format_number(text, handle->id);
		break;
	case LS_PATH:
	case LS_STACK:
		if (row->name)
			format_file(text, row, column);
		break;
	case LS_PID:
		format_number(text, (uint64_t)handle->keeper);
		break;
	case LS_ORIGIN:
		nsm_text_put(text, origin_name(handle->origin));
		break;
	case LS_OWNER:
		format_number(text, handle->owner);
		break;
	case LS_DEV:
	case LS_NPROCS:
	case LS_NETNSID:
	case LS_PNS:
	case LS_COMMAND:
	case LS_USER:
	case LS_UID:
		format_here(text, row, column);
		break;
	case LS_COLUMN_COUNT:
		break;
	}
}
