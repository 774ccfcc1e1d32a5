/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/sys.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* The same number on every architecture that has the common table of Linux 5.1. */
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

#ifndef SYS_open_tree
#define SYS_open_tree 428
#define SYS_move_mount 429
#endif

#ifndef SYS_openat2
#define SYS_openat2 437
#endif

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

#ifndef SYS_fsopen
#define SYS_fsopen 430
#endif

#ifndef SYS_fsconfig
#define SYS_fsconfig 431
#endif

#ifndef SYS_fsmount
#define SYS_fsmount 432
#endif

#ifndef SYS_statmount
#define SYS_statmount 457
#endif

int nsm_sys_open_tree(int dirfd, const char *path, bool whole)
{
	const unsigned flags = NSM_OPEN_TREE_CLONE | O_CLOEXEC | (whole ? NSM_AT_RECURSIVE : 0u) | (*path ? 0u : AT_EMPTY_PATH);

	return (int)nsm_sys_result(syscall(SYS_open_tree, dirfd, path, flags));
}

int nsm_sys_move_mount(int tree, int dirfd, const char *path)
{
	const unsigned flags = NSM_MOVE_MOUNT_F_EMPTY_PATH | NSM_MOVE_MOUNT_T_SYMLINKS;

	return (int)nsm_sys_result(syscall(SYS_move_mount, tree, "", dirfd, path, flags));
}

int nsm_sys_move_mount_at(int from_dir, const char *from, int to_dir, const char *to)
{
	const unsigned flags = (*from ? 0u : NSM_MOVE_MOUNT_F_EMPTY_PATH) | (*to ? 0u : NSM_MOVE_MOUNT_T_EMPTY_PATH);

	return (int)nsm_sys_result(syscall(SYS_move_mount, from_dir, from, to_dir, to, flags));
}

int nsm_sys_mount_detached(const char *type, unsigned long flags)
{
	const unsigned create = 6; /* FSCONFIG_CMD_CREATE, include/uapi/linux/mount.h */
	int context = (int)nsm_sys_result(syscall(SYS_fsopen, type, 1u /* FSOPEN_CLOEXEC */)), r;

	if (context < 0)
		return context;
	r = (int)nsm_sys_result(syscall(SYS_fsconfig, context, create, NULL, NULL, 0));
	if (r == 0)
		/* MOUNT_ATTR_NOSUID and the others have the numbers of mount(2)'s flags. */
		r = (int)nsm_sys_result(syscall(SYS_fsmount, context, 1u /* FSMOUNT_CLOEXEC */, (unsigned)flags));
	close(context);
	return r;
}

int nsm_sys_statx(int dirfd, const char *path, int flags, unsigned mask, struct nsm_statx *ret)
{
	return (int)nsm_sys_result(syscall(SYS_statx, dirfd, path, flags, mask, ret));
}

/* What is resolved, and how: linux/openat2.h */
#define RESOLVE_NO_XDEV 0x01
#define RESOLVE_NO_MAGICLINKS 0x02
#define RESOLVE_NO_SYMLINKS 0x04

static int open_resolved(int dirfd, const char *path, int flags, uint64_t resolve)
{
	const struct {
		uint64_t flags, mode, resolve;
	} how = { .flags = (uint64_t)(O_CLOEXEC | flags), .resolve = resolve };

	return (int)nsm_sys_result(syscall(SYS_openat2, dirfd, path, &how, sizeof(how)));
}

int nsm_sys_open_within(int dirfd, const char *path, int flags)
{
	return open_resolved(dirfd, path, flags, RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS);
}

int nsm_sys_open_place(const char *path)
{
	return open_resolved(AT_FDCWD, path, O_PATH | O_DIRECTORY, RESOLVE_NO_MAGICLINKS);
}

int nsm_sys_open_object(const char *path)
{
	return open_resolved(AT_FDCWD, path, O_PATH, RESOLVE_NO_MAGICLINKS);
}

int nsm_sys_getcwd(char *buf, size_t size)
{
	long r = nsm_sys_result(syscall(SYS_getcwd, buf, size));

	return r < 0 ? (int)r : 0;
}

ssize_t nsm_sys_getdents(int fd, void *buf, size_t size)
{
	return nsm_sys_result(syscall(SYS_getdents64, fd, buf, size));
}

int nsm_sys_renameat2(int olddir, const char *oldpath, int newdir, const char *newpath, unsigned flags)
{
	return (int)nsm_sys_result(syscall(SYS_renameat2, olddir, oldpath, newdir, newpath, flags));
}

int nsm_sys_close_range_at_once(unsigned first, unsigned last, bool cloexec)
{
	return (int)nsm_sys_result(syscall(SYS_close_range, first, last, cloexec ? NSM_CLOSE_RANGE_CLOEXEC : 0u));
}

int nsm_sys_setresuid(uid_t uid)
{
	return (int)nsm_sys_result(syscall(SYS_setresuid, uid, uid, uid));
}

int nsm_sys_setresgid(gid_t gid)
{
	return (int)nsm_sys_result(syscall(SYS_setresgid, gid, gid, gid));
}

