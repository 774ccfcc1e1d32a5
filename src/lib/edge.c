/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/edge.h"

#include "base/text.h"

#define LIST(function, ...) [NSM_EDGE_##function] = (const int[]){ NSM_EDGE_USUAL, ##__VA_ARGS__, 0 },
static const int *const lists[] = { NSM_EDGE_TABLE(LIST) };

static bool may_give(enum nsm_edge function, int error)
{
	const int *listed = lists[function];

	while (*listed && *listed != error)
		listed++;
	return *listed;
}

int nsm_edge(struct nsmgr_ctx *ctx, enum nsm_edge function, int r)
{
	if (r >= 0 || may_give(function, -r))
		return r;
	/* What a hook gives is between it and its owner. */
	if (ctx && ctx->failure.of_hook)
		return r;
	if (ctx) {
		if (!*ctx->failure.text)
			nsm_copy(ctx->failure.text, sizeof(ctx->failure.text), strerror(-r));
		ctx->failure.error = EIO;
	}
	return -EIO;
}
