/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/hunt.h"

#include "base/fd.h"
#include "base/parse.h"
#include "cmd/sys.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

/* One mount table. */
struct table {
	struct hunt *hunt;
	const struct process *process; /* that sees it; NULL: we, or nobody */
	ino_t mntns;
	const char *base; /* what leads to its root; NULL: nothing does */
};

static int report(const struct table *table, const struct wanted *wanted, enum holder_kind kind,
		  const struct mount_entry *entry)
{
	const struct holder holder = { .type = wanted->type, .ino = wanted->ino, .kind = kind, .process = table->process,
				       .fd = -1, .path = entry->target, .mntns = table->mntns, .dev = entry->dev };

	return table->hunt->found(table->hunt->data, &holder);
}

/* The mount point as we can open it, if what lies on top there is this very mount. */
static int open_mount(const struct table *table, const struct mount_entry *entry, int flags)
{
	char path[8192];
	struct nsm_text text = NSM_TEXT(path);
	nsm_autoclose int fd = -EBADF;
	struct stat st;

	if (!table->base)
		return -ENOENT;
	nsm_text_add(&text, "%s%s", table->base, entry->target);
	/* Nothing that could hang: neither an automount nor a file system of somebody else's, which O_PATH and the device
	 * of the mount's root keep us from. */
	fd = text.cut ? -ENAMETOOLONG : open(path, O_PATH | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 || fstat(fd, &st) < 0 || st.st_dev != entry->dev)
		return -ENOENT;
	if (flags & O_PATH)
		return take_fd(fd);
	text.len = 0;
	nsm_text_add(&text, "/proc/self/fd/%d", fd);
	return open(path, flags | O_CLOEXEC);
}

static enum holder_kind kind_of(const struct table *table, const char *path)
{
	const char *below = nsm_after(path, table->hunt->store);

	if (table->mntns != table->hunt->own_mntns)
		return HOLDER_COPY;
	return below && *below == '/' ? HOLDER_HANDLE : HOLDER_MOUNT;
}

/* The root of such a mount is shown as "net:[4026531840]". */
static int look_at_namespace(const struct table *table, const struct mount_entry *entry)
{
	struct hunt *hunt = table->hunt;
	const char *bracket = strchr(entry->root, '[');
	const char *number = bracket ? bracket + 1 : "";
	const struct wanted *wanted;
	uint64_t ino;
	int r = 0;

	if (nsm_parse_u64_prefix(&number, &ino) < 0 || entry->dev != hunt->nsfs)
		return 0;
	wanted = hunt_match(hunt, ino);
	if (wanted)
		r = report(table, wanted, kind_of(table, entry->target), entry);
	if (r == 0 && (nsm_after(entry->root, "mnt:") || (hunt->types & (NSMGR_MASK(NSMGR_PID) | NSMGR_MASK(NSMGR_USER)) &&
							  !inodes_have(&hunt->explored, ino)))) {
		nsm_autoclose int ns = open_mount(table, entry, O_RDONLY);

		if (ns >= 0 && nsm_after(entry->root, "mnt:"))
			r = hunt_postpone(hunt, ns);
		if (ns >= 0 && r == 0)
			r = hunt_explore(hunt, ns, table->process);
	}
	return r;
}

static const struct wanted *match_known(const struct hunt *hunt, dev_t dev)
{
	for (size_t i = 0; i < hunt->proc_count; i++)
		if (hunt->procs[i].dev == dev)
			return hunt_match(hunt, hunt->procs[i].ino);
	return NULL;
}

/* A file system of processes belongs to the pid namespace of the process that is number 1 in it. */
static int look_at_proc(const struct table *table, const struct mount_entry *entry)
{
	nsm_autoclose int fd = open_mount(table, entry, O_PATH);
	const struct wanted *wanted = NULL;
	struct stat st;

	if (fd >= 0 && fstatat(fd, "1/ns/pid", &st, 0) == 0)
		wanted = hunt_match(table->hunt, st.st_ino);
	else
		wanted = match_known(table->hunt, entry->dev);
	return wanted ? report(table, wanted, HOLDER_PROC, entry) : 0;
}

/* In a child that is in it. Devices of file systems without a disk have small numbers, which fit into a result. */
static int mqueue_device(void *data)
{
	dev_t device;

	(void)data;
	return sys_mqueue_device(&device) < 0 || device > INT_MAX ? 0 : (int)device;
}

