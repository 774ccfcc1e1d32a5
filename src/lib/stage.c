/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/stage.h"

#include "base/text.h"
#include "lib/basket.h"
#include "lib/dir.h"
#include "lib/init.h"
#include "lib/ip_netns.h"
#include "lib/nstype.h"
#include "lib/own.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SET NSM_STAGE_SET

void nsm_stage_random_name(char name[16])
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
	uint64_t bits = nsm_sys_random();

	for (size_t i = 0; i < 12; i++, bits >>= 5)
		name[i] = letters[bits & 31];
	name[12] = '\0';
}

int nsm_stage_open(struct nsm_store *store, struct nsm_stage *ret)
{
	struct nsmgr_ctx *ctx = store->ctx;

	for (int tries = 0; tries < 64; tries++) {
		nsm_autoclose int dir = -EBADF;
		char name[16];
		struct stat st;

		nsm_stage_random_name(name);
		if (mkdirat(store->stages, name, 0700) < 0) {
			if (errno == EEXIST)
				continue;
			return nsm_fail(ctx, -errno, "stage", NSMGR_TYPE_NONE, ctx->root);
		}
		dir = openat(store->stages, name, NSM_DIR_FLAGS);
		if (dir < 0 ? errno != ENOENT : flock(dir, LOCK_EX) < 0 || fstat(dir, &st) < 0) {
			int r = -errno;

			unlinkat(store->stages, name, AT_REMOVEDIR);
			return nsm_fail(ctx, r, "stage", NSMGR_TYPE_NONE, ctx->root);
		}
		/* A sweeper may have been faster than our lock, and taken it away. */
		if (dir < 0 || st.st_nlink == 0)
			continue;
		*ret = (struct nsm_stage){ .store = store, .dir = take_fd(dir) };
		nsm_copy(ret->name, sizeof(ret->name), name);
		return 0;
	}
	return nsm_fail(ctx, -EAGAIN, "stage", NSMGR_TYPE_NONE, ctx->root);
}

void nsm_stage_close(struct nsm_stage *stage)
{
	if (stage->dir < 0)
		return;
	nsm_basket_empty(stage);
	if (stage->busy)
		nsm_stage_discard(stage);
	unlinkat(stage->store->stages, stage->name, AT_REMOVEDIR);
	nsm_close(&stage->dir);
}

/* Opens the stage when it is first needed. A set that could not be removed stays where it is, hidden, for a sweep to
 * come, and we go on in another stage. */
static int make_ready(struct nsm_stage *stage)
{
	struct nsm_stage other = { .dir = -EBADF };
	int r;

	stage->plain = 0;
	if (stage->dir >= 0 && !stage->busy)
		return 0;
	nsm_stage_close(stage);
	r = nsm_stage_open(stage->store, &other);
	stage->dir = other.dir;
	memcpy(stage->name, other.name, sizeof(stage->name));
	stage->busy = false;
	return r;
}

int nsm_stage_begin(struct nsm_stage *stage)
{
	struct nsmgr_ctx *ctx = stage->store->ctx;
	int r = make_ready(stage);

	if (r < 0)
		return r;
	if (mkdirat(stage->dir, SET, 0755) < 0)
		return nsm_fail(ctx, -errno, "stage", NSMGR_TYPE_NONE, ctx->root);
	stage->busy = true;
	if (!stage->modes_exact && fchmodat(stage->dir, SET, 0755, 0) < 0)
		return nsm_fail(ctx, -errno, "stage", NSMGR_TYPE_NONE, ctx->root);
	return 0;
}

int nsm_stage_hide(struct nsm_stage *stage, const char *name)
{
	struct nsm_store *store = stage->store;
	int r = make_ready(stage);

	if (r < 0)
		return r;
	r = nsm_sys_renameat2(store->root, name, stage->dir, SET, NSM_RENAME_NOREPLACE);
	if (r < 0)
		return nsm_fail(store->ctx, r, "hide", NSMGR_TYPE_NONE, NULL);
	stage->busy = true;
	return 0;
}

int nsm_stage_bind(struct nsm_stage *stage, enum nsmgr_type type, int nsfd, uint64_t *ret_mount)
{
	struct nsmgr_ctx *ctx = stage->store->ctx;
	char file[16];
	struct nsm_text text = NSM_TEXT(file);
	int r;

	nsm_text_put(&text, SET "/");
	nsm_text_put(&text, nsm_nstypes[type].name);
	/* Mode 0: the file is nothing without its mount, and no umask matters. */
	if (mknodat(stage->dir, file, S_IFREG, 0) < 0)
		return nsm_fail(ctx, -errno, "stage", type, ctx->root);
	r = nsm_nsfd_bind(nsfd, stage->dir, file, ret_mount);
	return r < 0 ? nsm_fail(ctx, r, "bind", type, NULL) : 0;
}

int nsm_stage_write_meta(struct nsm_stage *stage, const struct nsm_meta *meta)
{
	int r = nsm_meta_write(stage->dir, SET "/" NSM_META_FILE, stage->modes_exact, meta);

	return r < 0 ? nsm_fail(stage->store->ctx, r, "metadata", NSMGR_TYPE_NONE, NULL) : 0;
}

int nsm_stage_add_cgroup(struct nsm_stage *stage, const char *name, struct nsmgr_config *config, struct nsm_cgroup *ret,
			 int *ret_fd)
{
	nsm_autoclose int set = nsm_own_dir(stage->dir, SET);

	return set < 0 ? nsm_fail(stage->store->ctx, set, "stage", NSMGR_TYPE_NONE, stage->store->ctx->root)
		       : nsm_cgroup_prepare(config, set, name, ret, ret_fd);
}

int nsm_stage_add_ip_netns(struct nsm_stage *stage, const char *name)
{
	struct nsmgr_ctx *ctx = stage->store->ctx;
	nsm_autoclose int set = nsm_own_dir(stage->dir, SET);
	nsm_autoclose int net = set < 0 ? set : nsm_nsfd_open(set, nsm_nstypes[NSMGR_NET].name, true);

	return net < 0 ? nsm_fail(ctx, net, "open", NSMGR_NET, NULL) : nsm_ip_netns_add(ctx, set, name, net);
}

int nsm_stage_publish(struct nsm_stage *stage, const char *name)
{
	struct nsm_store *store = stage->store;
	int r = nsm_sys_renameat2(stage->dir, SET, store->root, name, NSM_RENAME_NOREPLACE);

	if (r == -EEXIST)
		return nsm_fail_text(store->ctx, r, "publish", NSMGR_TYPE_NONE, NULL, "a set of that name exists");
	if (r < 0)
		return nsm_fail(store->ctx, r, "publish", NSMGR_TYPE_NONE, NULL);
	stage->busy = false;
	return 0;
}
