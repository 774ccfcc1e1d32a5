/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/ctx.h"

#include "base/text.h"
#include "lib/edge.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_ROOT "/run/nsmgr"

int nsmgr_new(struct nsmgr_ctx **ret_ctx)
{
	struct nsmgr_ctx *ctx = calloc(1, sizeof(*ctx));

	if (!ctx)
		return -ENOMEM;
	ctx->refs = 1;
	ctx->failure.type = NSMGR_TYPE_NONE;
	ctx->root = strdup(DEFAULT_ROOT);
	if (!ctx->root) {
		nsmgr_unref(ctx);
		return -ENOMEM;
	}
	*ret_ctx = ctx;
	return 0;
}

struct nsmgr_ctx *nsmgr_ref(struct nsmgr_ctx *ctx)
{
	ctx->refs++;
	return ctx;
}

void nsmgr_unref(struct nsmgr_ctx *ctx)
{
	if (!ctx || --ctx->refs > 0)
		return;
	free(ctx->root);
	free(ctx);
}

/* Adds what `path` names behind *to as the mount table shows it: each component behind one slash, without ".". False for "..". */
static bool add_components(char **to, const char *path)
{
	for (;;) {
		size_t len;

		path += strspn(path, "/");
		len = strcspn(path, "/");
		if (len == 0)
			return true;
		if (len == 2 && path[0] == '.' && path[1] == '.')
			return false;
		if (len > 1 || path[0] != '.') {
			*(*to)++ = '/';
			memcpy(*to, path, len);
			*to += len;
		}
		path += len;
	}
}

/* No format and no buffer of a path's whole size: NSMGR_STORE has exec come here each time. */
static int set_root_below(struct nsmgr_ctx *ctx, const char *above, const char *path)
{
	size_t size = strlen(above) + (*path != '/') + strlen(path) + 1;
	nsm_autofree char *root = NULL;
	char *to;

	if (size > PATH_MAX)
		return nsm_fail(ctx, -ENAMETOOLONG, "store", NSMGR_TYPE_NONE, path);
	root = to = malloc(size);
	if (!root)
		return nsm_fail(ctx, -ENOMEM, "store", NSMGR_TYPE_NONE, path);
	if (!add_components(&to, above) || !add_components(&to, path))
		return nsm_fail_text(ctx, -EINVAL, "store", NSMGR_TYPE_NONE, path, "a store's path has no '..'");
	if (to == root)
		*to++ = '/';
	*to = '\0';
	free(ctx->root);
	ctx->root = take_ptr(root);
	return 0;
}

static nsm_own_frame int set_root_here(struct nsmgr_ctx *ctx, const char *path)
{
	char here[PATH_MAX];

	if (!getcwd(here, sizeof(here)))
		return nsm_edge(ctx, NSM_EDGE_set_root, nsm_fail(ctx, -errno, "store", NSMGR_TYPE_NONE, path));
	return set_root_below(ctx, here, path);
}

int nsmgr_set_root(struct nsmgr_ctx *ctx, const char *path)
{
	if (!*path)
		return nsm_fail_text(ctx, -EINVAL, "store", NSMGR_TYPE_NONE, NULL, "the store's name is empty");
	return *path == '/' ? set_root_below(ctx, "", path) : set_root_here(ctx, path);
}

const char *nsmgr_get_root(const struct nsmgr_ctx *ctx)
{
	return ctx->root;
}

void nsmgr_set_log(struct nsmgr_ctx *ctx, nsmgr_log_fn *log, void *data)
{
	ctx->log = log;
	ctx->log_data = data;
}

void nsm_log(struct nsmgr_ctx *ctx, const char *fmt, ...)
{
	char line[512];
	va_list args;

	if (!ctx->log)
		return;
	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	ctx->log(ctx->log_data, line);
}

void nsm_keep_result(void *data, const char *name, int result)
{
	(void)name;
	*(int *)data = result;
}

static int record(struct nsmgr_ctx *ctx, int r, const char *step, enum nsmgr_type type, const char *path)
{
	struct nsm_failure *failure = &ctx->failure;

	failure->error = -r;
	failure->of_hook = false;
	failure->type = type;
	nsm_copy(failure->step, sizeof(failure->step), step);
	nsm_copy(failure->path, sizeof(failure->path), path ? path : "");
	failure->text[0] = '\0';
	return r;
}

int nsm_fail(struct nsmgr_ctx *ctx, int r, const char *step, enum nsmgr_type type, const char *path)
{
	return record(ctx, r, step, type, path);
}

int nsm_fail_text(struct nsmgr_ctx *ctx, int r, const char *step, enum nsmgr_type type, const char *path,
		  const char *fmt, ...)
{
	va_list args;

	record(ctx, r, step, type, path);
	va_start(args, fmt);
	vsnprintf(ctx->failure.text, sizeof(ctx->failure.text), fmt, args);
	va_end(args);
	return r;
}

int nsm_fail_hook(struct nsmgr_ctx *ctx, int r)
{
	record(ctx, r, "hook", NSMGR_TYPE_NONE, NULL);
	ctx->failure.of_hook = true;
	return r;
}

int nsm_refuse_flags(struct nsmgr_ctx *ctx)
{
	return nsm_fail_text(ctx, -EINVAL, "flags", NSMGR_TYPE_NONE, NULL, "a flag is not known");
}

int nsm_failure_take(struct nsmgr_ctx *ctx, const struct nsm_failure *failure)
{
	struct nsm_failure *taken = &ctx->failure;

	*taken = *failure;
	taken->step[sizeof(taken->step) - 1] = '\0';
	taken->path[sizeof(taken->path) - 1] = '\0';
	taken->text[sizeof(taken->text) - 1] = '\0';
	if (taken->type < NSMGR_TYPE_NONE || taken->type >= NSMGR_TYPE_COUNT)
		taken->type = NSMGR_TYPE_NONE;
	if (taken->error <= 0 || taken->error > 4095)
		taken->error = EIO;
	return -taken->error;
}

const struct nsmgr_failure *nsmgr_get_failure(struct nsmgr_ctx *ctx)
{
	const struct nsm_failure *failure = &ctx->failure;

	nsm_copy(ctx->errno_text, sizeof(ctx->errno_text), strerror(failure->error));
	ctx->view = (struct nsmgr_failure){
		.error = failure->error,
		.type = failure->type,
		.step = failure->step,
		.path = failure->path,
		.text = *failure->text ? failure->text : ctx->errno_text,
		.hint = nsm_hint(failure),
	};
	return &ctx->view;
}
