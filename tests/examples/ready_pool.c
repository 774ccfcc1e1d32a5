/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Takes network namespaces from a pool that a thread keeps filled, and gives one back. */
#include <nsmgr.h>

#include <stdio.h>

#define SIZE 4
#define TAKEN 6

static int run(struct nsmgr_pool *pool, struct nsmgr_ctx *ctx)
{
	struct nsmgr_set *sets[TAKEN] = { NULL };
	char text[NSMGR_ID_TEXT_SIZE];
	struct nsmgr_id id;
	int r = nsmgr_pool_fill(pool, ctx); /* those that are ready at the beginning */

	if (r == 0)
		printf("ready: %zu\n", nsmgr_pool_length(pool));
	if (r == 0)
		r = nsmgr_pool_start(pool, ctx); /* replaces from now on what is taken */
	for (int i = 0; r == 0 && i < TAKEN; i++) {
		r = nsmgr_pool_get(pool, ctx, &sets[i]);
		if (r == 0 && nsmgr_set_id(sets[i], NSMGR_NET, &id) == 0)
			printf("taken: %s\n", nsmgr_id_text(NSMGR_NET, &id, text));
	}
	nsmgr_pool_stop(pool);
	if (r == 0) {
		nsmgr_pool_put(pool, sets[0]); /* the pool closes it, if it is full */
		sets[0] = NULL;
		printf("ready at the end: %zu\n", nsmgr_pool_length(pool));
	}
	for (int i = 0; i < TAKEN; i++)
		nsmgr_set_close(sets[i]);
	return r;
}

int main(void)
{
	struct nsmgr_ctx *ctx, *pool_ctx; /* a pool needs one for itself */
	struct nsmgr_config *config;
	struct nsmgr_pool *pool = NULL;
	int r;

	if (nsmgr_new(&ctx) < 0 || nsmgr_new(&pool_ctx) < 0 || nsmgr_config_new(pool_ctx, &config) < 0)
		return 2;
	nsmgr_config_make(config, NSMGR_NET);
	r = nsmgr_pool_new(config, SIZE, &pool);
	if (r == 0)
		r = run(pool, ctx);
	if (r < 0) {
		const struct nsmgr_failure *why = nsmgr_get_failure(pool ? ctx : pool_ctx);
		const char *type = nsmgr_type_name(why->type);

		fprintf(stderr, "%s: %s: %s (%s)\n", why->step, type ? type : "-", why->text, why->hint);
	}
	if (!pool)
		nsmgr_config_free(config); /* otherwise it is the pool's */
	nsmgr_pool_free(pool);
	nsmgr_unref(pool_ctx);
	nsmgr_unref(ctx);
	return r < 0;
}
