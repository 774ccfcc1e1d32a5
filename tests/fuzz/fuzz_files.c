/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The files that the library reads: those of a store, which others may have written, those of a set's /etc, and the
 * kernel's in /proc and in cgroups. The first byte chooses which, the rest is its contents. They lie below a root
 * directory of our own, where they are found by the very paths that the library has in it; /proc is ours, and every
 * process in it is number 33. */

#include "fuzz_files.h"

#include "base/fd.h"
#include "base/text.h"
#include "lib/cgroup.h"
#include "lib/ctx.h"
#include "lib/helper.h"
#include "lib/idmap.h"
#include "lib/ip_netns.h"
#include "lib/labels.h"
#include "lib/meta.h"
#include "lib/passwd.h"
#include "lib/profile.h"
#include "lib/storefile.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <unistd.h>

struct nsmgr_ctx *ctx;

/* ---- of a store ---- */

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
	MUST(again.keeper == meta.keeper && again.mount_id == meta.mount_id &&
	     nsm_meta_made(&again) == nsm_meta_made(&meta));
	MUST(again.defaults == meta.defaults && again.cgroup.origin == meta.cgroup.origin &&
	     again.cgroup.ino == meta.cgroup.ino);
	MUST(strcmp(again.boot_id, meta.boot_id) == 0 && strcmp(again.cgroup.path, meta.cgroup.path) == 0);
	for (int type = 0; type < NSMGR_TYPE_COUNT; type++)
		MUST(again.types[type].origin == meta.types[type].origin &&
		     again.types[type].id.id == meta.types[type].id.id);
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

static void read_helper(int dir)
{
	struct nsm_helper helper, again;

	if (nsm_helper_read(dir, dir, &helper) < 0)
		return;
	MUST(helper.pid > 0 && nsm_helper_is_kind(helper.kind));
	unlinkat(dir, "again/" NSM_HELPER_FILE, 0);
	MUST(nsm_helper_write(dir, "again/" NSM_HELPER_FILE, false, &helper) == 0);
	dir = open("/store/again", O_PATH | O_DIRECTORY | O_CLOEXEC);
	MUST(nsm_helper_read(dir, dir, &again) == 0);
	close(dir);
	MUST(again.pid == helper.pid && again.start == helper.start && again.pidns == helper.pidns);
	MUST(strcmp(again.kind, helper.kind) == 0 && strcmp(again.boot_id, helper.boot_id) == 0);
}

static void read_profile(int dir)
{
	char *text = NULL;

	if (nsm_profile_read(dir, dir, 0, &text) == 0)
		MUST(strlen(text) <= NSMGR_PROFILE_SIZE);
	free(text);
}

static void read_claim(int dir)
{
	struct nsm_cgroup_claim claim;

	if (nsm_cgroup_read_claim(dir, &claim) == 0)
		MUST(*claim.token && memchr(claim.token, '\0', sizeof(claim.token)) &&
		     memchr(claim.path, '\0', sizeof(claim.path)));
}

/* What a mark says is where its link leads to. */
static void read_mark(int dir)
{
	static const char mark[] = ".ip-netns.web";
	char text[256];

	if (nsm_read_text_at(dir, "mark", text, sizeof(text)) <= 0)
		return;
	unlinkat(dir, mark, 0);
	if (symlinkat(text, dir, mark) == 0) {
		nsm_ip_netns_is_placed(ctx, dir, mark);
		unlinkat(dir, mark, 0);
	}
}

/* ---- of a set ---- */

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

static void read_subid(int dir)
{
	uint32_t start = 0, count = 0;

	(void)dir;
	sandbox_write_text("/etc/passwd", "root:x:0:0::/:/bin/sh\nweb:x:33:33::/:/bin/sh\n");
	if (nsm_subid_range(ctx, NSMGR_UID, 33, &start, &count) == 0)
		MUST(count > 0 && start != UINT32_MAX);
}

/* ---- */

static const struct kind {
	const char *path; /* with a '/' at the end that of the directory, when it is open */
	void (*read)(int dir);
} kinds[] = {
	{ "/store/" NSM_META_FILE, read_meta },
	{ "/store/" NSM_LABELS_FILE, read_labels },
	{ "/store/.store", read_store },
	{ "/etc/passwd", read_passwd },
	{ "/etc/group", read_group },
	{ NSM_PROC_SELF "/mountinfo", read_mountinfo },
	{ "/proc/self/uid_map", read_map },
	{ "/store/" NSM_HELPER_FILE, read_helper },
	{ "/store/" NSM_PROFILE_FILE, read_profile },
	{ "/store/" NSM_CGROUP_FILE, read_claim },
	{ "/store/mark", read_mark },
	{ "/etc/subuid", read_subid },
	{ "/proc/self/status", read_status },
	{ NSM_PROC_SELF "/fdinfo/", read_fdinfo },
	{ "/proc/33/stat", read_stat },
	{ BOOT_PATH, read_boot },
	{ "/store/cgroup.events", read_events },
	{ "/store/cgroup.procs", read_procs },
	{ "/store/cgroup.controllers", read_controllers },
	{ "/proc/cgroups", read_cgroups },
};

void target_begin(int argc, char **argv)
{
	sandbox_enter(argc, argv);
	sandbox_write_text("/store/again/.none", "");
	sandbox_write_text("/proc/33/ns/pid", "");
	MUST(symlink("33", "/proc/self") == 0 && symlink("33", NSM_PROC_SELF) == 0);
	sandbox_write_text(BOOT_PATH, BOOT_ID "\n");
	MUST(nsmgr_new(&ctx) == 0);
}

void target_input(const uint8_t *data, size_t size)
{
	const struct kind *kind;
	char path[64];
	struct nsm_text text = NSM_TEXT(path);
	int dir;

	if (size < 1)
		return;
	dir = open("/store", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	MUST(dir >= 0);
	kind = &kinds[choose(data[0], NSM_ARRAY_SIZE(kinds))];
	nsm_text_add(&text, "%s", kind->path);
	if (path[text.len - 1] == '/')
		nsm_text_add(&text, "%d", dir);
	sandbox_write(path, data + 1, size - 1);
	kind->read(dir);
	close(dir);
}
