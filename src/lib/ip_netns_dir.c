/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/ip_netns.h"

#include "base/deadline.h"
#include "base/fd.h"
#include "base/text.h"
#include "lib/root.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUSY_TRIES 3

static int fail(struct nsmgr_ctx *ctx, int r, const char *path)
{
	return nsm_fail(ctx, r, NSM_IP_NETNS_STEP, NSMGR_NET, path);
}

static void self_path(char path[40], int fd)
{
	struct nsm_text text = { .buf = path, .size = 40 };

	nsm_text_add(&text, NSM_PROC_SELF "/fd/%d", fd);
}

static int open_dir(struct nsmgr_ctx *ctx, bool make)
{
	struct nsm_root root = NSM_ROOT_INIT;
	int r = nsm_root_walk(ctx, NSM_IP_NETNS_STEP, NSMGR_IP_NETNS_DIR, make, &root);

	return r < 0 ? r : root.fd;
}

/* -EINVAL: it is no mount. */
static int make_shared(int dir, unsigned long recursive)
{
	char path[40];

	self_path(path, dir);
	return mount(NULL, path, NULL, MS_SHARED | recursive, NULL) < 0 ? -errno : 0;
}

/* Anybody who may open the directory can hold its lock for as long as he likes, so that it is not waited for without end; ip
 * holds it for two mounts. */
