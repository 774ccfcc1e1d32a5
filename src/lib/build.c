/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/build.h"

#include "base/text.h"
#include "lib/handle.h"
#include "lib/stage.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Adds one handle to the stage and its record to the metadata. */
static int add_handle(struct nsm_stage *stage, const struct nsmgr_config *config, const struct nsm_creator *creator,
		      enum nsmgr_type type, struct nsm_meta *meta)
{
	struct nsm_record *record = &meta->types[type];
	bool made = config->make & NSMGR_MASK(type);
	nsm_autoclose int opened = -EBADF;
	int fd = config->source[type], r;

	if (made)
		fd = opened = nsm_creator_open(config->ctx, creator, type);
	if (fd < 0)
		return fd;
	r = nsm_nsfd_id(fd, &record->id);
	if (r < 0)
		return nsm_fail(config->ctx, r, "open", type, NULL);
	record->origin = made ? NSMGR_MADE : NSMGR_PINNED;
	return nsm_stage_bind(stage, type, fd);
}

static int fill_stage(struct nsm_stage *stage, const struct nsmgr_config *config, const struct nsm_creator *creator)
{
	struct nsm_store *store = stage->store;
	struct nsm_meta meta = { .mount_id = store->mount_id, .keeper = creator->keeper };
	unsigned types = nsmgr_config_types(config);
	int r;

	nsm_copy(meta.boot_id, sizeof(meta.boot_id), store->boot_id);
	clock_gettime(CLOCK_REALTIME, &meta.created);
	/* mnt first: it alone can be refused for an id that looks too old, and the rest is spared then. */
	if (types & NSMGR_MASK(NSMGR_MNT)) {
		r = add_handle(stage, config, creator, NSMGR_MNT, &meta);
		if (r < 0)
			return r;
	}
	for NSM_EACH_TYPE (type) {
		if (type == NSMGR_MNT || !(types & NSMGR_MASK(type)))
			continue;
		r = add_handle(stage, config, creator, type, &meta);
		if (r < 0)
			return r;
	}
	r = nsm_meta_write(stage->dir, &meta);
	return r < 0 ? nsm_fail(store->ctx, r, "metadata", NSMGR_TYPE_NONE, NULL) : 0;
}

static int build(struct nsm_store *store, const char *name, struct nsmgr_config *config, uint64_t floor,
		 struct nsm_creator *self)
{
	/* The stage goes before the creator: what a keeper belongs to is removed while we still hold it. */
	nsm_autocreator struct nsm_creator own = NSM_CREATOR_INIT;
	nsm_autostage struct nsm_stage stage = NSM_STAGE_INIT;
	struct nsm_creator *creator = self;
	int r = nsm_stage_make(store, &stage);

	if (r < 0)
		return r;
	if (nsm_creator_is_needed(config)) {
		creator = &own;
		r = nsm_creator_start(config, name, floor, creator);
	} else if (config->make) {
		r = nsm_creator_self(config, creator);
	}
	if (r == 0)
		r = fill_stage(&stage, config, creator);
	if (r == 0)
		r = nsm_creator_release(store->ctx, creator);
	return r < 0 ? r : nsm_stage_publish(&stage, name);
}

/* The id that a mount namespace made for us has to exceed to be pinned here (KERNEL R11). */
static uint64_t own_mntns_id(void)
{
	nsm_autoclose int fd = nsm_nsfd_open(AT_FDCWD, "/proc/self/ns/mnt", false);

	return fd < 0 ? 0 : nsm_nsfd_id64(fd);
}

/* A set of that name that an older boot left behind: its handles went with that boot, and its name is free
 * again. */
static bool is_leftover(const struct nsm_setdir *set)
{
	return set->has_meta && !nsm_streq(set->meta.boot_id, set->store->boot_id) && !*set->odd;
}

/* What to do about a set of that name: 1 make it, 0 it is as wanted, -errno. */
static int check_existing(struct nsm_store *store, const char *name, const struct nsmgr_config *config,
			  unsigned flags)
{
	struct nsmgr_ctx *ctx = store->ctx;
	unsigned wanted = nsmgr_config_types(config);
	nsm_autosetdir struct nsm_setdir set = NSM_SETDIR_INIT;
	char have[64] = "";
	struct nsm_text text = NSM_TEXT(have);
	int r;

	if (faccessat(store->root, name, F_OK, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT)
		return 1;
	r = nsm_setdir_open(store, name, &set);
	if (r < 0)
		return r;
	if (is_leftover(&set)) {
		nsm_autostage struct nsm_stage stage = NSM_STAGE_INIT;

		r = nsm_stage_hide(store, name, &stage);
		return r < 0 ? r : 1;
	}
	if (!(flags & NSMGR_CREATE_EXIST_OK))
		return nsm_fail_text(ctx, -EEXIST, "publish", NSMGR_TYPE_NONE, NULL, "a set of that name exists");
	for NSM_EACH_TYPE (type)
		if (set.types & NSMGR_MASK(type))
			nsm_text_add(&text, "%s%s", text.len ? "," : "", nsm_nstypes[type].name);
	if (set.types != wanted)
		return nsm_fail_text(ctx, -EEXIST, "publish", NSMGR_TYPE_NONE, NULL,
				     "a set of that name exists, with other types: %s", text.len ? have : "none");
	for NSM_EACH_TYPE (type) {
		nsm_autoclose int fd = -EBADF;

		if (!(wanted & NSMGR_MASK(type)))
			continue;
		fd = nsm_handle_open(&set, type);
		if (fd < 0)
			return fd;
	}
	return 0;
}

int nsm_build(struct nsm_store *store, const char *name, struct nsmgr_config *config, unsigned flags,
	      struct nsm_creator *self)
{
	sigset_t signals;
	int r = check_existing(store, name, config, flags);

	if (r <= 0)
		return r;
	nsm_sys_block_signals(&signals);
	r = build(store, name, config, 0, self);
	if (r == -EINVAL && nsm_streq(store->ctx->failure.step, "bind") &&
	    store->ctx->failure.type == NSMGR_MNT && (config->make & NSMGR_MASK(NSMGR_MNT)))
		r = build(store, name, config, own_mntns_id(), self);
	nsm_sys_restore_signals(&signals);
	if (r == -EEXIST && (flags & NSMGR_CREATE_EXIST_OK)) {
		r = check_existing(store, name, config, flags);
		if (r > 0)
			r = nsm_fail_text(store->ctx, -EAGAIN, "publish", NSMGR_TYPE_NONE, NULL,
					  "a set of that name came and went");
	}
	return r;
}
