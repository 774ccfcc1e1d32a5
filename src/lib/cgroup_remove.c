/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/cgroup.h"

#include "base/fd.h"
#include "base/text.h"
#include "lib/dir.h"
#include "lib/sys.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

/* How long it takes at most until those who were killed are gone: one may be in the middle of a long system call. */
static const struct timespec end_timeout = { .tv_sec = 10 };

static int fail(struct nsmgr_ctx *ctx, int r, const char *path)
{
	return nsm_fail(ctx, r, "cgroup", NSMGR_TYPE_NONE, path);
}

/* ---- emptying it ---- */

/* Before Linux 5.14, where a cgroup has no file to kill it by: one by one, until there is nobody whom another could have made
 * meanwhile. A pid may be another's by the time it is used, so the process is looked for again behind its pidfd. */
static int kill_each(int fd)
{
	pid_t pids[64], again[1024];
	int count, rounds = 0;

	while ((count = nsm_cgroup_pids(fd, pids, NSM_ARRAY_SIZE(pids))) > 0 && rounds++ < 1000) {
		for (int i = 0; i < count && i < (int)NSM_ARRAY_SIZE(pids); i++) {
			nsm_autoclose int pidfd = pids[i] > 0 ? nsm_sys_pidfd_open(pids[i]) : -EBADF;
			int left = pidfd < 0 ? 0 : nsm_cgroup_pids(fd, again, NSM_ARRAY_SIZE(again));

			for (int j = 0; j < left && j < (int)NSM_ARRAY_SIZE(again); j++)
				if (again[j] == pids[i])
					nsm_sys_pidfd_kill(pidfd, SIGKILL);
		}
	}
	return count < 0 ? count : 0;
}

static int empty(int fd, bool spare)
{
	struct nsm_deadline deadline = nsm_deadline(&end_timeout);
	int r = spare ? 0 : nsm_write_text_at(fd, "cgroup.kill", "1");

	if (r == -ENOENT)
		r = kill_each(fd);
	return r < 0 ? r : nsm_cgroup_wait(fd, "populated 0", &deadline);
}

/* ---- removing it ---- */

/* The name of one that is below it, if there is any. */
static bool find_child(int fd, char ret[256])
{
	const struct nsm_dirent *entry;
	struct nsm_dir dir;

	if (lseek(fd, 0, SEEK_SET) < 0)
		return false;
	nsm_dir_begin(&dir, fd);
	while (nsm_dir_next(&dir, &entry) > 0)
		if (entry->d_type == DT_DIR)
			return nsm_copy(ret, 256, entry->d_name);
	return false;
}

/* The one that is deepest, below the first of each, however deep that is: those inside may have made as many as they like. */
static int remove_deepest(int parent, const char *name)
{
	nsm_autoclose int above = -EBADF, fd = openat(parent, name, NSM_DIR_FLAGS);
	char child[256] = "", next[256];

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	while (find_child(fd, next)) {
		nsm_close(&above);
		above = take_fd(fd);
		memcpy(child, next, sizeof(child));
		fd = openat(above, child, NSM_DIR_FLAGS);
		if (fd < 0)
			return errno == ENOENT ? 0 : -errno;
	}
	if (above < 0)
		return -EBUSY;
	return unlinkat(above, child, AT_REMOVEDIR) < 0 && errno != ENOENT ? -errno : 0;
}

int nsm_cgroup_remove_tree(int parent, const char *name)
{
	while (unlinkat(parent, name, AT_REMOVEDIR) < 0 && errno != ENOENT) {
		int r = errno == EBUSY ? remove_deepest(parent, name) : -errno;

		if (r < 0)
			return r;
	}
	return 0;
}

/* 1 when it is the one that was claimed. Without a mark it was made a moment before its maker was killed, and nobody is in it.
 * 0: it is another; -errno: that cannot be told. */
static int is_ours(int fd, const struct nsm_cgroup_claim *claim)
{
	struct nsm_cgroup_claim mark;
	int r = nsm_cgroup_read_mark(fd, &mark);

	if (r == -ENOENT) {
		r = nsm_cgroup_pids(fd, NULL, 0);
		return r < 0 ? r : r == 0;
	}
	if (r == -EBADMSG)
		return 0;
	return r < 0 ? r : nsm_streq(mark.token, claim->token);
}

/* The directory that all of them are in goes with the last. */
static int take_away(struct nsmgr_ctx *ctx, const struct nsm_cgroup_claim *claim, bool spare)
{
	nsm_autoclose int hierarchy = nsm_cgroup_open_hierarchy(), fd = -EBADF;
	int r;

	if (hierarchy < 0)
		return hierarchy == -ENOENT ? 0 : fail(ctx, hierarchy, claim->path);
	fd = openat(hierarchy, claim->path, NSM_DIR_FLAGS);
	if (fd < 0)
		return errno == ENOENT ? 0 : fail(ctx, -errno, claim->path);
	r = is_ours(fd, claim);
	if (r == 0)
		return 0;
	if (r > 0)
		r = empty(fd, spare);
	if (r == 0)
		r = nsm_cgroup_remove_tree(hierarchy, claim->path);
	if (r == -ENODEV) /* another was faster */
		r = 0;
	if (r == -ETIMEDOUT || r == -EBUSY)
		return nsm_fail_text(ctx, -EBUSY, "cgroup", NSMGR_TYPE_NONE, claim->path, "processes are still in it");
	if (r < 0)
		return fail(ctx, r, claim->path);
	unlinkat(hierarchy, NSM_CGROUP_PARENT, AT_REMOVEDIR);
	return 0;
}

int nsm_cgroup_remove(struct nsmgr_ctx *ctx, int setdir, bool spare)
{
	struct nsm_cgroup_claim claim;
	struct stat st;
	int r;

	/* Most have none, and need no descriptor to see that: there may be no more. */
	if (fstatat(setdir, NSM_CGROUP_FILE, &st, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT)
		return 0;
	r = nsm_cgroup_read_claim(setdir, &claim);
	/* Damaged, it leads to nothing; a cgroup without a set is for a check to find. */
	if (r == 0)
		r = take_away(ctx, &claim, spare);
	else if (r == -EBADMSG || r == -ENOENT)
		r = 0;
	else
		fail(ctx, r, NSM_CGROUP_FILE);
	if (r < 0)
		return r;
	return unlinkat(setdir, NSM_CGROUP_FILE, 0) < 0 && errno != ENOENT ? fail(ctx, -errno, NSM_CGROUP_FILE) : 0;
}
