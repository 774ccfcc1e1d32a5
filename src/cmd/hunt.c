/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/hunt.h"

#include "base/fd.h"
#include "cmd/sys.h"

#include <sys/stat.h>

const char *const holder_kinds[HOLDER_KIND_COUNT] = {
	[HOLDER_PROCESS] = "process",	[HOLDER_ZOMBIE] = "zombie", [HOLDER_THREAD] = "thread",
	[HOLDER_CHILDREN] = "children", [HOLDER_FD] = "fd",	    [HOLDER_SOCKET] = "socket",
	[HOLDER_HANDLE] = "handle",	[HOLDER_MOUNT] = "mount",   [HOLDER_COPY] = "copy",
	[HOLDER_PROC] = "proc",		[HOLDER_MQUEUE] = "mqueue", [HOLDER_CHILD] = "child",
	[HOLDER_OWNED] = "owned",	[HOLDER_HELPER] = "helper",
};

void hunt_free(struct hunt *hunt)
{
	for (size_t i = 0; i < hunt->pending_count; i++)
		nsm_close(&hunt->pending[i].fd);
	free(hunt->pending);
	inodes_free(&hunt->explored);
	inodes_free(&hunt->tables);
	inodes_free(&hunt->mounts);
}

/* By number, which is what is asked for with every link and descriptor there is. */
static int compare(const void *a, const void *b)
{
	ino_t first = ((const struct wanted *)a)->ino, second = ((const struct wanted *)b)->ino;

	return (first > second) - (first < second);
}

const struct wanted *hunt_match(const struct hunt *hunt, ino_t ino)
{
	const struct wanted key = { .ino = ino };

	/* A set without a handle has nothing to be looked for, and no array. */
	return hunt->wanted_count ? bsearch(&key, hunt->wanted, hunt->wanted_count, sizeof(key), compare) : NULL;
}

int hunt_run(struct hunt *hunt)
{
	struct stat st;
	int r;

	/* All namespaces are files of one file system. */
	if (stat("/proc/self/ns/user", &st) < 0)
		return -errno;
	if (hunt->wanted_count)
		qsort(hunt->wanted, hunt->wanted_count, sizeof(*hunt->wanted), compare);
	hunt->nsfs = st.st_dev;
	hunt->own_mntns = ns_inode("self", "mnt");
	hunt->numbers_are_ours = procs_are_ours() > 0;
	r = hunt_own_mounts(hunt);
	if (r == 0)
		r = procs_walk(hunt_process, hunt);
	if (r == 0)
		r = hunt_pending(hunt);
	return r;
}

void hunt_say_hidden(const struct hunt *hunt, const struct app *app)
{
	say_hidden(app, hunt->hidden, "process", "processes", hunt->why);
	if (hunt->hidden_tables)
		say_plain(app, "%zu mount %s could not be looked into", hunt->hidden_tables,
			  hunt->hidden_tables == 1 ? "namespace" : "namespaces");
}
