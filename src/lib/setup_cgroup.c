/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/setup.h"

#include "base/fd.h"
#include "base/text.h"
#include "lib/cgroup.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/mount.h>
#include <sys/statfs.h>

/* What is mounted for cgroups shows those of the host: a new cgroup namespace does not change mounts that are there, in which the
 * cgroups above its root can be reached, and written to by root (KERNEL R63, CVE-2023-25809). So where the mount namespace is new
 * as well, they become read-only, and those of cgroup2 are covered by one that begins at the namespace's root. */

static int fail(struct nsmgr_config *config, const char *point)
{
	return nsm_fail(config->ctx, -errno, "mount cgroup", NSMGR_MNT, point);
}

/* Whether the path leads to cgroups, and to nothing else that lies upon them. In a user namespace no flag may be lost that the mount
 * had before: statfs(2) calls them nearly as mount(2) does. Where it cannot be asked mount(2) will tell. */
static bool is_cgroup(const char *point, unsigned long *ret_flags)
{
	const unsigned long same = MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_NODIRATIME;
	struct statfs fs;

	*ret_flags = 0;
	if (statfs(point, &fs) < 0)
		return true;
	*ret_flags = (unsigned long)fs.f_flags & same;
	if (fs.f_flags & 0x1000) /* ST_RELATIME */
		*ret_flags |= MS_RELATIME;
	return fs.f_type == NSM_CGROUP_MAGIC || fs.f_type == NSM_CGROUP2_MAGIC;
}

/* One that others lie upon is out of reach already. */
static bool is_out_of_reach(int error)
{
	return error == EINVAL || error == ENOENT || error == ENOTDIR;
}

/* Those of cgroup2, to be covered. */
struct points {
	char path[8][PATH_MAX];
	size_t count;
};

/* One pass over a table that may have thousands of handles. All points are known before the first of them is covered, for a new mount
 * appears in the table, too. */
static int make_read_only(struct nsmgr_config *config, struct points *ret)
{
	nsm_cleanup(nsm_cgroup_mounts_end) struct nsm_cgroup_mounts mounts = NSM_CGROUP_MOUNTS_INIT;
	struct nsm_cgroup_mount mount_;
	int r = nsm_cgroup_mounts_begin(&mounts);

	ret->count = 0;
	if (r < 0)
		return nsm_fail(config->ctx, r, "mount cgroup", NSMGR_MNT, NSM_PROC_SELF "/mountinfo");
	while ((r = nsm_cgroup_mounts_next(&mounts, &mount_)) > 0) {
		unsigned long flags;

		if (!is_cgroup(mount_.point, &flags))
			continue;
		if (mount(NULL, mount_.point, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | flags, NULL) < 0 &&
		    !is_out_of_reach(errno))
			return fail(config, mount_.point);
		if (mount_.version2 && ret->count < NSM_ARRAY_SIZE(ret->path) &&
		    nsm_copy(ret->path[ret->count], PATH_MAX, mount_.point))
			ret->count++;
	}
	/* One that is not seen would stay open to root inside. */
	if (r == 0 && mounts.skipped)
		return nsm_fail_text(config->ctx, -E2BIG, "mount cgroup", NSMGR_MNT, NSM_PROC_SELF "/mountinfo",
				     "a mount has more than 8 KiB of paths there, and may be one of cgroups (cure: umount it)");
	return r < 0 ? nsm_fail(config->ctx, r, "mount cgroup", NSMGR_MNT, NSM_PROC_SELF "/mountinfo") : 0;
}

/* By the newer calls: mount(2) refuses to mount a file system upon itself. The mount is private first, or its peers outside would
 * get the new one, too. What fails here leaves the old one as it is, read-only. */
static void cover(struct nsmgr_config *config, const char *point)
{
	nsm_autoclose int fd = -EBADF;
	int r;

	if (mount(NULL, point, NULL, MS_PRIVATE, NULL) < 0)
		return;
	fd = nsm_sys_mount_detached("cgroup2", MS_NOSUID | MS_NODEV | MS_NOEXEC);
	r = fd < 0 ? fd : nsm_sys_move_mount(fd, AT_FDCWD, point);
	if (r < 0)
		nsm_log(config->ctx, "'%s' stays as it is outside, read-only: %s", point, strerror(-r));
}

int nsm_setup_cgroup(struct nsmgr_config *config)
{
	struct points points;
	int r;

	if (!nsm_config_makes(config, NSMGR_MNT) || !nsm_config_makes(config, NSMGR_CGROUP))
		return 0;
	r = make_read_only(config, &points);
	for (size_t i = 0; r == 0 && i < points.count; i++)
		cover(config, points.path[i]);
	return r;
}