dev_t hunt_mqueue_device(struct nsmgr_set *set)
{
	struct nsmgr_status status = { 0 };

	if (nsmgr_call(set, NSMGR_MASK(NSMGR_IPC), mqueue_device, NULL, &status) < 0 || status.signal)
		return 0;
	return (dev_t)status.code;
}

static int look_at_mqueue(const struct table *table, const struct mount_entry *entry)
{
	for (size_t i = 0; i < table->hunt->wanted_count; i++)
		if (table->hunt->wanted[i].mqueue && table->hunt->wanted[i].mqueue == entry->dev)
			return report(table, &table->hunt->wanted[i], HOLDER_MQUEUE, entry);
	return 0;
}

static int look_at_mount(void *data, const struct mount_entry *entry)
{
	const struct table *table = data;
	unsigned types = table->hunt->types;
	uint64_t number = (uint64_t)entry->id + 1;
	int r = 0;

	if (inodes_have(&table->hunt->mounts, number))
		return 0;
	if (nsm_streq(entry->type, "nsfs"))
		r = look_at_namespace(table, entry);
	else if (nsm_streq(entry->type, "proc") && types & NSMGR_MASK(NSMGR_PID))
		r = look_at_proc(table, entry);
	else if (nsm_streq(entry->type, "mqueue") && types & NSMGR_MASK(NSMGR_IPC))
		r = look_at_mqueue(table, entry);
	else
		return 0;
	/* The way to it has gone with its process: the next one there may have another. */
	if (r != 0 || (table->process && process_is_exiting(table->process, table->process->tid)))
		return r;
	r = inodes_add(&table->hunt->mounts, number);
	return r < 0 ? r : 0;
}

static int look_at_table(struct table *table, const char *path)
{
	nsm_cleanup(mounts_free) struct mounts *mounts = NULL;
	int r = mounts_read_from(path, &mounts);

	return r < 0 ? r : mounts_each(mounts, look_at_mount, table);
}

/* A process sees what is below its root, so processes of one mount namespace can see different parts of it: a number for the part. */
static int find_part(const struct process *process, uint64_t *ret_part)
{
	char path[32] = "root";
	struct nsm_text text = NSM_TEXT(path);
	struct stat st;

	if (process->tid)
		nsm_text_add(&text, "task/%ld/root", (long)process->tid);
	if (fstatat(process->dir, path, &st, 0) < 0)
		return -errno;
	*ret_part = (process->ns[NSMGR_MNT] << 32) ^ (st.st_dev << 48) ^ st.st_ino;
	return 0;
}

int hunt_copied_mounts(struct hunt *hunt, ino_t mntns, const char *path)
{
	struct table table = { .hunt = hunt, .mntns = mntns };

	return look_at_table(&table, path);
}

int hunt_own_mounts(struct hunt *hunt)
{
	struct table table = { .hunt = hunt, .mntns = hunt->own_mntns, .base = "" };

	return look_at_table(&table, "/proc/self/mountinfo");
}

/* What the process does not let be seen, or has let go of, is no failure of ours; want of memory or descriptors is. */
static int judge_unread(const struct process *process, int r)
{
	if (r == -ENOMEM || r == -EMFILE || r == -ENFILE)
		return r;
	return process_is_exiting(process, process->tid) ? 0 : -EACCES;
}

int hunt_mounts(struct hunt *hunt, const struct process *process)
{
	nsm_cleanup(mounts_free) struct mounts *mounts = NULL;
	struct table table = { .hunt = hunt, .process = process, .mntns = process->ns[NSMGR_MNT] };
	char path[64], base[48];
	struct nsm_text path_text = NSM_TEXT(path), base_text = NSM_TEXT(base);
	uint64_t part = 0;
	int r = table.mntns ? find_part(process, &part) : 0;

	if (r == 0 && (!part || inodes_have(&hunt->tables, part)))
		return 0;
	nsm_text_add(&base_text, "/proc/%ld/", (long)process->pid);
	if (process->tid)
		nsm_text_add(&base_text, "task/%ld/", (long)process->tid);
	nsm_text_add(&path_text, "%smountinfo", base);
	nsm_text_add(&base_text, "root");
	table.base = base;
	if (r == 0)
		r = mounts_read_from(path, &mounts);
	if (r < 0)
		return judge_unread(process, r);
	r = mounts_each(mounts, look_at_mount, &table);
	/* Who ends leaves it to the next one there. */
	if (r != 0 || process_is_exiting(process, process->tid))
		return r;
	r = inodes_add(&hunt->tables, part);
	if (r >= 0)
		r = inodes_add(&hunt->tables, table.mntns);
	return r < 0 ? r : 0;
}
