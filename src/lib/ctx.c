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

static bool has_parent_component(const char *path)
{
	while ((path = strstr(path, ".."))) {
		bool starts = path[-1] == '/';

		path += 2;
		if (starts && (!*path || *path == '/'))
			return true;
	}
	return false;
}

/* Takes out repeated and closing slashes and "." components, so that the path is as the mount table shows it. */
static void normalize(char *path)
{
	char *to = path, *cursor = path;
	const char *part;

	while ((part = nsm_token(&cursor, '/'))) {
		size_t len = strlen(part);

		if (len == 0 || nsm_streq(part, "."))
			continue;
		*to++ = '/';
		memmove(to, part, len);
		to += len;
	}
	if (to == path)
		*to++ = '/';
	*to = '\0';
}

int nsmgr_set_root(struct nsmgr_ctx *ctx, const char *path)
{
	char full[PATH_MAX];
	struct nsm_text text = NSM_TEXT(full);
	char *root;

	if (!*path)
		return nsm_fail_text(ctx, -EINVAL, "store", NSMGR_TYPE_NONE, NULL, "the store's name is empty");
	if (*path != '/') {
		if (!getcwd(full, sizeof(full)))
			return nsm_edge(ctx, NSM_EDGE_set_root, nsm_fail(ctx, -errno, "store", NSMGR_TYPE_NONE, path));
		text.len = strlen(full);
		nsm_text_add(&text, "/");
	}
	nsm_text_add(&text, "%s", path);
	if (text.cut)
		return nsm_fail(ctx, -ENAMETOOLONG, "store", NSMGR_TYPE_NONE, path);
	normalize(full);
	if (has_parent_component(full))
		return nsm_fail_text(ctx, -EINVAL, "store", NSMGR_TYPE_NONE, path, "a store's path has no '..'");
	root = strdup(full);
	if (!root)
		return nsm_fail(ctx, -ENOMEM, "store", NSMGR_TYPE_NONE, path);
	free(ctx->root);
	ctx->root = root;
	return 0;
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
