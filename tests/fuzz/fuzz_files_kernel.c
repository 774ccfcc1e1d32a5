/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz_files.h"

#include "base/fd.h"
#include "lib/boot.h"
#include "lib/cgroup.h"
#include "lib/helper.h"
#include "lib/idmap.h"
#include "lib/keeper.h"
#include "lib/mountinfo.h"
#include "lib/proc.h"

#include <string.h>

void read_mountinfo(int dir)
{
	nsm_cleanup(nsm_cgroup_mounts_end) struct nsm_cgroup_mounts cgroups = NSM_CGROUP_MOUNTS_INIT;
	struct nsm_cgroup_mount cgroup;
	struct nsm_mounts mounts;

	(void)dir;
	MUST(nsm_cgroup_mounts_begin(&cgroups) == 0);
	while (nsm_cgroup_mounts_next(&cgroups, &cgroup) > 0)
		MUST(strlen(cgroup.point) < sizeof(cgroups.text));
	if (nsm_mounts_read("/run", &mounts) < 0)
		return;
	/* One that is covered is left out. */
	for (size_t i = 0, count; i < mounts.count; i++) {
		const struct nsm_mount *at = nsm_mounts_at(&mounts, mounts.array[i].point, &count);

		MUST(at && count > 0 && count <= mounts.count && at + count <= mounts.array + mounts.count);
		MUST(strcmp(at[count - 1].point, mounts.array[i].point) == 0);
		nsm_mounts_has_children(&mounts, at);
	}
	nsm_mounts_free(&mounts);
}

void read_map(int dir)
{
	struct nsm_idmap map;

	(void)dir;
	if (nsm_idmap_read_own(NSMGR_UID, &map) == 0)
		MUST(map.count <= NSM_IDMAP_LINES);
}

void read_status(int dir)
{
	(void)dir;
	nsm_proc_is_ours();
}

void read_fdinfo(int dir)
{
	pid_t pid = nsm_proc_pid(dir);

	MUST(pid > 0 || pid == -ESRCH);
}

void read_stat(int dir)
{
	struct nsm_title title = nsm_title_find();
	struct nsm_helper helper;

	(void)dir;
	MUST(title.arguments <= title.size && !title.start == !title.size);
	if (nsm_helper_of("pasta", 33, &helper) == 0)
		MUST(helper.pid == 33 && strcmp(helper.boot_id, BOOT_ID) == 0);
}

void read_boot(int dir)
{
	char boot[NSM_BOOT_ID_SIZE];

	(void)dir;
	if (nsm_boot_id(boot) == 0)
		MUST(*boot && memchr(boot, '\0', sizeof(boot)) && !strchr(boot, '\n'));
	sandbox_write_text(BOOT_PATH, BOOT_ID "\n");
}

void read_events(int dir)
{
	const struct nsm_deadline now = nsm_deadline(&(struct timespec){ 0 });

	nsm_cgroup_wait(dir, "populated 0", &now);
	nsm_cgroup_wait(dir, "frozen 1", &now);
}

void read_procs(int dir)
{
	pid_t pids[4];

	MUST(nsm_cgroup_pids(dir, pids, NSM_ARRAY_SIZE(pids)) >= -EBADMSG);
}

static void delegate(int dir)
{
	struct nsmgr_config *config = NULL;

	MUST(nsmgr_config_new(ctx, &config) == 0);
	MUST(nsmgr_config_cgroup_set(config, "memory.max", "1") == 0 &&
	     nsmgr_config_cgroup_set(config, "io.max", "1") == 0);
	nsmgr_config_cgroup_optional(config, true);
	nsm_cgroup_delegate(config, dir, dir);
	nsmgr_config_free(config);
}

/* Which controllers there are... */
void read_controllers(int dir)
{
	sandbox_write_text("/proc/cgroups", "#subsys_name\thierarchy\tnum_cgroups\tenabled\nmemory\t0\t9\t1\n");
	delegate(dir);
}

/* ... and why one is missing. */
void read_cgroups(int dir)
{
	sandbox_write_text("/store/cgroup.controllers", "cpu\n");
	delegate(dir);
}
