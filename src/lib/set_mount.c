/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/set.h"

#include "base/text.h"
#include "lib/edge.h"
#include "lib/nsfd.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define PATH_OF_FD 48

/* A file that a namespace is bound to, in a directory that is open: no path is walked twice (LESSONS security 15). */
struct target {
	struct nsmgr_ctx *ctx;
	enum nsmgr_type type;
	int dir;
	const char *file;  /* in it */
	const char *shown; /* the path of the user's, for a failure */
	bool made, bound;
	ino_t ino; /* of the file, where we made it */
};

static int fail(const struct target *target, int r)
{
	return nsm_fail(target->ctx, r, "bind", target->type, target->shown);
}

static int refuse(const struct target *target, int r, const char *why)
{
	return nsm_fail_text(target->ctx, r, "bind", target->type, target->shown, "%s", why);
}

/* The kernel stacks a second mount without a word (KERNEL R2). */
static int inspect(const struct target *target, int fd)
{
	struct nsm_statx st;
	struct statfs fs;
	int r = nsm_sys_statx(fd, "", AT_EMPTY_PATH, NSM_STATX_BASIC, &st);

	if (r < 0 || fstatfs(fd, &fs) < 0)
		return fail(target, r < 0 ? r : -errno);
	if (S_ISDIR(st.stx_mode))
		return fail(target, -EISDIR);
	if (S_ISLNK(st.stx_mode))
		return refuse(target, -ELOOP, "a symbolic link, which is not followed");
	/* Before Linux 5.8 only a namespace is known, by its file system. */
	if ((st.stx_attributes & NSM_STATX_ATTR_MOUNT_ROOT) || (unsigned long)fs.f_type == NSM_NSFS_MAGIC)
		return refuse(target, -EEXIST, "something is mounted there already");
	return S_ISREG(st.stx_mode) ? 0 : refuse(target, -EINVAL, "not a plain file");
}

