/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/edge.h"
#include "lib/handle.h"
#include "lib/ip_netns.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <sys/stat.h>

static int refuse_existing(struct nsmgr_ctx *ctx, const char *name)
{
	return nsm_fail_text(ctx, -EEXIST, "rename", NSMGR_TYPE_NONE, NULL, "a set '%s' exists", name);
}

static int rename_dir(struct nsm_store *store, const char *old_name, const char *new_name)
{
	int r = nsm_sys_renameat2(store->root, old_name, store->root, new_name, NSM_RENAME_NOREPLACE);

	if (r == -EEXIST)
		return refuse_existing(store->ctx, new_name);
	return r < 0 ? nsm_fail(store->ctx, r, "rename", NSMGR_TYPE_NONE, NULL) : 0;
}

/* With its name in /run/netns: it has the new one as well, then the set is renamed, then the old one goes. Whoever
 * is killed in between leaves a set that knows both of them, of which nsmgr_ip_netns_add() or nsmgr_remove() takes away what
 * is too much. */
static int rename_with_ip_netns(struct nsm_setdir *set, const char *new_name)
{
	struct nsm_store *store = set->store;
	struct nsmgr_ctx *ctx = store->ctx;
	nsm_autoclose int net = -EBADF;
	struct nsm_failure failure;
	struct stat st;
	int r;

	if (fstatat(store->root, new_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return refuse_existing(ctx, new_name);
	/* What is lost by now has no name to be moved. */
	r = set->types & NSMGR_MASK(NSMGR_NET) ? nsm_handle_probe(set, NSMGR_NET, &net) : NSMGR_STALE;
	if (r == NSMGR_LIVE)
		r = nsm_ip_netns_add(ctx, set->fd, new_name, net);
	if (r < 0)
		return r;
	r = rename_dir(store, set->name, new_name);
	failure = ctx->failure;
	/* It is renamed all the same where the old one cannot be taken away: rm does so. */
	if (nsm_ip_netns_remove_all(ctx, set->fd, r == 0 ? new_name : set->name) < 0)
		nsm_log(ctx, "'%s' is still in " NSMGR_IP_NETNS_DIR ": %s", r == 0 ? set->name : new_name, ctx->failure.text);
	ctx->failure = failure;
	return r;
}

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
	return set.has_marks ? rename_with_ip_netns(&set, new_name) : rename_dir(&store, old_name, new_name);
}

int nsmgr_rename(struct nsmgr_ctx *ctx, const char *old_name, const char *new_name)
{
	return nsm_edge(ctx, NSM_EDGE_rename, rename_set(ctx, old_name, new_name));
}
