/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/layout_inside.h"

#include "base/fd.h"
#include "base/parse.h"
#include "base/text.h"
#include "cmd/mounts.h"
#include "cmd/sys_mount.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/statvfs.h>

/* Those whose numbers are the same in mount(2), statvfs(3) and mount_setattr(2). */
#define COMMON (SYS_ATTR_RDONLY | SYS_ATTR_NOSUID | SYS_ATTR_NODEV | SYS_ATTR_NOEXEC)

static unsigned current(int mount)
{
	struct statvfs st;

	return fstatvfs(mount, &st) == 0 ? (unsigned)st.f_flag & COMMON : 0;
}

int attrs_set(int mount, const struct mount_opts *opts)
{
	struct sys_mount_attr attr = { .set = opts->set, .clear = opts->told_atime ? SYS_ATTR_ATIME : 0 };
	/* What is there already is not asked to go: it may be locked (KERNEL R13). */
	struct sys_mount_attr off = { .clear = opts->told_off & current(mount) };
	int r = 0;

	if (attr.set || attr.clear)
		r = sys_mount_setattr(mount, &attr, !opts->alone);
	/* Of the source alone: what is mounted below may be read-only for a reason. */
	if (r == 0 && off.clear)
		r = sys_mount_setattr(mount, &off, false);
	return r;
}

static int mount_by_path(int mount_fd, unsigned long flags)
{
	char path[64];
	struct nsm_text text = NSM_TEXT(path);

	nsm_text_add(&text, "/proc/self/fd/%d", mount_fd);
	return mount(NULL, path, NULL, flags, NULL) < 0 ? -errno : 0;
}

int attrs_propagate(int mount, unsigned long how)
{
	return mount_by_path(mount, how);
}

/* ---- before Linux 5.12 ---- */

/* The mount's number in the table: proc_pid_fdinfo(5). */
static int mount_id(int mount)
{
	char path[64], info[512];
	struct nsm_text text = NSM_TEXT(path);
	const char *p;
	uint64_t id;

	nsm_text_add(&text, "/proc/self/fdinfo/%d", mount);
	if (nsm_read_text_at(AT_FDCWD, path, info, sizeof(info)) < 0)
		return -1;
	p = strstr(info, "mnt_id:\t");
	return p && nsm_parse_u64_prefix(&(const char *){ p + strlen("mnt_id:\t") }, &id) == 0 ? (int)id : -1;
}

static int is_below(void *data, const struct mount_entry *entry)
{
	return entry->parent == *(const int *)data;
}

/* Where that is not to be found out, it has. */
static bool has_mounts_below(int mount)
{
	nsm_cleanup(mounts_free) struct mounts *mounts = NULL;
	int id = mount_id(mount);

	return id < 0 || mounts_read(&mounts) < 0 || mounts_each(mounts, is_below, &id) != 0;
}

int attrs_set_by_remount(int mount, const struct mount_opts *opts)
{
	/* The two calls of KERNEL R16 change one mount, and what it has and is not named again goes away. */
	unsigned flags = (current(mount) | opts->set) & ~opts->told_off;

	if ((opts->set & ~COMMON) || opts->told_atime || (!opts->alone && has_mounts_below(mount)))
		return -ENOSYS;
	return mount_by_path(mount, MS_REMOUNT | MS_BIND | flags);
}