static int lock_dir(struct nsmgr_ctx *ctx, int dir)
{
	static const struct timespec most = { .tv_sec = 1 }, pause = { .tv_nsec = 5000000 };
	const struct nsm_deadline deadline = nsm_deadline(&most);

	while (flock(dir, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return fail(ctx, -errno, NSMGR_IP_NETNS_DIR);
		if (nsm_deadline_left(&deadline) == 0)
			return nsm_fail_text(ctx, -EBUSY, NSM_IP_NETNS_STEP, NSMGR_NET, NULL,
					     "'" NSMGR_IP_NETNS_DIR "' is locked by another process (/proc/locks tells by which)");
		nanosleep(&pause, NULL);
	}
	return 0;
}

/* Mounts the directory on itself, unless another has done so meanwhile. Its lock is the one that ip takes for that: of two who
 * do it at once, each would double the mounts (Debian 949235). Only who finds no mount waits for it. */
static int make_mount(struct nsmgr_ctx *ctx, int below)
{
	nsm_autoclose int lock = openat(below, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	nsm_autoclose int dir = -EBADF;
	char path[40];
	int r;

	if (lock < 0)
		return fail(ctx, -errno, NSMGR_IP_NETNS_DIR);
	r = lock_dir(ctx, lock);
	if (r < 0)
		return r;
	dir = open_dir(ctx, false);
	if (dir < 0)
		return dir;
	r = make_shared(dir, 0);
	if (r != -EINVAL)
		return r < 0 ? fail(ctx, r, NSMGR_IP_NETNS_DIR) : take_fd(dir);
	self_path(path, dir);
	if (mount(path, path, NULL, MS_BIND | MS_REC, NULL) < 0)
		return fail(ctx, -errno, NSMGR_IP_NETNS_DIR);
	nsm_close(&dir);
	dir = open_dir(ctx, false);
	if (dir < 0)
		return dir;
	r = make_shared(dir, MS_REC);
	return r < 0 ? fail(ctx, r, NSMGR_IP_NETNS_DIR) : take_fd(dir);
}

/* The directory as ip netns makes it: a mount of its own, and shared, so that names come and go in all mount namespaces that
 * were copied from this one, and none keeps a namespace alive for itself (KERNEL R4). */
static int open_shared(struct nsmgr_ctx *ctx)
{
	nsm_autoclose int dir = open_dir(ctx, true);
	int r;

	if (dir < 0)
		return dir;
	r = make_shared(dir, 0);
	if (r == -EINVAL)
		return make_mount(ctx, dir);
	return r < 0 ? fail(ctx, r, NSMGR_IP_NETNS_DIR) : take_fd(dir);
}

int nsm_ip_netns_prepare(struct nsmgr_ctx *ctx)
{
	nsm_autoclose int dir = open_shared(ctx);

	return dir < 0 ? dir : 0;
}

enum what { IS_NOTHING, IS_NAMESPACE, IS_PLAIN, IS_OTHER };

/* What is under a name; *ret_fd is open where it is a namespace. An empty file is what we and ip make to mount on. */
static int look(int dir, const char *name, int *ret_fd)
{
	nsm_autoclose int fd = nsm_nsfd_open(dir, name, true);
	enum nsmgr_type type;
	int r = fd < 0 ? fd : nsm_nsfd_type(fd, &type);
	struct stat st;

	if (r == 0) {
		*ret_fd = take_fd(fd);
		return IS_NAMESPACE;
	}
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? IS_NOTHING : -errno;
	/* A namespace that cannot be looked at is an empty file to stat(2) as well; but ours and ip's files have mode 0. */
	if (r != -ENOTTY && r != -ELOOP && r != -ENXIO && (r != -EACCES || (st.st_mode & 0777)))
		return r;
	return S_ISREG(st.st_mode) && st.st_size == 0 ? IS_PLAIN : IS_OTHER;
}

/* The name is taken: 0 by this very namespace, 1 by a file that we may mount on. */
static int judge_taken(struct nsmgr_ctx *ctx, int dir, const char *name, const struct nsmgr_id *id, bool ours)
{
	static const char *const words[] = {
		[IS_NOTHING] = "was taken away just now",
		[IS_NAMESPACE] = "is another namespace",
		[IS_PLAIN] = "is a file without a namespace (cure: ip netns delete)",
		[IS_OTHER] = "is no namespace, nor an empty file (cure: remove it by hand)",
	};
	nsm_autoclose int fd = -EBADF;
	int is = look(dir, name, &fd);

	if (is < 0)
		return fail(ctx, is, NSMGR_IP_NETNS_DIR);
	if (is == IS_NAMESPACE && nsm_nsfd_is(fd, id))
		return 0;
	if (is == IS_PLAIN && ours)
		return 1;
	return nsm_fail_text(ctx, -EEXIST, NSM_IP_NETNS_STEP, NSMGR_NET, NULL, "'" NSMGR_IP_NETNS_DIR "/%s' %s", name, words[is]);
}

int nsm_ip_netns_place(struct nsmgr_ctx *ctx, const char *name, int nsfd, const struct nsmgr_id *id, bool ours)
{
	nsm_autoclose int dir = open_shared(ctx), file = -EBADF;
	int r;

	if (dir < 0)
		return dir;
	file = openat(dir, name, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0);
	if (file < 0 && errno != EEXIST)
		return fail(ctx, -errno, NSMGR_IP_NETNS_DIR);
	if (file < 0) {
		r = judge_taken(ctx, dir, name, id, ours);
		if (r <= 0)
			return r;
	}
	r = nsm_nsfd_bind(nsfd, dir, name, NULL);
	if (r == 0)
		return 1;
	unlinkat(dir, name, 0);
	return fail(ctx, r, NSMGR_IP_NETNS_DIR);
}

/* By the descriptor, so that the mount which was looked at is the one that goes, whatever the name is by now. */
static int detach(int fd)
{
	char path[40];

	self_path(path, fd);
	return umount2(path, MNT_DETACH) < 0 ? -errno : 0;
}

static int take_away(struct nsmgr_ctx *ctx, int dir, const char *name, const struct nsmgr_id *id)
{
	bool refused = false;
	int busy = 0;

	for (;;) {
		nsm_autoclose int fd = -EBADF;
		int r = look(dir, name, &fd);

		if (r == IS_NAMESPACE && nsm_nsfd_is(fd, id)) {
			r = detach(fd);
			/* Detached by somebody else; or, a second time, locked for our user namespace (KERNEL R13). */
			if (r < 0 && (r != -EINVAL || refused))
				return r;
			refused = r < 0;
			continue;
		}
		if (r == IS_NAMESPACE || r == IS_OTHER)
			nsm_log(ctx, "'" NSMGR_IP_NETNS_DIR "/%s' is not the set's namespace by now, and stays", name);
		if (r != IS_PLAIN)
			return r < 0 ? r : 0;
		if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
			return 0;
		/* Busy: somebody else has mounted on it by now, or what is above is visible at a second place, where that stays. */
		if (errno != EBUSY)
			return -errno;
		if (++busy == BUSY_TRIES) {
			nsm_log(ctx, "'" NSMGR_IP_NETNS_DIR "/%s' is busy, and stays", name);
			return 0;
		}
	}
}

int nsm_ip_netns_take_away(struct nsmgr_ctx *ctx, const char *name, const struct nsmgr_id *id)
{
	nsm_autoclose int dir = open_dir(ctx, false);
	int r;

	if (dir < 0)
		return dir == -ENOENT ? 0 : dir;
	r = take_away(ctx, dir, name, id);
	return r < 0 ? fail(ctx, r, NSMGR_IP_NETNS_DIR) : 0;
}

int nsm_ip_netns_has(struct nsmgr_ctx *ctx, const char *name)
{
	nsm_autoclose int dir = open_dir(ctx, false), fd = -EBADF;
	int is;

	if (dir < 0)
		return dir == -ENOENT ? 0 : dir;
	is = look(dir, name, &fd);
	return is < 0 ? is : is == IS_NAMESPACE || is == IS_OTHER;
}
