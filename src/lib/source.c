/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/config.h"

#include "base/fd.h"
#include "base/parse.h"
#include "base/text.h"
#include "lib/handle.h"
#include "lib/init.h"
#include "lib/nstype.h"
#include "lib/proc.h"
#include "lib/sys.h"

#include <fcntl.h>

/* Whether the opened file is a namespace of the type; the message names what it is instead. */
static int verify(struct nsmgr_ctx *ctx, int fd, enum nsmgr_type type, const char *source)
{
	enum nsmgr_type is;
	int r = nsm_nsfd_type(fd, &is);

	if (r == -ENOTTY)
		return nsm_fail_text(ctx, -EINVAL, "source", type, source, "not a namespace");
	if (r < 0)
		return nsm_fail(ctx, r, "source", type, source);
	if (is != type)
		return nsm_fail_text(ctx, -EINVAL, "source", type, source, "is a %s namespace, not %s",
				     nsm_nstypes[is].name, nsm_nstypes[type].name);
	return 0;
}

static int open_file(struct nsmgr_ctx *ctx, enum nsmgr_type type, const char *path, const char *source)
{
	nsm_autoclose int fd = nsm_nsfd_open(AT_FDCWD, path, false);
	int r;

	if (fd == -ENOENT && !nsm_streq(path, source))
		return nsm_fail_text(ctx, -ESRCH, "source", type, source, "no such process");
	if (fd < 0)
		return nsm_fail(ctx, fd, "source", type, source);
	r = verify(ctx, fd, type, source);
	return r < 0 ? r : take_fd(fd);
}

static int open_set(struct nsmgr_ctx *ctx, enum nsmgr_type type, const char *name, const char *source)
{
	nsm_autostore struct nsm_store store = NSM_STORE_INIT;
	nsm_autosetdir struct nsm_setdir set = NSM_SETDIR_INIT;
	int r = nsmgr_check_name(ctx, name);

	if (r == 0)
		r = nsm_store_open(ctx, &store);
	if (r == 0)
		r = nsm_setdir_open(&store, name, &set);
	if (r == -ENOENT)
		return nsm_fail_text(ctx, r, "source", type, source, "no such set");
	if (r < 0)
		return r;
	if (!(set.types & NSMGR_MASK(type)))
		return nsm_fail_text(ctx, -ENOENT, "source", type, source, "the set has no such namespace");
	return nsm_handle_open(&set, type);
}

int nsm_source_open(struct nsmgr_ctx *ctx, enum nsmgr_type type, const char *source)
{
	char path[64];
	struct nsm_text text = NSM_TEXT(path);

	if (source[0] == '@')
		return open_set(ctx, type, source + 1, source);
	if (strchr(source, '/'))
		return open_file(ctx, type, source, source);
	if (!nsm_is_digits(source) || strlen(source) > 10)
		return nsm_fail_text(ctx, -EINVAL, "source", type, source, "neither a path (with a '/'), nor a PID, nor @SET");
	nsm_text_add(&text, "/proc/%s/ns/%s", source, nsm_nstypes[type].name);
	return open_file(ctx, type, path, source);
}

/* Opens what `dir` has as a file of the type's name. -ENOENT without a failure recorded when there is none. */
static int open_in(struct nsmgr_ctx *ctx, int dir, enum nsmgr_type type, const char *shown)
{
	nsm_autoclose int fd = nsm_nsfd_open(dir, nsm_nstypes[type].name, false);
	int r;

	if (fd == -ENOENT)
		return fd;
	if (fd < 0)
		return nsm_fail(ctx, fd, "source", type, shown);
	r = verify(ctx, fd, type, shown);
	return r < 0 ? r : take_fd(fd);
}

int nsm_source_open_all(struct nsmgr_ctx *ctx, int dir, unsigned types, const char *shown, int ret_fds[])
{
	unsigned found = 0;

	for NSM_EACH_TYPE (type) {
		int fd;

		if (!(types & NSMGR_MASK(type)))
			continue;
		fd = open_in(ctx, dir, type, shown);
		if (fd == -ENOENT)
			continue;
		if (fd < 0)
			return fd;
		ret_fds[type] = fd;
		found |= NSMGR_MASK(type);
	}
	if (!found)
		return nsm_fail_text(ctx, -ENOENT, "source", NSMGR_TYPE_NONE, shown, "none of these namespaces is there");
	return 0;
}

/* The directory of a process in /proc: a pidfd first, so that what is opened then is of one and the same process if
 * that still lives afterwards (LESSONS 11). */
int nsm_source_open_process(struct nsmgr_ctx *ctx, unsigned types, pid_t pid, int ret_fds[])
{
	nsm_autoclose int pidfd = nsm_sys_pidfd_open(pid), dir = -EBADF;
	char path[32];
	struct nsm_text text = NSM_TEXT(path);
	int r;

	nsm_text_add(&text, "%ld", (long)pid);
	if (pidfd == -ESRCH || pidfd == -EINVAL)
		return nsm_fail_text(ctx, -ESRCH, "source", NSMGR_TYPE_NONE, path, "no such process");
	r = pidfd < 0 ? pidfd : nsm_proc_pid(pidfd);
	if (r < 0)
		return nsm_fail(ctx, r, "source", NSMGR_TYPE_NONE, path);
	text.len = 0;
	nsm_text_add(&text, "/proc/%d/ns", r);
	dir = openat(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return nsm_fail(ctx, -errno, "source", NSMGR_TYPE_NONE, path);
	r = nsm_source_open_all(ctx, dir, types, path, ret_fds);
	if (r == 0 && nsm_pidfd_has_ended(pidfd))
		r = nsm_fail_text(ctx, -ESRCH, "source", NSMGR_TYPE_NONE, path, "the process has ended");
	return r;
}
