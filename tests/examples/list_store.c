/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists the sets of the store: name, type, inode and state of each handle. Works as any user. */
#include <nsmgr.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static int run(struct nsmgr_list *list)
{
	struct nsmgr_handle handles[NSMGR_TYPE_COUNT];
	const char *name;

	while (nsmgr_list_next(list, &name) == 0) {
		int count = nsmgr_list_handles(list, name, handles);

		if (count == -ENOENT)
			continue; /* it was removed meanwhile */
		if (count < 0)
			return count;
		for (int i = 0; i < count; i++)
			printf("%s %s %ju %s\n", name, nsmgr_type_name(handles[i].type), (uintmax_t)handles[i].ino,
			       nsmgr_state_name(handles[i].state));
	}
	return 0;
}

int main(void)
{
	const char *store = getenv("NSMGR_STORE");
	struct nsmgr_list *list = NULL;
	struct nsmgr_ctx *ctx;
	int r = 0;

	if (nsmgr_new(&ctx) < 0)
		return 2;
	if (store && *store)
		r = nsmgr_set_root(ctx, store);
	if (r == 0)
		r = nsmgr_list_new(ctx, 0, &list);
	if (r == 0)
		r = run(list);
	if (r < 0) {
		const struct nsmgr_failure *why = nsmgr_get_failure(ctx);
		const char *type = nsmgr_type_name(why->type);

		fprintf(stderr, "%s: %s: %s (%s)\n", why->step, type ? type : "-", why->text, why->hint);
	}
	nsmgr_list_free(list);
	nsmgr_unref(ctx);
	return r < 0;
}
