/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/layout_inside.h"

#include "base/fd.h"
#include "cmd/fscontext.h"
#include "cmd/sys_mount.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* ---- file systems ---- */

/* In a user namespace the kernel mounts these only for who owns the namespace that they show, and /proc and /sys only where one
 * can be seen whole already: mount_too_revealing(), fs/namespace.c. */
static const struct {
	const char *type, *options, *cure;
} types[] = {
	[ENTRY_TMPFS] = { "tmpfs", NULL, NULL }, /* of mode 1777, as if it were a /tmp */
	[ENTRY_PROC] = { "proc", NULL, "in a user namespace it needs --pid, and a /proc outside that nothing covers" },
	[ENTRY_SYSFS] = { "sysfs", NULL, "in a user namespace it needs --net, and a /sys outside that nothing covers" },
	[ENTRY_MQUEUE] = { "mqueue", NULL, "in a user namespace it needs --ipc" },
	[ENTRY_CGROUP2] = { "cgroup2", NULL, "in a user namespace it needs --cgroup" },
	[ENTRY_DEV] = { "tmpfs", "mode=755", NULL },
};

/* What the kernel has to say of a failure is better than the number: "e tmpfs: Bad value for 'size'". */
static int fs_fail(struct inside_place *place, int fs, int error)
{
	char message[256];

	if (error != -EPERM)
		place->cure = NULL;
	return fscontext_message(fs, message, sizeof(message)) ? inside_fail_text(place, error, message)
							       : inside_fail(place, error);
}

static int configure(struct inside_place *place, int fs, const char *options)
{
	char buf[PATH_MAX];
	const char *value;
	bool cut;

	while (mount_opts_next(&options, buf, sizeof(buf), &value, &cut)) {
		int r = sys_fsconfig(fs, buf, value);

		if (r < 0)
			return fs_fail(place, fs, r);
	}
	return cut ? inside_fail(place, -ENAMETOOLONG) : 0;
}

static int new_fs(struct inside_place *place, const char *type, const char *options, const struct mount_opts *opts, unsigned attrs,
		  int *ret_mount)
{
	nsm_autoclose int fs = sys_fsopen(type);
	int r;

	if (fs < 0) {
		if (fs != -EPERM)
			place->cure = fs == -ENODEV ? "this kernel does not have that file system" : NULL;
		return inside_fail(place, fs);
	}
	(void)sys_fsconfig(fs, "source", type); /* for the table of mounts */
	r = options ? configure(place, fs, options) : 0;
	if (r == 0 && opts && opts->data)
		r = configure(place, fs, opts->data);
	for (size_t i = 0; r == 0 && opts && opts->sb[i]; i++) {
		r = sys_fsconfig(fs, opts->sb[i], NULL);
		if (r < 0)
			return fs_fail(place, fs, r);
	}
	if (r < 0)
		return r;
	r = sys_fsmount(fs, attrs);
	if (r < 0)
		return fs_fail(place, fs, r);
	*ret_mount = r;
	return 0;
}

int mount_new(struct inside_place *place, const char *type, const char *options, unsigned attrs, int *ret_mount)
{
	return new_fs(place, type, options, NULL, attrs, ret_mount);
}

int mount_own(struct inside_place *place, int mount)
{
	struct stat st;

	if (fstat(mount, &st) < 0)
		return inside_fail(place, -errno);
	place->ours[place->our_count++] = st.st_dev;
	return 0;
}

/* ---- binds ---- */

static int open_source(struct inside_place *place, const struct source *source)
{
	int fd = open(source->path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	const char *behind = nsm_after(source->path, "/proc");
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_dev == source->dev && st.st_ino == source->ino)
		return fd;
	if (fd < 0 && errno == EACCES)
		return inside_fail_text(place, -EACCES,
					"the root of the set's user namespace may not search the way to the source (cure: chmod, or idmap)");
	if (fd < 0 && errno != ENOENT)
		return inside_fail(place, -errno);
	nsm_close(&fd);
	/* A keeper's /proc is mounted before us. */
	if (behind && (!*behind || *behind == '/') && getppid() == 1)
		return inside_fail_text(place, -ESTALE, "/proc is the set's own by now: use --proc=DST, or add --no-proc");
	return inside_fail_text(place, -ESTALE, "the source became another one meanwhile");
}

static int copy_source(struct inside_place *place, const struct entry *entry, int *ret_mount)
{
	nsm_autoclose int fd = open_source(place, &entry->source);
	int mount;

	if (fd < 0)
		return fd;
	mount = sys_open_tree(fd, "", !entry->opts.alone);
	if (mount < 0) {
		if (mount == -EINVAL && entry->opts.alone)
			place->cure = "in a user namespace what is mounted below comes along: without 'bind'";
		return inside_fail(place, mount);
	}
	*ret_mount = mount;
	return 0;
}

