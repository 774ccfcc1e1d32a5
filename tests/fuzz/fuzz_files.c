/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The files that are read: those of a store, which others may have written, those of a set's /etc, and those of /proc. The first
 * byte chooses which, the rest is its contents. They lie below a root directory of our own, where they are found by the very paths
 * that the library has in it. */

#include "fuzz.h"

#include "base/fd.h"
#include "lib/idmap.h"
#include "lib/labels.h"
#include "lib/meta.h"
#include "lib/mountinfo.h"
#include "lib/passwd.h"
#include "lib/storefile.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <stdlib.h>

#define MUST(condition) ((condition) ? (void)0 : abort())

static void read_meta(int dir)
{
	struct nsm_meta meta, again;

	if (nsm_meta_read(dir, &meta) < 0)
		return;
	/* What it understood it can write down, and reads as the same. */
	unlinkat(dir, "again/" NSM_META_FILE, 0);
	MUST(nsm_meta_write(dir, "again/" NSM_META_FILE, false, &meta) == 0);
	dir = open("/store/again", O_PATH | O_DIRECTORY | O_CLOEXEC);
	MUST(nsm_meta_read(dir, &again) == 0);
	close(dir);
	MUST(again.keeper == meta.keeper && again.mount_id == meta.mount_id && nsm_meta_made(&again) == nsm_meta_made(&meta));
	MUST(strcmp(again.boot_id, meta.boot_id) == 0);
}

static void read_labels(int dir)
{
	static struct nsm_labels labels;
	struct nsmgr_label label = { 0 };
	size_t count = 0;
	int r;

	if (nsm_labels_read(dir, &labels) < 0)
		return;
	while (nsm_labels_next(&labels, &label)) {
		MUST(!nsm_label_fault(&label, &r));
		count++;
	}
	MUST(count == labels.count);
}

static void read_store(int dir)
{
	struct nsm_storefile file;

	if (nsm_storefile_read(dir, &file) == 0)
		MUST(memchr(file.boot_id, '\0', sizeof(file.boot_id)));
}

static void read_passwd(int dir)
{
	struct nsm_user user;
	char name[NSM_USER_NAME_SIZE];

	(void)dir;
	if (nsm_passwd_find("web", &user) == 0)
		MUST(user.uid != UINT32_MAX && user.gid != UINT32_MAX);
	nsm_passwd_name(33, name, sizeof(name));
}

static void read_group(int dir)
{
	uint32_t gid, gids[8];
	int count = nsm_group_list("web", 33, gids, NSM_ARRAY_SIZE(gids));

	(void)dir;
	MUST(count <= (int)NSM_ARRAY_SIZE(gids) && (count <= 0 || gids[0] == 33));
	if (nsm_group_find("web", &gid) == 0)
		MUST(gid != UINT32_MAX);
}

static void read_mountinfo(int dir)
{
	struct nsm_mounts mounts;
	size_t count, sum = 0;

	(void)dir;
	if (nsm_mounts_read("/run", &mounts) < 0)
		return;
	for (size_t i = 0; i < mounts.count; i += count) {
		MUST(nsm_mounts_at(&mounts, mounts.array[i].point, &count) == &mounts.array[i] && count > 0);
		nsm_mounts_has_children(&mounts, &mounts.array[i]);
		sum += count;
	}
	MUST(sum == mounts.count);
	nsm_mounts_free(&mounts);
}

static void read_map(int dir)
{
	struct nsm_idmap map;

	(void)dir;
	if (nsm_idmap_read_own(NSMGR_UID, &map) == 0)
		MUST(map.count <= NSM_IDMAP_LINES);
}

static const struct kind {
	const char *path;
	void (*read)(int dir);
} kinds[] = {
	{ "/store/" NSM_META_FILE, read_meta },	 { "/store/" NSM_LABELS_FILE, read_labels },
	{ "/store/.store", read_store },	 { "/etc/passwd", read_passwd },
	{ "/etc/group", read_group },		 { NSM_PROC_SELF "/mountinfo", read_mountinfo },
	{ "/proc/self/uid_map", read_map },
};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	sandbox_enter(*argc, *argv);
	sandbox_write("/store/again/.none", NULL, 0);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct kind *kind;
	int dir;

	if (size < 1)
		return 0;
	kind = &kinds[(size_t)(data[0] - (data[0] >= '0' ? '0' : 0)) % NSM_ARRAY_SIZE(kinds)];
	sandbox_write(kind->path, data + 1, size - 1);
	dir = open("/store", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	MUST(dir >= 0);
	kind->read(dir);
	close(dir);
	return 0;
}
