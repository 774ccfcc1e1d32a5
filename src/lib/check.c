/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/check.h"

#include "base/text.h"
#include "lib/edge.h"

#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

const char *nsmgr_problem_name(enum nsmgr_problem problem)
{
	static const char *const names[NSMGR_PROBLEM_COUNT] = {
		[NSMGR_PROBLEM_UNSAFE] = "unsafe",	     [NSMGR_PROBLEM_ELSEWHERE] = "elsewhere",
		[NSMGR_PROBLEM_UNMOUNTED] = "unmounted",     [NSMGR_PROBLEM_PROPAGATION] = "propagation",
		[NSMGR_PROBLEM_STACKED] = "stacked",	     [NSMGR_PROBLEM_STALE] = "stale",
		[NSMGR_PROBLEM_MISSING] = "missing",	     [NSMGR_PROBLEM_FOREIGN] = "foreign",
		[NSMGR_PROBLEM_DEAD] = "dead",		     [NSMGR_PROBLEM_EMPTY] = "empty",
		[NSMGR_PROBLEM_OLD] = "old",		     [NSMGR_PROBLEM_METADATA] = "metadata",
		[NSMGR_PROBLEM_STAGE] = "stage",	     [NSMGR_PROBLEM_POOL] = "pool",
		[NSMGR_PROBLEM_NAME] = "name",		     [NSMGR_PROBLEM_CGROUP] = "cgroup",
		[NSMGR_PROBLEM_HELPER] = "helper",
	};

	return (size_t)problem < NSM_ARRAY_SIZE(names) ? names[problem] : NULL;
}

bool nsm_check_mends(const struct nsm_check *check, enum nsmgr_mend mend)
{
	if (check->flags & NSMGR_CHECK_REPAIR)
		return mend != NSMGR_MEND_BY_HAND;
	return (check->flags & NSMGR_CHECK_GC) && mend == NSMGR_MEND_BY_GC;
}

struct nsm_finding nsm_finding(enum nsmgr_problem problem, enum nsmgr_mend mend, const char *name, const char *file)
{
	struct nsm_finding finding = { .problem = problem, .type = NSMGR_TYPE_NONE, .mend = mend };

	nsm_copy(finding.name, sizeof(finding.name), name);
	nsm_copy(finding.file, sizeof(finding.file), file);
	return finding;
}

void nsm_finding_say(struct nsm_finding *finding, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(finding->text, sizeof(finding->text), fmt, args);
	va_end(args);
}

void nsm_finding_cure(struct nsm_finding *finding, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(finding->cure, sizeof(finding->cure), fmt, args);
	va_end(args);
}

void nsm_finding_result(struct nsm_check *check, struct nsm_finding *finding, int r)
{
	const struct nsmgr_failure *failure;
	struct nsm_text text = NSM_TEXT(finding->reason);

	finding->mended = r >= 0;
	finding->error = r < 0 ? r : 0;
	if (r >= 0)
		return;
	failure = nsmgr_get_failure(check->ctx);
	nsm_text_add(&text, "%s: %s", failure->step, failure->text);
	if (*failure->hint)
		nsm_text_add(&text, " (%s)", failure->hint);
}

void nsm_check_tell(struct nsm_check *check, const struct nsm_finding *finding)
{
	char path[PATH_MAX + 600];
	struct nsm_text text = NSM_TEXT(path);
	const struct nsmgr_finding told = {
		.problem = finding->problem,
		.type = finding->type,
		.mend = finding->mend,
		.name = finding->name,
		.path = path,
		.text = finding->text,
		.cure = finding->cure,
		.mended = finding->mended,
		.error = -finding->error,
		.reason = finding->reason,
	};

	nsm_text_add(&text, "%s%s%s", check->ctx->root, *finding->file ? "/" : "", finding->file);
	check->left += !finding->mended;
	if (check->found)
		check->found(check->data, &told);
}

void nsm_check_hidden(struct nsm_check *check, const char *file, int r)
{
	nsm_log(check->ctx, "could not look into '%s/%s': %s", check->ctx->root, file, strerror(-r));
}

/* Who only looks makes no file: while there is none, nobody holds it. */
int nsm_check_lock(struct nsm_check *check)
{
	struct stat st;

	if (!(check->flags & (NSMGR_CHECK_GC | NSMGR_CHECK_REPAIR)) &&
	    fstatat(check->store.root, ".lock", &st, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT)
		return 0;
	return nsm_store_lock(&check->store, true);
}

int nsm_check_read_mounts(struct nsm_check *check)
{
	int r;

	nsm_mounts_free(&check->mounts);
	r = nsm_mounts_read(check->ctx->root, &check->mounts);
	return r < 0 ? nsm_fail(check->ctx, r, "mounts", NSMGR_TYPE_NONE, "/proc/thread-self/mountinfo") : 0;
}

static void free_check(struct nsm_check *check)
{
	nsm_store_close(&check->store);
	nsm_mounts_free(&check->mounts);
}

/* Stages come before what may sweep them, and the mount before what is mended on it. */
static int run(struct nsm_check *check)
{
	static int (*const parts[])(struct nsm_check *) = {
		nsm_check_place, nsm_check_stages, nsm_check_mount, nsm_check_files, nsm_check_pools, nsm_check_sets,
		nsm_check_cgroups,
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < NSM_ARRAY_SIZE(parts); i++)
		r = parts[i](check);
	return r < 0 ? r : 0;
}

int nsmgr_check(struct nsmgr_ctx *ctx, unsigned flags, nsmgr_finding_fn *found, void *data)
{
	nsm_cleanup(free_check) struct nsm_check check = {
		.ctx = ctx, .store = NSM_STORE_INIT, .flags = flags, .found = found, .data = data,
	};
	int r;

	if (flags & ~(NSMGR_CHECK_GC | NSMGR_CHECK_REPAIR))
		return nsm_refuse_flags(ctx);
	r = run(&check);
	return r < 0 ? nsm_edge(ctx, NSM_EDGE_check, r) : check.left;
}
