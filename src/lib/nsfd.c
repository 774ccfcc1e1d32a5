/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/nsfd.h"

#include "base/fd.h"
#include "base/text.h"
#include "lib/nstype.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>

int nsm_nsfd_open(int dirfd, const char *path, bool nofollow)
{
	int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (nofollow ? O_NOFOLLOW : 0);
	int fd = openat(dirfd, path, flags);

	return fd < 0 ? -errno : fd;
}

/* A request that nsfs has on every kernel from 5.10 on: where it is not known, a filter is in the way. */
static int ask(int fd, unsigned request)
{
	int r = ioctl(fd, request);

	if (r < 0)
		return errno == ENOTTY ? -ENOSYS : -errno;
	return r;
}

int nsm_nsfd_type(int fd, enum nsmgr_type *ret)
{
	struct statfs fs;
	enum nsmgr_type type;
	int flag;

	if (fstatfs(fd, &fs) < 0)
		return -errno;
	if ((unsigned long)fs.f_type != NSM_NSFS_MAGIC)
		return -ENOTTY;
	flag = ask(fd, NSM_NS_GET_NSTYPE);
	if (flag < 0)
		return flag;
	type = nsm_nstype_from_flag(flag);
	if (type == NSMGR_TYPE_NONE)
		return -ENOTTY;
	*ret = type;
	return 0;
}

int nsm_nsfd_expect(int fd, enum nsmgr_type type)
{
	int flag = ask(fd, NSM_NS_GET_NSTYPE);

	if (flag < 0)
		return flag;
	return flag == nsm_nstypes[type].flag ? 0 : -EBADMSG;
}

uint64_t nsm_nsfd_id64(int fd)
{
	uint64_t id = 0;

	if (ioctl(fd, NSM_NS_GET_ID, &id) == 0 || ioctl(fd, NSM_NS_GET_MNTNS_ID, &id) == 0)
		return id;
	return 0;
}

uint64_t nsm_nsfd_mount(int dirfd, const char *path)
{
	struct nsm_statx st;

	return nsm_sys_statx(dirfd, path, AT_SYMLINK_NOFOLLOW | (*path ? 0 : AT_EMPTY_PATH), NSM_STATX_MNT_ID_UNIQUE, &st) == 0 &&
			       (st.stx_mask & NSM_STATX_MNT_ID_UNIQUE)
		       ? st.stx_mnt_id
		       : 0;
}

/* By paths that are looked up anew, which takes half as long again. */
static int bind_by_path(int fd, int dir, const char *name)
{
	nsm_autoclose int file = *name ? openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC) : -EBADF;
	char source[40], target[40];
	struct nsm_text from = NSM_TEXT(source), to = NSM_TEXT(target);

	if (*name && file < 0)
		return -errno;
	/* The thread's own descriptors: those of the process may be others, or gone with its first thread. */
	nsm_text_add(&from, NSM_PROC_SELF "/fd/%d", fd);
	nsm_text_add(&to, NSM_PROC_SELF "/fd/%d", *name ? file : dir);
	return mount(source, target, NULL, MS_BIND, NULL) < 0 ? -errno : 0;
}

int nsm_nsfd_bind(int fd, int dir, const char *name, uint64_t *ret_mount)
{
	nsm_autoclose int tree = nsm_sys_open_tree(fd, "", false);
	int r = tree < 0 ? tree : nsm_sys_move_mount_at(tree, "", dir, name);

	if (r == 0) {
		if (ret_mount)
			*ret_mount = nsm_nsfd_mount(tree, "");
		return 0;
	}
	/* Whatever it was, mount(2) may do it, or tells the reason: before Linux 5.2, behind a filter, where a profile of AppArmor
	 * knows binds alone, and at the limit of mount namespaces, of which one that is nowhere counts as one (alloc_mnt_ns() of
	 * fs/namespace.c). */
	nsm_close(&tree);
	r = bind_by_path(fd, dir, name);
	if (r == 0 && ret_mount)
		*ret_mount = nsm_nsfd_mount(dir, name);
	return r;
}

int nsm_nsfd_id(int fd, struct nsmgr_id *ret)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	*ret = (struct nsmgr_id){ .dev = st.st_dev, .ino = st.st_ino, .id = nsm_nsfd_id64(fd) };
	return 0;
}

bool nsmgr_id_equal(const struct nsmgr_id *a, const struct nsmgr_id *b)
{
	if (a->id && b->id)
		return a->id == b->id;
	return a->dev == b->dev && a->ino == b->ino;
}

const char *nsmgr_id_text(enum nsmgr_type type, const struct nsmgr_id *id, char *buf)
{
	const char *name = nsmgr_type_name(type);
	struct nsm_text text = { .buf = buf, .size = NSMGR_ID_TEXT_SIZE };

	nsm_text_add(&text, "%s:[%llu]", name ? name : "none", (unsigned long long)id->ino);
	return buf;
}

bool nsm_nsfd_is(int fd, const struct nsmgr_id *id)
{
	uint64_t have = id->id ? nsm_nsfd_id64(fd) : 0;
	struct stat st;

	if (have)
		return have == id->id;
	return fstat(fd, &st) == 0 && st.st_ino == id->ino && (!id->dev || st.st_dev == id->dev);
}

int nsm_nsfd_is_within(int fd, const struct nsmgr_id *ancestor)
{
	nsm_autoclose int level = -EBADF;
	int at = fd;

	while (!nsm_nsfd_is(at, ancestor)) {
		int parent = ask(at, NSM_NS_GET_PARENT);

		/* EPERM: the top, or outside what we may see. */
		if (parent < 0)
			return parent == -EPERM ? 0 : parent;
		nsm_close(&level);
		at = level = parent;
	}
	return 1;
}

static bool is_own_file(int fd, const char *name)
{
	char path[48];
	struct nsm_text text = NSM_TEXT(path);
	struct stat own, other;

	nsm_text_add(&text, NSM_PROC_SELF "/ns/%s", name);
	return stat(path, &own) == 0 && fstat(fd, &other) == 0 && own.st_dev == other.st_dev &&
	       own.st_ino == other.st_ino;
}

bool nsm_nsfd_is_own(int fd, enum nsmgr_type type)
{
	return is_own_file(fd, nsm_nstypes[type].name);
}

bool nsm_nsfd_is_childrens(int fd, enum nsmgr_type type)
{
	return is_own_file(fd, nsm_nstypes[type].children);
}

ino_t nsm_nsfd_owner(int fd)
{
	nsm_autoclose int owner = ioctl(fd, NSM_NS_GET_USERNS);
	struct stat st;

	if (owner < 0 || fstat(owner, &st) < 0)
		return 0;
	return st.st_ino;
}
