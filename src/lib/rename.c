/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/edge.h"
#include "lib/handle.h"
#include "lib/sys.h"

static int rename_set(struct nsmgr_ctx *ctx, const char *old_name, const char *new_name)
{
	nsm_autostore struct nsm_store store = NSM_STORE_INIT;
	nsm_autosetdir struct nsm_setdir set = NSM_SETDIR_INIT;
	int r = nsmgr_check_name(ctx, old_name);

	if (r == 0)
		r = nsmgr_check_name(ctx, new_name);
	if (r == 0)
		r = nsm_store_open_rw(ctx, false, false, &store);
	if (r == -ENOENT)
		return nsm_fail_text(ctx, r, "open", NSMGR_TYPE_NONE, NULL, "no such set");
	/* Not while somebody looks at the set to take it away. */
	if (r == 0)
		r = nsm_store_lock(&store, true);
	/* What is not a set is not renamed either. */
	if (r == 0)
		r = nsm_setdir_open(&store, old_name, &set);
	if (r < 0)
		return r;
	r = nsm_sys_renameat2(store.root, old_name, store.root, new_name, NSM_RENAME_NOREPLACE);
	if (r == -EEXIST)
		return nsm_fail_text(ctx, r, "rename", NSMGR_TYPE_NONE, NULL, "a set '%s' exists", new_name);
	return r < 0 ? nsm_fail(ctx, r, "rename", NSMGR_TYPE_NONE, NULL) : 0;
}

int nsmgr_rename(struct nsmgr_ctx *ctx, const char *old_name, const char *new_name)
{
	return nsm_edge(ctx, NSM_EDGE_rename, rename_set(ctx, old_name, new_name));
}
