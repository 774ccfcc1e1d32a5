/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/idmap_write.h"

#include "base/fd.h"
#include "lib/edge.h"
#include "lib/init.h"
#include "lib/proc.h"
#include "lib/sys.h"

/* The process that is written for. */
struct subject {
	int pidfd, proc;
	pid_t proc_pid; /* its number in /proc */
};

#define SUBJECT_INIT { -EBADF, -EBADF, 0 }

static void close_subject(struct subject *subject)
{
	nsm_close(&subject->pidfd);
	nsm_close(&subject->proc);
}

static int refuse_ended(struct nsmgr_ctx *ctx, const char *step, enum nsmgr_type type)
{
	return nsm_fail_text(ctx, -ESRCH, step, type, NULL, "the process has ended");
}

/* A pidfd first, then its directory in /proc; if it lives behind that the directory is its own, and never becomes another's
 * whoever gets the number then (LESSONS 11). */
static int find(struct nsmgr_ctx *ctx, pid_t pid, const char *step, enum nsmgr_type type, struct subject *ret)
{
	int r;

	ret->pidfd = nsm_sys_pidfd_open(pid);
	if (ret->pidfd == -ESRCH || ret->pidfd == -EINVAL || ret->pidfd == -ENOENT)
		return nsm_fail_text(ctx, -ESRCH, step, type, NULL, "no process %ld", (long)pid);
	r = ret->pidfd < 0 ? ret->pidfd : nsm_proc_pid(ret->pidfd);
	if (r > 0) {
		ret->proc_pid = r;
		r = ret->proc = nsm_proc_open(r);
	}
	if (ret->pidfd >= 0 && nsm_pidfd_has_ended(ret->pidfd))
		return refuse_ended(ctx, step, type);
	if (r == -ESRCH || r == -ENOENT)
		return nsm_fail_text(ctx, -ESRCH, step, type, NULL, "/proc does not show the process");
	return r < 0 ? nsm_fail(ctx, r, step, type, NULL) : 0;
}

/* The reason of a failure is that it ended, if it has. */
static int conclude(struct nsmgr_ctx *ctx, int r, const struct subject *subject, enum nsmgr_type type)
{
	char step[sizeof(ctx->failure.step)];

	if (r == 0 || !nsm_pidfd_has_ended(subject->pidfd))
		return r;
	nsm_copy(step, sizeof(step), ctx->failure.step);
	return refuse_ended(ctx, step, type);
}

static int write_map(struct nsmgr_ctx *ctx, pid_t pid, enum nsmgr_id_kind kind, const struct nsm_idmap *map)
{
	nsm_cleanup(close_subject) struct subject subject = SUBJECT_INIT;
	int r = find(ctx, pid, "map", NSMGR_USER, &subject);

	if (r < 0)
		return r;
	return conclude(ctx, nsm_idmap_write_kind(ctx, kind, map, subject.proc, subject.proc_pid), &subject, NSMGR_USER);
}

static int read_extents(struct nsmgr_ctx *ctx, const struct nsmgr_extent extents[], size_t count, struct nsm_idmap *ret)
{
	ret->count = 0;
	if (count == 0)
		return nsm_fail_text(ctx, -EINVAL, "map", NSMGR_USER, NULL, "a map has at least one line");
	for (size_t i = 0; i < count; i++) {
		int r = nsm_idmap_add(ret, &extents[i]);

		if (r == -E2BIG)
			return nsm_fail_text(ctx, r, "map", NSMGR_USER, NULL, "a map has at most %d lines", NSM_IDMAP_LINES);
		if (r < 0)
			return nsm_fail_text(ctx, r, "map", NSMGR_USER, NULL, "%u:%u:%u is empty, too long, or overlaps another range",
					     extents[i].inner, extents[i].outer, extents[i].count);
	}
	return 0;
}

int nsmgr_write_map(struct nsmgr_ctx *ctx, pid_t pid, enum nsmgr_id_kind kind, const struct nsmgr_extent extents[],
		    size_t count)
{
	struct nsm_idmap map;
	int r;

	if (kind != NSMGR_UID && kind != NSMGR_GID && kind != NSMGR_PROJID)
		r = nsm_fail_text(ctx, -EINVAL, "map", NSMGR_USER, NULL, "no such kind of ids");
	else
		r = read_extents(ctx, extents, count, &map);
	if (r == 0)
		r = write_map(ctx, pid, kind, &map);
	return nsm_edge(ctx, NSM_EDGE_write_map, r);
}

int nsmgr_write_setgroups(struct nsmgr_ctx *ctx, pid_t pid, bool allow)
{
	nsm_cleanup(close_subject) struct subject subject = SUBJECT_INIT;
	int r = find(ctx, pid, "map groups", NSMGR_USER, &subject);

	if (r == 0)
		r = conclude(ctx, nsm_idmap_write_setgroups(ctx, allow, subject.proc), &subject, NSMGR_USER);
	return nsm_edge(ctx, NSM_EDGE_write_setgroups, r);
}

static int write_offset(struct nsmgr_ctx *ctx, const struct subject *subject, clockid_t clock, const struct timespec *offset)
{
	char buf[64];
	struct nsm_text text = NSM_TEXT(buf);
	int r;

	nsm_offset_add(&text, clock, offset);
	r = nsm_write_text_at(subject->proc, "timens_offsets", buf);
	if (r == -EACCES)
		r = nsm_fail_text(ctx, r, "offsets", NSMGR_TIME, NULL,
				  "not ours to write, or somebody has entered the time namespace, whose clocks stay then");
	else if (r < 0)
		r = nsm_fail(ctx, r, "offsets", NSMGR_TIME, NULL);
	return conclude(ctx, r, subject, NSMGR_TIME);
}

int nsmgr_write_offset(struct nsmgr_ctx *ctx, pid_t pid, clockid_t clock, const struct timespec *offset)
{
	nsm_cleanup(close_subject) struct subject subject = SUBJECT_INIT;
	int r;

	if (clock != CLOCK_MONOTONIC && clock != CLOCK_BOOTTIME)
		r = nsm_fail_text(ctx, -EINVAL, "offsets", NSMGR_TIME, NULL, "only the monotonic and the boottime clock have one");
	else if (offset->tv_nsec < 0 || offset->tv_nsec > 999999999)
		r = nsm_fail_text(ctx, -EINVAL, "offsets", NSMGR_TIME, NULL, "nanoseconds are 0 to 999999999");
	else
		r = find(ctx, pid, "offsets", NSMGR_TIME, &subject);
	if (r == 0)
		r = write_offset(ctx, &subject, clock, offset);
	return nsm_edge(ctx, NSM_EDGE_write_offset, r);
}
