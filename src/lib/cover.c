/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/command.h"

#include "base/fd.h"
#include "base/text.h"
#include "lib/dir.h"
#include "lib/edge.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* The command's own mounts. What is to be mounted is taken, as mounts without a place, from the root of the set, before the
 * command's own root is entered: then a link of ours cannot lead into that, nor one in that out of it. */

#define TREE_COUNT 64

/* A mount on its way to DIRECTORY/NAME. */
struct tree {
	int fd;
	const char *step; /* that it is mounted for */
	const char *directory;
	char name[NAME_MAX + 1];
};

struct trees {
	size_t count;
	struct tree list[TREE_COUNT];
};

/* Of what is usually mounted below /sys, that which is not of one network namespace. */
static const char *const kept[] = { "fs/cgroup", "fs/bpf", "fs/selinux", "kernel/debug", "kernel/security", "kernel/tracing" };

static void close_trees(struct trees *trees)
{
	for (size_t i = 0; i < trees->count; i++)
		nsm_close(&trees->list[i].fd);
}

/* `of` has what it is for. */
static int add_tree(struct trees *trees, int dirfd, const char *name, bool whole, const struct tree *of)
{
	struct tree *tree = &trees->list[trees->count];

	if (trees->count == TREE_COUNT)
		return -E2BIG;
	*tree = *of;
	if (!nsm_copy(tree->name, sizeof(tree->name), name))
		return -ENAMETOOLONG;
	tree->fd = nsm_sys_open_tree(dirfd, name, whole);
	if (tree->fd < 0)
		return tree->fd;
	trees->count++;
	return 0;
}

/* ---- Before the root is changed ---- */

/* What is mounted there later shall not appear in the original; what the original gets may appear here. */
static int copy_mounts(struct nsmgr_command *command)
{
	if (unshare(CLONE_NEWNS) < 0)
		return nsm_fail(command->ctx, -errno, "unshare", NSMGR_MNT, NULL);
	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return nsm_fail(command->ctx, -errno, "propagation", NSMGR_MNT, NULL);
	return 0;
}

static bool is_mount(int dirfd, const char *path)
{
	struct nsm_statx st;

	return nsm_sys_statx(dirfd, path, AT_SYMLINK_NOFOLLOW, NSM_STATX_BASIC, &st) == 0 &&
	       (st.stx_attributes & NSM_STATX_ATTR_MOUNT_ROOT);
}

static int take_kept(struct nsmgr_command *command, struct trees *trees)
{
	const struct tree tree = { .step = "sysfs", .directory = "/sys" };
	nsm_autoclose int sys = open(tree.directory, O_PATH | O_DIRECTORY | O_CLOEXEC);

	for (size_t i = 0; sys >= 0 && i < NSM_ARRAY_SIZE(kept); i++) {
		int r = is_mount(sys, kept[i]) ? add_tree(trees, sys, kept[i], true, &tree) : 0;

		if (r < 0)
			return nsm_command_fail(command, r, tree.step, kept[i]);
	}
	return 0;
}

