/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/check.h"

#include "base/text.h"
#include "lib/dir.h"
#include "lib/meta.h"
#include "lib/storefile.h"

#include <fcntl.h>
#include <sys/stat.h>

bool nsm_check_has_entries(const struct nsm_check *check)
{
	nsm_autoclose int fd = openat(check->store.root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct nsm_dirent *entry;
	struct nsm_dir dir;

	if (fd < 0)
		return false;
	nsm_dir_begin(&dir, fd);
	while (nsm_dir_next(&dir, &entry) > 0)
		if (entry->d_name[0] != '.')
			return true;
	return false;
}

/* Whether a set is recorded in it; one that we may not look into could be. */
static bool has_record(const struct nsm_check *check)
{
	nsm_autoclose int fd = openat(check->store.root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct nsm_dirent *entry;
	struct nsm_dir dir;

	if (fd < 0)
		return true;
	nsm_dir_begin(&dir, fd);
	while (nsm_dir_next(&dir, &entry) > 0) {
		char path[300];
		struct nsm_text text = NSM_TEXT(path);
		struct stat st;

		nsm_text_add(&text, "%s/" NSM_META_FILE, entry->d_name);
		if (nsmgr_name_is_valid(entry->d_name) &&
		    (fstatat(fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 || (errno != ENOENT && errno != ENOTDIR)))
			return true;
	}
	return false;
}

/* Whether a namespace is mounted in it: its root is "net:[4026531840]". */
static bool has_handle(const struct nsm_check *check)
{
	for (size_t i = 0; i < check->mounts.count; i++)
		if (check->mounts.array[i].root[0] != '/' && strstr(check->mounts.array[i].root, ":["))
			return true;
	return false;
}

bool nsm_check_is_store(const struct nsm_check *check)
{
	struct nsm_storefile file;

	return nsm_storefile_read(check->store.root, &file) != -ENOENT || !nsm_check_has_entries(check) || has_record(check) ||
	       has_handle(check);
}
