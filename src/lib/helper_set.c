/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/config.h"
#include "lib/edge.h"
#include "lib/handle.h"
#include "lib/helper.h"
#include "lib/stage.h"

static int record(struct nsmgr_config *config, const char *kind, pid_t pid)
{
	struct nsm_helper helper;
	struct nsm_stage *stage;
	int r;

	if (!config->making || !nsm_helper_is_kind(kind) || pid <= 0)
		return nsm_fail_text(config->ctx, -EINVAL, "helper", NSMGR_TYPE_NONE, NULL, "%s",
				     config->making ? "no kind of a helper, or no process"
						    : "no set under a name is being made");
	stage = config->making->stage;
	r = nsm_helper_of(kind, pid, &helper);
	if (r == 0)
		r = nsm_helper_write(stage->dir, NSM_STAGE_SET "/" NSM_HELPER_FILE, stage->modes_exact, &helper);
	return r < 0 ? nsm_fail(config->ctx, r, "helper", NSMGR_TYPE_NONE, kind) : 0;
}

int nsmgr_config_helper(struct nsmgr_config *config, const char *kind, pid_t pid)
{
	return nsm_edge(config->ctx, NSM_EDGE_config_helper, record(config, kind, pid));
}

static int look(const struct nsm_setdir *set, struct nsmgr_helper *ret)
{
	nsm_autoclose int pidfd = -EBADF;
	struct nsmgr_ctx *ctx = set->store->ctx;
	struct nsm_helper helper;
	int r = nsm_helper_read(set->store->root, set->fd, &helper);

	if (r == -ENOENT)
		return 1;
	if (r == -EBADMSG)
		return nsm_fail_text(ctx, r, "helper", NSMGR_TYPE_NONE, NULL, "its file " NSM_HELPER_FILE " is damaged");
	if (r == 0)
		r = nsm_helper_find(&helper, &pidfd);
	/* What cannot be seen from here is not known to be dead. */
	if (r < 0 && r != -EXDEV)
		return nsm_fail(ctx, r, "helper", NSMGR_TYPE_NONE, NULL);
	*ret = (struct nsmgr_helper){ .pid = helper.pid, .alive = r != 0 };
	memcpy(ret->kind, helper.kind, sizeof(ret->kind));
	return 0;
}

static int get(struct nsmgr_ctx *ctx, const char *name, struct nsmgr_helper *ret)
{
	nsm_autostore struct nsm_store store = NSM_STORE_INIT;
	nsm_autosetdir struct nsm_setdir set = NSM_SETDIR_INIT;
	int r = nsm_setdir_open_named(ctx, name, &store, &set);

	return r < 0 ? r : look(&set, ret);
}

int nsmgr_helper_get(struct nsmgr_ctx *ctx, const char *name, struct nsmgr_helper *ret_helper)
{
	return nsm_edge(ctx, NSM_EDGE_helper_get, get(ctx, name, ret_helper));
}
