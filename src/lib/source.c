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
#include <sys/ioctl.h>

static int refuse_foreign(struct nsmgr_ctx *ctx, enum nsmgr_type type, const char *source)
{
	return nsm_fail_text(ctx, -EINVAL, "source", type, source, "not a namespace");
}

static int fail_open(struct nsmgr_ctx *ctx, int r, enum nsmgr_type type, const char *source)
{
	/* A socket, or a device without a driver: open(2). */
	return r == -ENXIO || r == -ENODEV ? refuse_foreign(ctx, type, source) : nsm_fail(ctx, r, "source", type, source);
}

int nsm_source_refuse_dead(struct nsmgr_ctx *ctx, int fd, enum nsmgr_type type, const char *source)
{
	return type == NSMGR_PID && nsm_init_find(fd, 0, NULL, NULL) == 0
		       ? nsm_fail_text(ctx, -ESRCH, "source", type, source, "dead: its init has ended")
		       : 0;
}

/* Whether the opened file is a namespace of the type, and of use; the message names what it is instead. */
static int verify(struct nsmgr_ctx *ctx, int fd, enum nsmgr_type type, const char *source)
{
	enum nsmgr_type is;
	int r = nsm_nsfd_type(fd, &is);

	if (r == -ENOTTY)
		return refuse_foreign(ctx, type, source);
	if (r < 0)
		return nsm_fail(ctx, r, "source", type, source);
	if (is != type)
		return nsm_fail_text(ctx, -EINVAL, "source", type, source, "is a %s namespace, not %s",
				     nsm_nstypes[is].name, nsm_nstypes[type].name);
	return nsm_source_refuse_dead(ctx, fd, type, source);
}

static int open_file(struct nsmgr_ctx *ctx, enum nsmgr_type type, int dir, const char *path, const char *source)
{
	nsm_autoclose int fd = nsm_nsfd_open(dir, path, false);
	int r;

	if (fd < 0)
		return fail_open(ctx, fd, type, source);
	r = verify(ctx, fd, type, source);
	return r < 0 ? r : take_fd(fd);
}

static int open_process(struct nsmgr_ctx *ctx, enum nsmgr_type type, const char *source)
{
	nsm_autoclose int proc = -EBADF;
	char path[16];
	struct nsm_text text = NSM_TEXT(path);
	uint32_t pid;
	int r;

	nsm_text_add(&text, "ns/%s", nsm_nstypes[type].name);
	proc = nsm_parse_u32(source, &pid) < 0 || pid == 0 || pid > INT32_MAX ? -ENOENT : nsm_proc_open((pid_t)pid);
	if (proc < 0 && proc != -ENOENT)
		return nsm_fail(ctx, proc, "source", type, source);
	/* One that has ended and is not reaped has none. */
	r = proc < 0 ? proc : open_file(ctx, type, proc, path, source);
	return r == -ENOENT ? nsm_fail_text(ctx, -ESRCH, "source", type, source, "no such process") : r;
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
	if (!nsmgr_type_name(type))
		return nsm_fail_text(ctx, -EINVAL, "source", NSMGR_TYPE_NONE, source, "no such type of namespace");
	if (source[0] == '@')
		return open_set(ctx, type, source + 1, source);
	if (strchr(source, '/'))
		return open_file(ctx, type, AT_FDCWD, source, source);
	if (!nsm_is_digits(source) || strlen(source) > 10)
		return nsm_fail_text(ctx, -EINVAL, "source", type, source, "neither a path (with a '/'), nor a PID, nor @SET");
	return open_process(ctx, type, source);
}

static int refuse_none(struct nsmgr_ctx *ctx, const char *shown)
{
	return nsm_fail_text(ctx, -ENOENT, "source", NSMGR_TYPE_NONE, shown, "none of these namespaces is there");
}

static int refuse_ended(struct nsmgr_ctx *ctx, const char *shown)
{
	return nsm_fail_text(ctx, -ESRCH, "source", NSMGR_TYPE_NONE, shown, "the process has ended");
}

/* Opens what `dir` has as a file of the type's name. -ENOENT without a failure recorded when there is none. */
static int open_in(struct nsmgr_ctx *ctx, int dir, enum nsmgr_type type, const char *shown)
{
	nsm_autoclose int fd = nsm_nsfd_open(dir, nsm_nstypes[type].name, false);
	int r;

	if (fd == -ENOENT)
		return fd;
	if (fd < 0)
		return fail_open(ctx, fd, type, shown);
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
		nsm_close(&ret_fds[type]);
		ret_fds[type] = fd;
		found |= NSMGR_MASK(type);
	}
	return found ? 0 : refuse_none(ctx, shown);
}

