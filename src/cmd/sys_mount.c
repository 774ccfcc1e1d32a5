/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/sys_mount.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The same number on every architecture since Linux 5.1 unified them. */
#ifndef SYS_open_tree
#define SYS_open_tree 428
#define SYS_move_mount 429
#define SYS_fsopen 430
#define SYS_fsconfig 431
#define SYS_fsmount 432
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

/* FSOPEN_, FSMOUNT_CLOEXEC; FSCONFIG_SET_FLAG, _SET_STRING, _CMD_CREATE; MOVE_MOUNT_F_, _T_EMPTY_PATH; OPEN_TREE_CLONE */
#define CLOEXEC_ 1u
#define SET_FLAG_ 0u
#define SET_STRING_ 1u
#define CREATE_ 6u
#define BOTH_EMPTY_ (0x4u | 0x40u)
#define CLONE_ 1u
#define RECURSIVE_ 0x8000u /* AT_RECURSIVE */

static int result(long r)
{
	return r < 0 ? -errno : (int)r;
}

int sys_fsopen(const char *type)
{
	return result(syscall(SYS_fsopen, type, CLOEXEC_));
}

int sys_fsconfig(int fs, const char *key, const char *value)
{
	return result(syscall(SYS_fsconfig, fs, value ? SET_STRING_ : SET_FLAG_, key, value, 0));
}

int sys_fsmount(int fs, unsigned attrs)
{
	if (syscall(SYS_fsconfig, fs, CREATE_, NULL, NULL, 0) < 0)
		return -errno;
	return result(syscall(SYS_fsmount, fs, CLOEXEC_, attrs));
}

int sys_open_tree(int dirfd, const char *path, bool recursive)
{
	const unsigned flags = CLONE_ | O_CLOEXEC | AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW;

	return result(syscall(SYS_open_tree, dirfd, path, recursive ? flags | RECURSIVE_ : flags));
}

int sys_move_mount(int mount, int target)
{
	return result(syscall(SYS_move_mount, mount, "", target, "", BOTH_EMPTY_));
}

int sys_mount_setattr(int mount, const struct sys_mount_attr *attr, bool recursive)
{
	struct {
		uint64_t set, clear, propagation, userns;
	} raw = { attr->set, attr->clear, attr->propagation, 0 };

	return result(syscall(SYS_mount_setattr, mount, "", AT_EMPTY_PATH | (recursive ? RECURSIVE_ : 0), &raw, sizeof(raw)));
}

int sys_mount_idmap(int mount, int userns, bool recursive)
{
	const struct {
		uint64_t set, clear, propagation, userns;
	} raw = { .set = 0x100000u /* MOUNT_ATTR_IDMAP */, .userns = (uint64_t)userns };

	return result(syscall(SYS_mount_setattr, mount, "", AT_EMPTY_PATH | (recursive ? RECURSIVE_ : 0), &raw, sizeof(raw)));
}

int sys_pivot_root_here(const char *old)
{
	return result(syscall(SYS_pivot_root, ".", old));
}
