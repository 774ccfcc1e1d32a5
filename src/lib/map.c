/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/idmap_write.h"

#include "base/fd.h"
#include "base/text.h"
#include "lib/edge.h"
#include "lib/init.h"
#include "lib/offset.h"
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

static int find_subject(struct nsmgr_ctx *ctx, pid_t pid, const char *step, enum nsmgr_type type, struct subject *ret)
{
	ret->pidfd = nsm_proc_pidfd(pid);
	if (ret->pidfd == -ESRCH)
		return nsm_fail_text(ctx, -ESRCH, step, type, NULL, "no process %ld", (long)pid);
	if (ret->pidfd < 0)
		return nsm_fail(ctx, ret->pidfd, step, type, NULL);
	ret->proc = nsm_proc_open_pidfd(ret->pidfd, &ret->proc_pid);
	if (ret->proc == -ESRCH)
		return refuse_ended(ctx, step, type);
	if (ret->proc == -ENOENT)
		return nsm_fail_text(ctx, -ESRCH, step, type, NULL, "/proc does not show the process");
	return ret->proc < 0 ? nsm_fail(ctx, ret->proc, step, type, NULL) : 0;
}

/* The reason of a failure is that it ended, if it has. */
static int explain_end(struct nsmgr_ctx *ctx, int r, const struct subject *subject, enum nsmgr_type type)
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
	int r = find_subject(ctx, pid, "map", NSMGR_USER, &subject);

	if (r < 0)
		return r;
	return explain_end(ctx, nsm_idmap_write_kind(ctx, kind, map, subject.proc, subject.proc_pid), &subject, NSMGR_USER);
}

static int read_extents(struct nsmgr_ctx *ctx, const struct nsmgr_extent extents[], size_t count, struct nsm_idmap *ret)
{
	int r = 0;

	ret->count = 0;
	if (count == 0)
		return nsm_fail_text(ctx, -EINVAL, "map", NSMGR_USER, NULL, "a map has at least one line");
	for (size_t i = 0; i < count && r == 0; i++)
		r = nsm_idmap_add_line(ctx, ret, &extents[i]);
	return r;
}

int nsmgr_write_map(struct nsmgr_ctx *ctx, pid_t pid, enum nsmgr_id_kind kind, const struct nsmgr_extent extents[],
		    size_t count)
{
	struct nsm_idmap map;
	int r;

	r = nsm_idmap_check_kind(ctx, kind);
	if (r == 0)
		r = read_extents(ctx, extents, count, &map);
	if (r == 0)
		r = write_map(ctx, pid, kind, &map);
	return nsm_edge(ctx, NSM_EDGE_write_map, r);
}

int nsmgr_write_setgroups(struct nsmgr_ctx *ctx, pid_t pid, bool allow)
{
	nsm_cleanup(close_subject) struct subject subject = SUBJECT_INIT;
	int r = find_subject(ctx, pid, "map setgroups", NSMGR_USER, &subject);

	if (r == 0)
		r = explain_end(ctx, nsm_idmap_write_setgroups(ctx, allow, subject.proc), &subject, NSMGR_USER);
	return nsm_edge(ctx, NSM_EDGE_write_setgroups, r);
}

static int write_offset(struct nsmgr_ctx *ctx, const struct subject *subject, clockid_t clock, const struct timespec *offset)
{
	char buf[64];
	struct nsm_text text = NSM_TEXT(buf);

	nsm_offset_add(&text, clock, offset);
	return explain_end(ctx, nsm_offset_write(ctx, subject->proc, &text), subject, NSMGR_TIME);
}

int nsmgr_write_offset(struct nsmgr_ctx *ctx, pid_t pid, clockid_t clock, const struct timespec *offset)
{
	nsm_cleanup(close_subject) struct subject subject = SUBJECT_INIT;
	int r = nsm_offset_check(ctx, clock, offset);

	if (r == 0)
		r = find_subject(ctx, pid, "offsets", NSMGR_TIME, &subject);
	if (r == 0)
		r = write_offset(ctx, &subject, clock, offset);
	return nsm_edge(ctx, NSM_EDGE_write_offset, r);
}