int nsm_sys_setgroups(size_t count, const gid_t *groups)
{
	return (int)nsm_sys_result(syscall(SYS_setgroups, count, groups));
}

uint64_t nsm_sys_random(void)
{
	uint64_t value;
	struct timespec now;

	/* Names of stages: a clash costs a retry, so a clock will do where the call is denied. */
	if (syscall(SYS_getrandom, &value, sizeof(value), 1) == (long)sizeof(value))
		return value;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_nsec * 2654435761u ^ (uint64_t)now.tv_sec << 32 ^ (uint64_t)getpid();
}

/* linux/capability.h, version 3 */
struct cap_header {
	uint32_t version;
	int pid;
};

struct cap_data {
	uint32_t effective, permitted, inheritable;
};

#define CAP_VERSION 0x20080522

int nsm_sys_capget(struct nsm_caps *ret)
{
	struct cap_header header = { .version = CAP_VERSION };
	struct cap_data data[2];

	if (syscall(SYS_capget, &header, data) < 0)
		return -errno;
	ret->effective = data[0].effective | (uint64_t)data[1].effective << 32;
	ret->permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
	ret->inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
	return 0;
}

int nsm_sys_capset(const struct nsm_caps *caps)
{
	struct cap_header header = { .version = CAP_VERSION };
	struct cap_data data[2];

	for (int i = 0; i < 2; i++)
		data[i] = (struct cap_data){ .effective = (uint32_t)(caps->effective >> 32 * i),
					     .permitted = (uint32_t)(caps->permitted >> 32 * i),
					     .inheritable = (uint32_t)(caps->inheritable >> 32 * i) };
	return (int)nsm_sys_result(syscall(SYS_capset, &header, data));
}

bool nsm_sys_is_capable(unsigned capability)
{
	struct nsm_caps caps;

	return nsm_sys_capget(&caps) == 0 && (caps.effective >> capability & 1);
}

int nsm_sys_clear_capabilities(bool all)
{
	struct nsm_caps caps = { 0 };
	int r = 0;

	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 && errno != EINVAL)
		return -errno;
	if (!all)
		r = nsm_sys_capget(&caps);
	caps.inheritable = 0;
	return r < 0 ? r : nsm_sys_capset(&caps);
}

int nsm_sys_statmount(uint64_t mount_id)
{
	struct {
		uint32_t size, spare;
		uint64_t mount_id, param;
	} request = { .size = sizeof(request), .mount_id = mount_id };
	_Alignas(uint64_t) char answer[4096];

	return (int)nsm_sys_result(syscall(SYS_statmount, &request, answer, sizeof(answer), 0));
}

int nsm_sys_open_namespace(uint64_t id, int flag, uint32_t ino)
{
	const int nsfs_root = -10003; /* FD_NSFS_ROOT, include/uapi/linux/fcntl.h */
	struct {
		uint32_t bytes;
		int32_t type;
		uint64_t id;
		uint32_t ns_type, ino;
	} handle = { .bytes = 16, .type = 0xf1, .id = id, .ns_type = (uint32_t)flag, .ino = ino };

	return (int)nsm_sys_result(syscall(SYS_open_by_handle_at, nsfs_root, &handle, O_RDONLY | O_CLOEXEC));
}

int nsm_sys_landlock_abi(void)
{
	return (int)nsm_sys_result(syscall(SYS_landlock_create_ruleset, NULL, 0, 1 /* LANDLOCK_CREATE_RULESET_VERSION */));
}

/* linux/landlock.h. An older kernel takes a longer structure as long as what it does not know is 0. */
int nsm_sys_landlock_create(uint64_t fs, uint64_t net, uint64_t scopes)
{
	const uint64_t handled[] = { fs, net, scopes };

	return (int)nsm_sys_result(syscall(SYS_landlock_create_ruleset, handled, sizeof(handled), 0));
}

int nsm_sys_landlock_allow_beneath(int rules, uint64_t access, int fd)
{
	const struct __attribute__((packed)) {
		uint64_t access;
		int32_t fd;
	} rule = { access, fd };

	return (int)nsm_sys_result(syscall(SYS_landlock_add_rule, rules, 1 /* LANDLOCK_RULE_PATH_BENEATH */, &rule, 0));
}

int nsm_sys_landlock_allow_port(int rules, uint64_t access, uint64_t port)
{
	const uint64_t rule[] = { access, port };

	return (int)nsm_sys_result(syscall(SYS_landlock_add_rule, rules, 2 /* LANDLOCK_RULE_NET_PORT */, rule, 0));
}

int nsm_sys_landlock_restrict(int rules)
{
	return (int)nsm_sys_result(syscall(SYS_landlock_restrict_self, rules, 0));
}

int nsm_sys_seccomp(unsigned flags, const void *program, unsigned short count)
{
	/* struct sock_fprog of linux/filter.h */
	const struct {
		unsigned short count;
		const void *program;
	} filter = { count, program };

	return (int)nsm_sys_result(syscall(SYS_seccomp, 1 /* SECCOMP_SET_MODE_FILTER */, flags, &filter));
}
