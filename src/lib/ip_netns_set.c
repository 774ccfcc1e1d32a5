/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/ip_netns_set.h"

#include "lib/edge.h"
#include "lib/handle.h"
#include "lib/ip_netns.h"
#include "lib/sys.h"

/* A descriptor of its network namespace. */
static int open_net(struct nsm_store *store, const char *name, struct nsm_setdir *ret_set)
{
	int r = nsm_setdir_open(store, name, ret_set);

	if (r < 0)
		return r;
	if (!(ret_set->types & NSMGR_MASK(NSMGR_NET)))
		return nsm_fail_text(store->ctx, -ENOENT, NSM_IP_NETNS_STEP, NSMGR_NET, NULL,
				     "the set has no network namespace");
	return nsm_handle_open(ret_set, NSMGR_NET);
}

/* Without the lock: what need not be begun, and the directory. */
static int prepare(struct nsm_store *store, const char *name)
{
	nsm_autosetdir struct nsm_setdir set = NSM_SETDIR_INIT;
	nsm_autoclose int net = open_net(store, name, &set);

	return net < 0 ? net : nsm_ip_netns_prepare(store->ctx);
}

static int add_locked(struct nsm_store *store, const char *name)
{
	nsm_autosetdir struct nsm_setdir set = NSM_SETDIR_INIT;
	nsm_autoclose int net = open_net(store, name, &set);
	int r;

	if (net < 0)
		return net;
	r = nsm_ip_netns_add(store->ctx, set.fd, name, net);
	/* Who was killed while it was renamed has left its old one. */
	return r == 0 && set.has_marks ? nsm_ip_netns_remove_all(store->ctx, set.fd, name) : r;
}

int nsm_store_add_ip_netns(struct nsm_store *store, const char *name)
{
	sigset_t signals;
	int r = prepare(store, name);

	if (r == 0)
		r = nsm_store_lock(store, true);
	if (r < 0)
		return r;
	nsm_sys_block_signals(&signals);
	r = add_locked(store, name);
	nsm_sys_restore_signals(&signals);
	nsm_store_unlock(store);
	return r;
}

int nsm_store_remove_ip_netns(struct nsm_store *store, const char *name)
{
	nsm_autosetdir struct nsm_setdir set = NSM_SETDIR_INIT;
	int r = nsm_setdir_open(store, name, &set);

	return r == 0 && set.has_marks ? nsm_ip_netns_remove_all(store->ctx, set.fd, NULL) : r;
}

static int open_store(struct nsmgr_ctx *ctx, const char *name, struct nsm_store *ret)
{
	int r = nsmgr_check_name(ctx, name);

	if (r == 0)
		r = nsm_store_open_rw(ctx, false, false, ret);
	return r == -ENOENT ? nsm_fail_text(ctx, r, "open", NSMGR_TYPE_NONE, NULL, "no such set") : r;
}

int nsmgr_ip_netns_add(struct nsmgr_ctx *ctx, const char *name)
{
	nsm_autostore struct nsm_store store = NSM_STORE_INIT;
	int r = open_store(ctx, name, &store);

	if (r == 0)
		r = nsm_store_add_ip_netns(&store, name);
	return nsm_edge(ctx, NSM_EDGE_ip_netns_add, r);
}

int nsmgr_ip_netns_remove(struct nsmgr_ctx *ctx, const char *name)
{
	nsm_autostore struct nsm_store store = NSM_STORE_INIT;
	int r = open_store(ctx, name, &store);

	if (r == 0)
		r = nsm_store_lock(&store, true);
	if (r == 0)
		r = nsm_store_remove_ip_netns(&store, name);
	return nsm_edge(ctx, NSM_EDGE_ip_netns_remove, r);
}