int mounts_copy(struct inside_place *place)
{
	for (size_t i = 0; i < place->layout->count; i++) {
		const struct entry *entry = &place->layout->entries[i];
		int r = 0;

		place->entry = entry;
		place->cure = NULL;
		if (entry->kind == ENTRY_BIND && !entry->idmap)
			r = copy_source(place, entry, &place->copies[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

static int take_copy(struct inside_place *place, const struct entry *entry, int *ret_mount)
{
	int *copy = &place->copies[entry - place->layout->entries];

	if (*copy < 0)
		return copy_source(place, entry, ret_mount);
	*ret_mount = take_fd(*copy);
	return 0;
}

/* A bind that was made outside. */
static int take_handed(struct inside_place *place, const struct entry *entry, int *ret_mount)
{
	int mount = nsm_dup(nsmgr_config_handed_fd(place->config, entry->number));

	if (mount < 0)
		return inside_fail(place, mount);
	*ret_mount = mount;
	return 0;
}

static int open_image(struct inside_place *place, const struct entry *entry, int *ret_mount)
{
	const char *step;
	char reason[256];
	struct statfs fs;
	int mount = image_open(entry->image, place->config, &step, reason, sizeof(reason));

	if (mount < 0)
		return nsmgr_config_hook_fail(place->config, mount, step, NSMGR_MNT, entry->target, reason);
	*ret_mount = mount;
	/* A new one has nothing of the host's in it: as with --tmpfs. */
	return fstatfs(mount, &fs) == 0 && fs.f_type == TMPFS_MAGIC ? mount_own(place, mount) : 0;
}

int mount_make(struct inside_place *place, const struct entry *entry, int *ret_mount)
{
	/* Of a file system of ours that is to be read-only, later: others may have targets in it. */
	unsigned attrs = entry->opts.set & ~SYS_ATTR_RDONLY;
	const char *options;
	int r;

	if (entry->kind == ENTRY_BIND)
		return entry->idmap ? take_handed(place, entry, ret_mount) : take_copy(place, entry, ret_mount);
	if (entry->kind == ENTRY_FS)
		return open_image(place, entry, ret_mount);
	place->cure = types[entry->kind].cure;
	options = types[entry->kind].options;
	if (nsm_streq(entry->target, "/"))
		options = "mode=755";
	r = new_fs(place, types[entry->kind].type, options, &entry->opts, attrs, ret_mount);
	place->cure = NULL;
	if (r == 0 && (entry->kind == ENTRY_TMPFS || entry->kind == ENTRY_DEV))
		r = mount_own(place, *ret_mount);
	return r;
}

/* ---- places ---- */

int mount_put(struct inside_place *place, const struct entry *entry, int mount, int at)
{
	const struct mount_opts *opts = &entry->opts;
	bool bind = entry->kind == ENTRY_BIND;
	int r = bind ? attrs_set(mount, opts) : 0;
	bool old = r == -ENOSYS;

	if (r == -EPERM && opts->told_off)
		place->cure = "the surroundings lock how it is mounted: leave that option out";
	if (r < 0 && !old)
		return inside_fail(place, r);
	r = sys_move_mount(mount, at);
	if (r == 0 && old)
		r = attrs_set_by_remount(mount, opts);
	if (r == -ENOSYS)
		place->cure = "these options, or mounts below the source, need Linux 5.12";
	/* pivot_root(2) takes no shared one: the root's comes after it. */
	if (r == 0 && opts->propagation && !nsm_streq(entry->target, "/"))
		r = attrs_propagate(mount, opts->propagation);
	if (r < 0)
		return inside_fail(place, r);
	if (!bind && (opts->set & SYS_ATTR_RDONLY)) {
		r = nsm_dup(mount);
		if (r < 0)
			return inside_fail(place, r);
		place->late[place->late_count++] = (struct late){ r, entry };
	}
	return 0;
}

int mount_finish(struct inside_place *place)
{
	const struct mount_opts opts = { .set = SYS_ATTR_RDONLY, .alone = true };

	for (size_t i = 0; i < place->late_count; i++) {
		int r = attrs_set(place->late[i].mount, &opts);

		if (r == -ENOSYS)
			r = attrs_set_by_remount(place->late[i].mount, &opts);
		if (r < 0) {
			place->entry = place->late[i].entry;
			return inside_fail(place, r);
		}
	}
	return 0;
}