/* Makes the file, mode 0 as it is nothing without its mount, and remembers which it is. Never opens an existing one. */
static int make_file(struct target *target)
{
	struct stat st;

	if (mknodat(target->dir, target->file, S_IFREG, 0) < 0)
		return errno == EEXIST ? 0 : fail(target, -errno);
	if (fstatat(target->dir, target->file, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		target->made = true;
		target->ino = st.st_ino;
	}
	return 0;
}

#define TRIES 8

/* An O_PATH descriptor of the file, which is made if it is missing. */
static int open_target(struct target *target)
{
	nsm_autoclose int fd = -EBADF;
	int r;

	/* Once more where somebody was faster; not for ever where he takes it away each time. */
	for (int tries = 0; tries < TRIES; tries++) {
		fd = openat(target->dir, target->file, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		if (fd >= 0 || errno != ENOENT)
			break;
		r = make_file(target);
		if (r < 0)
			return r;
		errno = ENOENT;
	}
	if (fd < 0)
		return fail(target, -errno);
	r = inspect(target, fd);
	return r < 0 ? r : take_fd(fd);
}

/* EINVAL of a mount namespace: fs/namespace.c, do_loopback() and mnt_ns_loop() (KERNEL R4, R10, R11). */
static int refuse_mnt(const struct target *target, int nsfd)
{
	nsm_autoclose int own = nsm_nsfd_open(AT_FDCWD, NSM_PROC_SELF "/ns/mnt", false);
	uint64_t own_id = own < 0 ? 0 : nsm_nsfd_id64(own), id = nsm_nsfd_id64(nsfd);

	if (nsm_nsfd_is_own(nsfd, NSMGR_MNT))
		return refuse(target, -EINVAL, "the caller's own mount namespace, which cannot be bound within itself");
	if (own_id && id && id <= own_id)
		return refuse(target, -EINVAL, "older than the caller's mount namespace: it can be bound in an older one only");
	return refuse(target, -EINVAL, "a mount namespace cannot be bound onto a mount that is shared "
				       "(cure: mount --make-private), nor in a newer one than itself");
}

static void path_of_fd(int fd, char path[PATH_OF_FD])
{
	struct nsm_text text = { .buf = path, .size = PATH_OF_FD };

	/* The thread's own descriptors: those of the process may be others, or gone with its first thread. */
	nsm_text_add(&text, NSM_PROC_SELF "/fd/%d", fd);
}

/* Whether the namespace is what everybody finds there: success with nothing mounted is a lie (LESSONS 4). */
static int verify(const struct target *target, int nsfd)
{
	nsm_autoclose int seen = nsm_nsfd_open(target->dir, target->file, true);
	struct nsmgr_id id;
	int r = seen < 0 ? seen : nsm_nsfd_id(nsfd, &id);

	if (r < 0 && r != -EACCES && r != -ELOOP)
		return fail(target, r);
	if (r < 0 || !nsm_nsfd_is(seen, &id))
		return refuse(target, -EIO, "bound, but something else is seen there");
	return 0;
}

static int bind_one(struct target *target, int nsfd)
{
	nsm_autoclose int fd = open_target(target);
	int r;

	if (fd < 0)
		return fd;
	r = nsm_nsfd_bind(nsfd, fd, "", NULL);
	if (r < 0)
		return r == -EINVAL && target->type == NSMGR_MNT ? refuse_mnt(target, nsfd) : fail(target, r);
	target->bound = true;
	nsm_close(&fd); /* so that at the limit of descriptors the next one can be had */
	return verify(target, nsfd);
}

/* Uncovers the file, and takes it away if we made it and it is still that one. */
static void undo(struct target *target)
{
	char path[PATH_OF_FD + NAME_MAX + 1] = "";
	struct nsm_text text = NSM_TEXT(path);
	struct stat st;

	path_of_fd(target->dir, path);
	text.len = strlen(path);
	nsm_text_add(&text, "/%s", target->file);
	if (target->bound && !text.cut)
		umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW);
	if (target->made && fstatat(target->dir, target->file, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_ino == target->ino)
		unlinkat(target->dir, target->file, 0);
}

static int mount_all(const struct nsmgr_set *set, const char *path)
{
	struct target targets[NSMGR_TYPE_COUNT] = { 0 };
	nsm_autoclose int dir = openat(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	unsigned types = nsmgr_set_types(set);
	int r = 0;

	if (dir < 0)
		return nsm_fail(set->ctx, -errno, "bind", NSMGR_TYPE_NONE, path);
	if (!types)
		return nsm_fail_text(set->ctx, -ENOENT, "bind", NSMGR_TYPE_NONE, path, "the set is empty");
	for NSM_EACH_TYPE (type) {
		if (r < 0 || !(types & NSMGR_MASK(type)))
			continue;
		targets[type] = (struct target){ .ctx = set->ctx, .type = type, .dir = dir, .shown = path,
						 .file = nsm_nstypes[type].name };
		r = bind_one(&targets[type], set->fds[type]);
	}
	for (size_t i = NSMGR_TYPE_COUNT; r < 0 && i-- > 0;)
		undo(&targets[i]);
	return r;
}

int nsmgr_set_mount(const struct nsmgr_set *set, const char *dir)
{
	return nsm_edge(set->ctx, NSM_EDGE_set_mount, mount_all(set, dir));
}

/* Opens the directory of the file and gives its last component, which is not followed. */
static int open_parent(struct target *target, int *ret_dir)
{
	char parent[PATH_MAX] = ".";
	const char *slash = strrchr(target->shown, '/');

	target->file = slash ? slash + 1 : target->shown;
	if (!*target->shown)
		return fail(target, -ENOENT);
	if (!*target->file || nsm_streq(target->file, ".") || nsm_streq(target->file, ".."))
		return fail(target, -EISDIR);
	if (slash && !nsm_copy(parent, sizeof(parent), target->shown))
		return fail(target, -ENAMETOOLONG);
	if (slash)
		parent[slash == target->shown ? 1 : slash - target->shown] = '\0';
	*ret_dir = openat(AT_FDCWD, parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return *ret_dir < 0 ? fail(target, -errno) : 0;
}

static int mount_one(const struct nsmgr_set *set, enum nsmgr_type type, const char *path)
{
	struct target target = { .ctx = set->ctx, .type = type, .shown = path };
	nsm_autoclose int dir = -EBADF;
	unsigned types = nsmgr_set_types(set);
	int r;

	if (type == NSMGR_TYPE_NONE) {
		for NSM_EACH_TYPE (one)
			if (types == NSMGR_MASK(one))
				target.type = one;
		if (target.type == NSMGR_TYPE_NONE)
			return refuse(&target, -EINVAL, "the set has not exactly one namespace: which?");
	} else if (!nsmgr_type_name(type) || !(types & NSMGR_MASK(type))) {
		return refuse(&target, -ENOENT, "the set has no such namespace");
	}
	r = open_parent(&target, &dir);
	if (r < 0)
		return r;
	target.dir = dir;
	r = bind_one(&target, set->fds[target.type]);
	if (r < 0)
		undo(&target);
	return r;
}

int nsmgr_set_mount_one(const struct nsmgr_set *set, enum nsmgr_type type, const char *path)
{
	return nsm_edge(set->ctx, NSM_EDGE_set_mount_one, mount_one(set, type, path));
}
