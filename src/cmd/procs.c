/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/procs.h"

#include "base/fd.h"
#include "base/parse.h"
#include "base/text.h"

#include <dirent.h>
#include <sys/stat.h>

struct procs {
	ino_t *inodes; /* of each process and type, sorted; namespaces of all types share one numbering */
	size_t count, size;
	bool misses_init;  /* pid 1 could not be looked at: some systems guard it from root */
	bool misses_others;
	ino_t own[NSMGR_TYPE_COUNT]; /* where pid 1 may be, for it enters nothing */
};

static int compare(const void *a, const void *b)
{
	ino_t left = *(const ino_t *)a, right = *(const ino_t *)b;

	return left < right ? -1 : left > right;
}

static int add(struct procs *procs, ino_t ino)
{
	if (procs->count == procs->size) {
		size_t size = procs->size ? procs->size * 2 : 4096;
		ino_t *inodes = realloc(procs->inodes, size * sizeof(*inodes));

		if (!inodes)
			return -ENOMEM;
		procs->inodes = inodes;
		procs->size = size;
	}
	procs->inodes[procs->count++] = ino;
	return 0;
}

static void find_own(struct procs *procs)
{
	for (int type = 0; type < NSMGR_TYPE_COUNT; type++) {
		char path[32];
		struct nsm_text text = NSM_TEXT(path);
		struct stat st;

		nsm_text_add(&text, "/proc/self/ns/%s", nsmgr_type_name((enum nsmgr_type)type));
		procs->own[type] = stat(path, &st) == 0 ? st.st_ino : 0;
	}
}

/* Whether a process is on its way out, or has gone: it is in no namespace any more, whatever we may see of it. Field 9 of
 * proc_pid_stat(5) has the kernel's flags. */
static bool is_exiting(int proc, const char *pid)
{
	const unsigned long pf_exiting = 0x4; /* include/linux/sched.h */
	char path[300], line[1024];
	struct nsm_text text = NSM_TEXT(path);
	char *cursor;

	nsm_text_add(&text, "%s/stat", pid);
	if (nsm_read_text_at(proc, path, line, sizeof(line)) < 0)
		return true;
	cursor = strrchr(line, ')'); /* the command, which may hold anything */
	for (int field = 2; cursor && field < 9; field++)
		nsm_token(&cursor, ' ');
	return cursor && (strtoul(cursor, NULL, 10) & pf_exiting);
}

static int add_process(struct procs *procs, int proc, const char *pid)
{
	for (int type = 0; type < NSMGR_TYPE_COUNT; type++) {
		char path[300];
		struct nsm_text text = NSM_TEXT(path);
		struct stat st;
		int r;

		nsm_text_add(&text, "%s/ns/%s", pid, nsmgr_type_name((enum nsmgr_type)type));
		if (fstatat(proc, path, &st, 0) < 0) {
			if ((errno == EACCES || errno == EPERM) && !is_exiting(proc, pid))
				*(nsm_streq(pid, "1") ? &procs->misses_init : &procs->misses_others) = true;
			continue;
		}
		r = add(procs, st.st_ino);
		if (r < 0)
			return r;
	}
	return 0;
}

int procs_scan(struct procs **ret_procs)
{
	DIR *dir = opendir("/proc");
	int opened = dir ? 0 : -errno;
	nsm_cleanup(procs_free) struct procs *procs = calloc(1, sizeof(*procs));
	struct dirent *entry;
	int r = procs ? opened : -ENOMEM;

	if (r == 0)
		find_own(procs);
	while (r == 0 && (entry = readdir(dir)))
		if (nsm_is_digits(entry->d_name))
			r = add_process(procs, dirfd(dir), entry->d_name);
	if (dir)
		closedir(dir);
	if (r < 0)
		return r;
	if (procs->count)
		qsort(procs->inodes, procs->count, sizeof(*procs->inodes), compare);
	*ret_procs = take_ptr(procs);
	return 0;
}

void procs_free(struct procs **procs)
{
	if (!*procs)
		return;
	free((*procs)->inodes);
	free(*procs);
	*procs = NULL;
}

/* The first place that is not below `ino`. */
static size_t lower_bound(const struct procs *procs, ino_t ino)
{
	size_t low = 0, high = procs->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (procs->inodes[mid] < ino)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool is_own(const struct procs *procs, ino_t ino)
{
	for (int type = 0; type < NSMGR_TYPE_COUNT; type++)
		if (procs->own[type] == ino)
			return true;
	return false;
}

long procs_count_in(const struct procs *procs, ino_t ino)
{
	if (procs->misses_others || (procs->misses_init && is_own(procs, ino)))
		return -1;
	return (long)(lower_bound(procs, ino + 1) - lower_bound(procs, ino));
}