/* Since Linux 6.11 a pidfd opens the namespaces of its process itself (KERNEL R71), which are those of its first thread. -ENOTTY,
 * without a failure recorded, where it does not, and where a filter says EPERM: who may not look at the process is told so by /proc,
 * too. */
static int open_of_pidfd(struct nsmgr_ctx *ctx, int pidfd, unsigned types, const char *shown, int ret_fds[])
{
	unsigned found = 0;

	for NSM_EACH_TYPE (type) {
		int fd;

		if (!(types & NSMGR_MASK(type)))
			continue;
		fd = ioctl(pidfd, nsm_nstypes[type].pidfd_get, 0);
		if (fd < 0 && (errno == ENOTTY || errno == EINVAL || errno == EPERM))
			return -ENOTTY;
		if (fd < 0 && errno == EOPNOTSUPP)
			continue; /* this kernel lacks the type */
		if (fd < 0 && errno == ESRCH)
			return -ENOTTY; /* its first thread has ended: perhaps others have not */
		if (fd < 0 && errno == EACCES)
			return nsm_fail_text(ctx, -EACCES, "source", type, shown,
					     "needs the right to trace the process: ptrace(2)");
		if (fd < 0)
			return nsm_fail(ctx, -errno, "source", type, shown);
		nsm_close(&ret_fds[type]);
		ret_fds[type] = fd;
		found |= NSMGR_MASK(type);
	}
	return found ? 0 : refuse_none(ctx, shown);
}

/* The same through the directory of the process in /proc: all that is opened there is of one and the same process, and of the
 * pidfd's if that still lives afterwards (LESSONS 11). */
static int open_in_proc(struct nsmgr_ctx *ctx, int pidfd, unsigned types, const char *shown, int ret_fds[])
{
	nsm_autoclose int proc = -EBADF, dir = -EBADF;
	char path[32] = "ns";
	struct nsm_text text = NSM_TEXT(path);
	pid_t number, tid;
	int r;

	proc = nsm_proc_open_pidfd(pidfd, &number);
	if (proc == -ESRCH)
		return refuse_ended(ctx, shown);
	if (proc == -ENOENT)
		return nsm_fail_text(ctx, -ESRCH, "source", NSMGR_TYPE_NONE, shown, "/proc does not show the process");
	if (proc < 0)
		return nsm_fail(ctx, proc, "source", NSMGR_TYPE_NONE, shown);
	tid = nsm_proc_live_thread(proc);
	if (tid == -ESRCH)
		return refuse_ended(ctx, shown);
	if (tid > 0)
		nsm_text_add(&text, "task/%ld/ns", (long)tid);
	dir = openat(proc, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	r = dir < 0 ? nsm_fail(ctx, -errno, "source", NSMGR_TYPE_NONE, shown) :
		      nsm_source_open_all(ctx, dir, types, shown, ret_fds);
	return nsm_pidfd_has_ended(pidfd) ? refuse_ended(ctx, shown) : r;
}

int nsm_source_open_pidfd(struct nsmgr_ctx *ctx, unsigned types, int pidfd, const char *shown, int ret_fds[])
{
	/* Whether it is a pidfd at all: to another file the request could mean anything. Whom we may not signal lives. */
	int r = nsm_sys_pidfd_kill(pidfd, 0);

	if (r == -EBADF)
		return nsm_fail_text(ctx, r, "source", NSMGR_TYPE_NONE, shown, "not a pidfd");
	if (r == -ESRCH)
		return refuse_ended(ctx, shown);
	r = open_of_pidfd(ctx, pidfd, types, shown, ret_fds);
	return r == -ENOTTY ? open_in_proc(ctx, pidfd, types, shown, ret_fds) : r;
}

int nsm_source_open_process(struct nsmgr_ctx *ctx, unsigned types, pid_t pid, int ret_fds[])
{
	nsm_autoclose int pidfd = nsm_sys_pidfd_open(pid);
	char shown[16];
	struct nsm_text text = NSM_TEXT(shown);

	nsm_text_add(&text, "%ld", (long)pid);
	/* EINVAL, or ENOENT since Linux 6.16: the number of a thread that is not its process's first. */
	if (pidfd == -ESRCH || pidfd == -EINVAL || pidfd == -ENOENT)
		return nsm_fail_text(ctx, -ESRCH, "source", NSMGR_TYPE_NONE, shown, "no such process");
	if (pidfd < 0)
		return nsm_fail(ctx, pidfd, "source", NSMGR_TYPE_NONE, shown);
	return nsm_source_open_pidfd(ctx, types, pidfd, shown, ret_fds);
}
