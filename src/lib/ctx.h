/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_CTX_H
#define NSM_LIB_CTX_H

#include "base/macro.h"
#include "nsmgr.h"

#define NSM_NAME_LENGTH 64 /* of a set, in bytes: nsmgr_check_name() */

/* A failure as it is recorded: without pointers, so that a child hands it to its parent as it is. */
struct nsm_failure {
	int error;
	int of_hook; /* a hook of the caller's gave it */
	enum nsmgr_type type;
	char step[24];
	char path[192];
	char text[256];
};

struct nsmgr_ctx {
	unsigned refs;
	char *root;
	struct nsm_failure failure;
	struct nsmgr_failure view; /* of the above, for nsmgr_get_failure() */
	char errno_text[64];	   /* strerror(3)'s own may be another's next */
	nsmgr_log_fn *log;
	void *log_data;
};

/* Records a failure where it happens, and gives `r` (a -errno) back: return nsm_fail(ctx, -errno, ...).
 * Whoever is above passes it on unchanged. path may be NULL. */
int nsm_fail(struct nsmgr_ctx *ctx, int r, const char *step, enum nsmgr_type type, const char *path);

/* The same with the reason in words, where errno's text would not tell. */
int nsm_fail_text(struct nsmgr_ctx *ctx, int r, const char *step, enum nsmgr_type type, const char *path,
		  const char *fmt, ...) nsm_printf_like(6, 7);

/* What a hook of the caller's gave, without words of its own: the step is "hook", and the error passes every edge. */
int nsm_fail_hook(struct nsmgr_ctx *ctx, int r);

/* Of a flag that nobody has defined yet: -EINVAL. */
int nsm_refuse_flags(struct nsmgr_ctx *ctx);

/* Takes over what a child recorded, who may have been another user's by then and could have sent anything. Gives its -errno. */
int nsm_failure_take(struct nsmgr_ctx *ctx, const struct nsm_failure *failure);

/* An nsmgr_result_fn for a batch of one: `data` is an int. */
void nsm_keep_result(void *data, const char *name, int result);

void nsm_log(struct nsmgr_ctx *ctx, const char *fmt, ...) nsm_printf_like(2, 3);

/* A cure for, or the limit behind, a failure; "" when none is known. hint.c */
const char *nsm_hint(const struct nsm_failure *failure);

#endif
