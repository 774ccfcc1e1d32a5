/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/suspects.h"

#include "base/fd.h"
#include "base/parse.h"
#include "base/text.h"
#include "cmd/mounts.h"
#include "cmd/sys.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

void suspects_free(struct suspects *search)
{
	for (size_t i = 0; i < search->count; i++)
		nsm_close(&search->array[i].pidfd);
	free(search->array);
	inodes_free(&search->known);
}

/* ---- who is nobody's orphan ---- */

static int know_mount(void *data, const struct mount_entry *entry)
{
	struct suspects *search = data;
	const char *rest = nsm_after(entry->root, "pid:[");
	uint64_t ino;
	int r = 0;

	if (nsm_streq(entry->type, "nsfs") && rest && nsm_parse_u64_prefix(&rest, &ino) == 0)
		r = inodes_add(&search->known, ino);
	return r < 0 ? r : 0;
}

static int know_mounts(struct suspects *search)
{
	nsm_cleanup(mounts_free) struct mounts *mounts = NULL;
	int r = mounts_read(&mounts);

	return r < 0 ? r : mounts_each(mounts, know_mount, search);
}

/* A set that has lost the handle has not lost its keeper: check mends that. */
static int know_sets(struct suspects *search)
{
	struct nsmgr_handle handles[NSMGR_TYPE_COUNT];
	struct nsmgr_list *list;
	const char *name;
	int r = nsmgr_list_new(search->ctx, NSMGR_LIST_ALL, &list);

	/* A store that is refused has its finding by now; what it has recorded nobody knows. */
	if (r == -EPERM) {
		search->unlisted++;
		return 0;
	}
	if (r < 0)
		return r;
	while (r >= 0 && nsmgr_list_next(list, &name) == 0) {
		int count = nsmgr_list_handles(list, name, handles);

		/* Nobody knows what it has recorded. */
		search->unlisted += count < 0 && count != -ENOENT;
		for (int i = 0; r >= 0 && i < count; i++) {
			char pid[16];

			snprintf(pid, sizeof(pid), "%ld", (long)handles[i].keeper);
			if (handles[i].type == NSMGR_PID && handles[i].keeper && ns_inode(pid, "pid"))
				r = inodes_add(&search->known, ns_inode(pid, "pid"));
		}
	}
	nsmgr_list_free(list);
	return r < 0 ? r : 0;
}

/* ---- who looks like a keeper ---- */

/* The first process of a pid namespace below that of /proc. */
static bool is_init(const char *status)
{
	const char *pids = process_status_value(status, "\nNSpid:");
	size_t len = strcspn(pids, "\n");

	return len > 2 && pids[len - 1] == '1' && (pids[len - 2] == '\t' || pids[len - 2] == ' ');
}

/* Whether it has no descriptor at all: -EACCES. One that is still being made, or is tied to a program, has a socket. */
static int has_no_fds(int dir)
{
	nsm_autoclose int fd = openat(dir, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *fds = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int count = 0, r;

	if (!fds)
		return -errno;
	take_fd(fd);
	while ((errno = 0, entry = readdir(fds)))
		count += entry->d_name[0] != '.';
	r = -errno;
	closedir(fds);
	return r < 0 ? r : count == 0;
}

struct made_at {
	const struct suspects *search;
	bool found;
};

static int is_store(void *data, const struct mount_entry *entry)
{
	struct made_at *made = data;

	made->found |= nsm_streq(entry->target, made->search->root) && entry->dev == made->search->root_dev;
	return 0;
}

/* Whether it was made where this store is mounted: in our mount namespace, or in a copy of it, in which the store is too. 0, 1 or
 * -errno. */
static int was_made_here(const struct suspects *search, const struct process *process)
{
	nsm_cleanup(mounts_free) struct mounts *mounts = NULL;
	struct made_at made = { .search = search };
	char path[40];
	int r;

	if (process->ns[NSMGR_MNT] == search->mntns)
		return 1;
	snprintf(path, sizeof(path), "/proc/%ld/mountinfo", (long)process->pid);
	r = mounts_read_from(path, &mounts);
	if (r == 0)
		r = mounts_each(mounts, is_store, &made);
	/* Who ends has no mounts any more, and is said to be no valid argument. */
	if (r == -EINVAL && process_is_exiting(process, process->tid))
		return 0;
	return r < 0 ? r : made.found;
}

/* A process that ends meanwhile is none to be told of; others that cannot be read are. */
static int unread(struct suspects *search, int r)
{
	if (r != -ENOENT && r != -ESRCH) {
		search->unread++;
		search->error = r;
	}
	return 0;
}

static int add_suspect(struct suspects *search, const struct process *process, const char *command)
{
	struct suspect suspect = { .pid = process->pid, .pidns = process->ns[NSMGR_PID], .mntns = process->ns[NSMGR_MNT],
				   .pidfd = -EBADF };
	struct stat st;

	if (search->count == search->size) {
		size_t size = search->size ? search->size * 2 : 16;
		struct suspect *array = realloc(search->array, size * sizeof(*array));

		if (!array)
			return -ENOMEM;
		search->array = array;
		search->size = size;
	}
	nsm_copy(suspect.command, sizeof(suspect.command), command);
	suspect.pidfd = sys_pidfd_open(process->pid, false);
	/* The number may be another's by now (LESSONS 11). */
	if (suspect.pidfd < 0)
		return unread(search, suspect.pidfd);
	if (fstatat(process->dir, "status", &st, 0) < 0) {
		int r = -errno;

		nsm_close(&suspect.pidfd);
		return unread(search, r);
	}
	search->array[search->count++] = suspect;
	return 0;
}

/* By all that a keeper is, never by its name alone. */
static int suspect(void *data, const struct process *process)
{
	struct suspects *search = data;
	struct process_details details;
	char status[4096];
	int r = (int)nsm_read_lines_at(process->dir, "status", status, sizeof(status));

	if (r < 0)
		return unread(search, r);
	if (!is_init(status) || strncmp(process_status_value(status, "Name:"), "nsmgr\n", 6) != 0)
		return 0;
	r = process_read(process, &details);
	if (r == 0)
		r = details.command_error;
	if (r < 0)
		return unread(search, r);
	if (!nsm_after(details.command, "nsmgr: ") || details.ended)
		return 0;
	if (process->hidden || !process->ns[NSMGR_PID]) {
		search->hidden++;
		search->why = process->hidden ? process->hidden : -EACCES;
		return 0;
	}
	if (inodes_have(&search->known, process->ns[NSMGR_PID]))
		return 0;
	r = has_no_fds(process->dir);
	if (r > 0)
		r = was_made_here(search, process);
	if (r == -EACCES) {
		search->hidden++;
		search->why = r;
	}
	if (r < 0 && r != -EACCES)
		return unread(search, r);
	return r > 0 ? add_suspect(search, process, details.command) : 0;
}

int suspects_find(struct suspects *search)
{
	struct stat st;
	int r;

	/* Without a store there is none that is missed. */
	if (stat(search->root, &st) < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	search->root_dev = st.st_dev;
	search->mntns = ns_inode("self", "mnt");
	r = know_mounts(search);
	if (r == 0)
		r = know_sets(search);
	return r == 0 ? procs_walk(suspect, search) : r;
}