/* One of a directory's entries, by the directory's own name, whatever it was opened by. */
static int entry_failed(struct nsmgr_command *command, int r, int fd, const char *name)
{
	char link[64], path[PATH_MAX] = "";
	struct nsm_text text = NSM_TEXT(link), whole = NSM_TEXT(path);
	ssize_t n;

	nsm_text_add(&text, NSM_PROC_SELF "/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - NAME_MAX - 2);
	whole.len = n > 0 ? (size_t)n : 0;
	nsm_text_add(&whole, "%s%s", n > 0 ? "/" : "", name);
	if (r == -E2BIG)
		return nsm_fail_text(command->ctx, r, "cover", NSMGR_TYPE_NONE, path, "at most %d names", TREE_COUNT);
	return nsm_command_fail(command, r, "cover", path);
}

static int take_entries(struct nsmgr_command *command, const struct nsm_cover *cover, struct trees *trees)
{
	const struct tree tree = { .step = "cover", .directory = cover->over };
	nsm_autoclose int fd = open(cover->from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct nsm_dirent *entry;
	struct nsm_dir dir;
	int r;

	if (fd < 0)
		return nsm_command_fail(command, -errno, tree.step, cover->from);
	nsm_dir_begin(&dir, fd);
	while ((r = nsm_dir_next(&dir, &entry)) > 0) {
		/* Editors leave such. */
		if (entry->d_name[0] == '.')
			continue;
		r = add_tree(trees, fd, entry->d_name, false, &tree);
		if (r < 0)
			return entry_failed(command, r, fd, entry->d_name);
	}
	return r < 0 ? nsm_command_fail(command, r, tree.step, cover->from) : 0;
}

/* ---- After it ---- */

static int mount_sysfs(struct nsmgr_command *command)
{
	unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
	struct statvfs old;

	/* One that was read-only may not become writable (KERNEL R13). */
	if (statvfs("/sys", &old) == 0 && (old.f_flag & ST_RDONLY))
		flags |= MS_RDONLY;
	if (mount("sysfs", "/sys", "sysfs", flags, NULL) == 0)
		return 0;
	/* The same is there: this network namespace is the one that it shows. do_add_mount(), fs/namespace.c */
	return errno == EBUSY ? 0 : nsm_command_fail(command, -errno, "sysfs", "/sys");
}

/* The kernel says EINVAL, as of much else. */
static bool fits(const struct tree *tree, int directory)
{
	struct stat from, over;

	return fstat(tree->fd, &from) < 0 || fstatat(directory, tree->name, &over, 0) < 0 ||
	       S_ISDIR(from.st_mode) == S_ISDIR(over.st_mode);
}

static int put_tree(struct nsmgr_command *command, const struct tree *tree)
{
	char path[NAME_MAX + 64];
	struct nsm_text text = NSM_TEXT(path);
	nsm_autoclose int fd = open(tree->directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int r = fd < 0 ? -errno : fits(tree, fd) ? nsm_sys_move_mount(tree->fd, fd, tree->name) : -ENOTDIR;

	/* There is nothing of that name to be covered. */
	if (r == 0 || r == -ENOENT)
		return 0;
	nsm_text_add(&text, "%s/%s", tree->directory, tree->name);
	return nsm_command_fail(command, r, tree->step, path);
}

static int mount_all(struct nsmgr_command *command)
{
	nsm_cleanup(close_trees) struct trees trees = { .count = 0 };
	int r = copy_mounts(command);

	if (r == 0 && command->sysfs)
		r = take_kept(command, &trees);
	for (size_t i = 0; r == 0 && i < command->cover_count; i++)
		r = take_entries(command, &command->covers[i], &trees);
	if (r == 0)
		r = nsm_command_change_root(command);
	if (r == 0 && command->sysfs)
		r = mount_sysfs(command);
	for (size_t i = 0; r == 0 && i < trees.count; i++)
		r = put_tree(command, &trees.list[i]);
	return r;
}

/* ---- What is asked for ---- */

void nsmgr_command_sysfs(struct nsmgr_command *command)
{
	command->sysfs = true;
	command->mount = mount_all;
}

int nsmgr_command_cover(struct nsmgr_command *command, const char *from, const char *over)
{
	if (!from) {
		command->cover_count = 0;
		command->mount = command->sysfs ? mount_all : NULL;
		return 0;
	}
	if (command->cover_count == NSM_COVER_COUNT)
		return nsm_fail_text(command->ctx, -E2BIG, "cover", NSMGR_TYPE_NONE, from, "at most %d directories",
				     NSM_COVER_COUNT);
	command->covers[command->cover_count++] = (struct nsm_cover){ .from = from, .over = over };
	command->mount = mount_all;
	return 0;
}
