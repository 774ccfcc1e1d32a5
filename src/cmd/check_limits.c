/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/check.h"

#include "base/fd.h"
#include "base/parse.h"
#include "cmd/inodes.h"
#include "cmd/mounts.h"
#include "cmd/procs.h"

#include <fcntl.h>
#include <sys/statvfs.h>

/* Below this little the next sets are in doubt; a set takes two blocks of a file system, and a directory, a file and up to
 * eight more files: room for about a thousand. */
#define INODES_LEFT 10000u
#define BYTES_LEFT (16u << 20)

struct limits {
	check_row_fn *found;
	void *data;
	struct inodes seen[NSMGR_TYPE_COUNT]; /* namespaces */
	size_t mounts;
};

static void free_limits(struct limits *limits)
{
	for (int type = 0; type < NSMGR_TYPE_COUNT; type++)
		inodes_free(&limits->seen[type]);
}

static bool is_nearly_full(uint64_t used, uint64_t limit)
{
	return used >= limit - limit / 10;
}

static int tell(struct limits *limits, enum nsmgr_type type, const char *path, const char *text, const char *cure)
{
	const struct check_row row = {
		.kind = "limit", .name = "", .path = path, .text = text, .cure = cure, .reason = "", .type = type,
		.mend = NSMGR_MEND_BY_HAND,
	};

	return limits->found(limits->data, &row);
}

/* One that is a number in /proc/sys; 0 switches something off, and is no limit to come close to. */
static int check_sysctl(struct limits *limits, enum nsmgr_type type, const char *path, uint64_t used, const char *what)
{
	char value[32], text[160], cure[160];
	struct nsm_text said = NSM_TEXT(text), how = NSM_TEXT(cure);
	uint64_t limit;

	if (nsm_read_text_at(AT_FDCWD, path, value, sizeof(value)) < 0)
		return 0;
	value[strcspn(value, "\n")] = '\0';
	if (nsm_parse_u64(value, &limit) < 0 || limit == 0 || !is_nearly_full(used, limit))
		return 0;
	nsm_text_add(&said, "%llu %s, of at most %llu", (unsigned long long)used, what, (unsigned long long)limit);
	nsm_text_add(&how, "echo %llu >%s", (unsigned long long)limit * 2, path);
	return tell(limits, type, path, text, cure);
}

/* ---- namespaces ---- */

static int count_of_process(void *data, const struct process *process)
{
	struct limits *limits = data;
	int r = 0;

	for (int type = 0; r >= 0 && type < NSMGR_TYPE_COUNT; type++)
		if (process->ns[type])
			r = inodes_add(&limits->seen[type], process->ns[type]);
	return r < 0 ? r : 0;
}

static int count_mount(void *data, const struct mount_entry *entry)
{
	struct limits *limits = data;

	limits->mounts++;
	if (!nsm_streq(entry->type, "nsfs"))
		return 0;
	for (int type = 0; type < NSMGR_TYPE_COUNT; type++) {
		const char *rest = nsm_after(entry->root, nsmgr_type_name((enum nsmgr_type)type));
		uint64_t ino;
		int r;

		rest = rest ? nsm_after(rest, ":[") : NULL;
		if (!rest || nsm_parse_u64_prefix(&rest, &ino) < 0)
			continue;
		r = inodes_add(&limits->seen[type], ino);
		return r < 0 ? r : 0;
	}
	return 0;
}

/* The kernel counts for each user, and tells nobody; those that can be seen are those of all users. namespaces(7) */
static int check_namespaces(struct limits *limits)
{
	int r = procs_walk(count_of_process, limits);

	for (int type = 0; r == 0 && type < NSMGR_TYPE_COUNT; type++) {
		char path[64];
		struct nsm_text text = NSM_TEXT(path);

		nsm_text_add(&text, "/proc/sys/user/max_%s_namespaces", nsmgr_type_name((enum nsmgr_type)type));
		r = check_sysctl(limits, (enum nsmgr_type)type, path, limits->seen[type].count, "namespaces are to be seen");
	}
	return r;
}

static int check_mounts(struct limits *limits)
{
	nsm_cleanup(mounts_free) struct mounts *mounts = NULL;
	int r = mounts_read(&mounts);

	if (r == 0)
		r = mounts_each(mounts, count_mount, limits);
	return r < 0 ? r
		     : check_sysctl(limits, NSMGR_TYPE_NONE, "/proc/sys/fs/mount-max", limits->mounts,
				    "mounts in this mount namespace");
}

/* ---- the file system ---- */

static int check_space(struct limits *limits, const char *root)
{
	struct statvfs fs;
	char text[160];
	struct nsm_text said = NSM_TEXT(text);
	uint64_t bytes;
	int r = 0;

	if (statvfs(root, &fs) < 0)
		return 0;
	bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
	if (fs.f_files && fs.f_favail < INODES_LEFT && is_nearly_full(fs.f_files - fs.f_favail, fs.f_files)) {
		nsm_text_add(&said, "%llu inodes are left of %llu", (unsigned long long)fs.f_favail,
			     (unsigned long long)fs.f_files);
		r = tell(limits, NSMGR_TYPE_NONE, root, text, "make room in its file system: each handle is a file");
	}
	said = (struct nsm_text)NSM_TEXT(text);
	if (r == 0 && fs.f_blocks && bytes < BYTES_LEFT && is_nearly_full(fs.f_blocks - fs.f_bavail, fs.f_blocks)) {
		nsm_text_add(&said, "%llu KiB are left in its file system", (unsigned long long)bytes / 1024);
		r = tell(limits, NSMGR_TYPE_NONE, root, text, "make room in its file system: each set has a directory and a file");
	}
	return r;
}

int check_limits(struct app *app, check_row_fn *found, void *data)
{
	nsm_cleanup(free_limits) struct limits limits = { .found = found, .data = data };
	int r = check_mounts(&limits);

	if (r == 0)
		r = check_namespaces(&limits);
	return r == 0 ? check_space(&limits, nsmgr_get_root(app->ctx)) : r;
}
