/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/ls_columns.h"

#include "base/text.h"

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
};

const size_t ls_default_columns[LS_DEFAULT_COUNT] = { LS_NAME, LS_TYPE, LS_INODE, LS_STATE };

static bool is_chosen(const size_t *columns, size_t count, enum ls_column column)
{
	for (size_t i = 0; i < count; i++)
		if (columns[i] == column)
			return true;
	return false;
}

int ls_sources_open(struct ls_sources *sources, const size_t *columns, size_t count)
{
	int r = 0;

	if (is_chosen(columns, count, LS_NPROCS))
		r = census_take(&sources->census);
	if (r == 0 && is_chosen(columns, count, LS_STACK))
		r = mounts_read(&sources->mounts);
	return r;
}

void ls_sources_free(struct ls_sources *sources)
{
	census_free(&sources->census);
	mounts_free(&sources->mounts);
}

static void format_number(struct nsm_text *text, uint64_t number)
{
	if (number)
		nsm_text_add(text, "%llu", (unsigned long long)number);
}

static void format_count(struct nsm_text *text, long count)
{
	if (count >= 0)
		nsm_text_add(text, "%ld", count);
}

static void format_time(struct nsm_text *text, const struct timespec *time)
{
	char formatted[32];
	struct tm tm;

	if (time->tv_sec && gmtime_r(&time->tv_sec, &tm) && strftime(formatted, sizeof(formatted), "%FT%TZ", &tm))
		nsm_text_add(text, "%s", formatted);
}

static void format_path(struct nsm_text *text, const struct ls_sources *sources, const char *name,
			const struct nsmgr_handle *handle)
{
	nsm_text_add(text, "%s/%s/%s", sources->root, name, nsmgr_type_name(handle->type));
}

static long count_stack(const struct ls_sources *sources, const char *name, const struct nsmgr_handle *handle)
{
	char path[LS_CELL_SIZE];
	struct nsm_text text = NSM_TEXT(path);

	format_path(&text, sources, name, handle);
	return (long)mounts_count_at(sources->mounts, path);
}

void ls_format(const struct ls_sources *sources, size_t column, const char *name, const struct nsmgr_handle *handle,
	       char ret[LS_CELL_SIZE])
{
	static const char *const origins[] = { [NSMGR_MADE] = "made", [NSMGR_PINNED] = "pinned" };
	struct nsm_text text = { .buf = ret, .size = LS_CELL_SIZE };
	bool is_here = handle->ino && handle->state != NSMGR_ELSEWHERE;

	ret[0] = '\0';
	switch ((enum ls_column)column) {
	case LS_NAME:
		nsm_text_add(&text, "%s", name); /* the table escapes */
		break;
	case LS_TYPE:
		nsm_text_add(&text, "%s", nsmgr_type_name(handle->type));
		break;
	case LS_INODE:
		format_number(&text, handle->ino);
		break;
	case LS_STATE:
		nsm_text_add(&text, "%s", nsmgr_state_name(handle->state));
		break;
	case LS_ID:
		format_number(&text, handle->id);
		break;
	case LS_PATH:
		format_path(&text, sources, name, handle);
		break;
	case LS_CREATED:
		format_time(&text, &handle->created);
		break;
	case LS_PID:
		format_number(&text, (uint64_t)handle->keeper);
		break;
	case LS_ORIGIN:
		nsm_text_add(&text, "%s", handle->origin ? origins[handle->origin] : "");
		break;
	case LS_OWNER:
		format_number(&text, handle->owner);
		break;
	case LS_DEV:
		if (is_here)
			nsm_text_add(&text, "%u:%u", major(handle->dev), minor(handle->dev));
		break;
	case LS_NPROCS:
		if (is_here)
			format_count(&text, census_count_in(sources->census, handle->ino));
		break;
	case LS_STACK:
		if (handle->state != NSMGR_ELSEWHERE)
			format_count(&text, count_stack(sources, name, handle));
		break;
	case LS_COLUMN_COUNT:
		break;
	}
}
