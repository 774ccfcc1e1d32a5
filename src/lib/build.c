/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/build.h"

#include "base/text.h"
#include "lib/fill.h"
#include "lib/handle.h"
#include "lib/ip_netns.h"
#include "lib/ip_netns_set.h"
#include "lib/place.h"

/* Two names, of which both or none is to be had. Under the lock, so that who finds one taken can tell by whom. A failure, or a
 * KILL, in between leaves a stage that tells of the first. */
static int publish_with_ip_netns(struct nsm_stage *stage, const char *name)
{
	int r = nsm_ip_netns_prepare(stage->store->ctx);

	if (r == 0)
		r = nsm_store_lock(stage->store, true);
	if (r < 0)
		return r;
	r = nsm_stage_add_ip_netns(stage, name);
	if (r == 0)
		r = nsm_stage_publish(stage, name);
	nsm_store_unlock(stage->store);
	return r;
}

static int fill_and_publish(struct nsm_stage *stage, const char *name, struct nsmgr_config *config, uint64_t floor,
			    struct nsm_creator *self)
{
	nsm_autocreator struct nsm_creator own = NSM_CREATOR_INIT;
	struct nsm_filling filling = { .stage = stage, .config = config };
	struct nsm_creator *creator = self;
	nsm_autoclose int fd = -EBADF;
	int r = nsm_config_has_cgroup(config) ? nsm_stage_add_cgroup(stage, name, config, &filling.meta.cgroup, &fd) : 0;

	if (r < 0)
		return r;
	if (nsm_creator_is_needed(config)) {
		struct nsm_order order = { .name = name, .floor = floor, .early = nsm_fill_early, .data = &filling, .cgroup = fd };

		creator = &own;
		r = nsm_creator_start(config, &order, creator);
	} else if (config->make) {
		r = nsm_creator_self(config, creator);
	}
	if (r == 0)
		r = nsm_fill(&filling, creator);
	if (r == 0)
		r = nsm_creator_release(config->ctx, creator);
	if (r < 0)
		return r;
	/* In the cgroup it would be taken for somebody in the set. */
	if (fd >= 0)
		nsm_creator_end(&own);
	return config->ip_netns ? publish_with_ip_netns(stage, name) : nsm_stage_publish(stage, name);
}

static int build(struct nsm_stage *stage, const char *name, struct nsmgr_config *config, uint64_t floor,
		 struct nsm_creator *self)
{
	struct nsm_making making = { .name = name, .stage = stage };
	struct nsm_text dir = NSM_TEXT(making.dir);
	int r = nsm_stage_begin(stage);

	nsm_text_add(&dir, "%s/" NSM_STAGE_DIR "/%s/" NSM_STAGE_SET, stage->store->ctx->root, stage->name);
	config->making = &making;
	if (r == 0)
		r = fill_and_publish(stage, name, config, floor, self);
	config->making = NULL;
	if (stage->busy)
		nsm_stage_discard(stage);
	return r;
}

/* The id that a mount namespace made for us has to exceed to be pinned here (KERNEL R11). */
static uint64_t own_mntns_id(void)
{
	struct nsmgr_id own;

	return nsm_place_own(&own) < 0 ? 0 : own.id;
}

/* A set of that name that an older boot left behind: its handles went with that boot, and its name is free
 * again. */
static bool is_leftover(const struct nsm_setdir *set)
{
	return set->has_meta && !nsm_streq(set->meta.boot_id, set->store->boot_id) && !*set->odd;
}

/* Looked at again under the lock: several may find the same leftover, and one of them has put a new set in its place by
 * now. 1: the name is free. */
static int clear_leftover(struct nsm_stage *stage, const char *name)
{
	nsm_autosetdir struct nsm_setdir set = NSM_SETDIR_INIT;
	int r = nsm_store_lock(stage->store, true);

	if (r < 0)
		return r;
	r = nsm_setdir_open(stage->store, name, &set);
	if (r == 0 && is_leftover(&set))
		r = nsm_stage_hide(stage, name);
	nsm_store_unlock(stage->store);
	if (stage->busy)
		nsm_stage_discard(stage);
	return r < 0 && r != -ENOENT ? r : 1;
}

static const char *list_types(unsigned types, char *ret, size_t size)
{
	struct nsm_text text = { .buf = ret, .size = size };

	nsm_copy(ret, size, "none");
	for NSM_EACH_TYPE (type)
		if (types & NSMGR_MASK(type))
			nsm_text_add(&text, "%s%s", text.len ? "," : "", nsm_nstypes[type].name);
	return ret;
}

static int compare_types(const struct nsm_setdir *set, unsigned wanted)
{
	char have[64], want[64];

	if (set->types == wanted)
		return 0;
	return nsm_fail_text(set->store->ctx, -EEXIST, "publish", NSMGR_TYPE_NONE, NULL,
			     "a set of that name exists, with %s instead of %s", list_types(set->types, have, sizeof(have)),
			     list_types(wanted, want, sizeof(want)));
}

/* The same types as were asked for, but of namespaces that were named. */
static int compare_sources(struct nsm_setdir *set, const struct nsmgr_config *config)
{
	for NSM_EACH_TYPE (type) {
		nsm_autoclose int fd = -EBADF;
		struct nsmgr_id wanted;
		int r;

		if (config->source[type] < 0)
			continue;
		fd = nsm_handle_open(set, type);
		r = fd < 0 ? fd : nsm_nsfd_id(config->source[type], &wanted);
		if (r < 0)
			return fd < 0 ? fd : nsm_fail(config->ctx, r, "source", type, NULL);
		if (!nsm_nsfd_is(fd, &wanted))
			return nsm_fail_text(config->ctx, -EEXIST, "publish", type, NULL,
					     "a set of that name exists, with another namespace");
	}
	return 0;
}

/* What to do about a set of that name: 1 make it, 0 it is as wanted, -errno. */
static int check_existing(struct nsm_stage *stage, const char *name, const struct nsmgr_config *config,
			  unsigned flags)
{
	nsm_autosetdir struct nsm_setdir set = NSM_SETDIR_INIT;
	int r = nsm_setdir_open(stage->store, name, &set);

	if (r == -ENOENT)
		return 1;
	if (r < 0)
		return r;
	if (is_leftover(&set))
		return clear_leftover(stage, name);
	if (!(flags & NSMGR_CREATE_EXIST_OK))
		return nsm_fail_text(config->ctx, -EEXIST, "publish", NSMGR_TYPE_NONE, NULL, "a set of that name exists");
	r = compare_types(&set, nsmgr_config_types(config));
	if (r == 0)
		r = nsm_setdir_check(&set);
	if (r == 0)
		r = compare_sources(&set, config);
	return r == 0 && config->ip_netns ? nsm_store_add_ip_netns(stage->store, name) : r;
}

/* Whether it is taken in /run/netns, or by a cgroup. */
static bool is_apart(const struct nsm_failure *failure)
{
	return nsm_streq(failure->step, NSM_IP_NETNS_STEP) || nsm_streq(failure->step, "cgroup");
}

/* The name is found taken only when it is to be given, which costs something once, and spares everybody else a look. By a set, or
 * in /run/netns alone: there by one on its way out, which has let go of it once the lock is free, or by somebody else. */
static int check_taken(struct nsm_stage *stage, const char *name, const struct nsmgr_config *config, unsigned flags,
		       bool again)
{
	struct nsm_failure failure = config->ctx->failure;
	int r = 0;

	if (nsm_streq(failure.step, NSM_IP_NETNS_STEP)) {
		r = nsm_store_lock(stage->store, false);
		nsm_store_unlock(stage->store);
	}
	if (r == 0)
		r = check_existing(stage, name, config, flags);
	if (r <= 0 || !again || !is_apart(&failure))
		return r;
	config->ctx->failure = failure;
	return -EEXIST;
}

/* Whether the mount namespace was refused because its id looks older than that of the one we are in (KERNEL R11). */
static bool is_refused_for_age(const struct nsmgr_config *config, int r)
{
	const struct nsm_failure *failure = &config->ctx->failure;

	return r == -EINVAL && !failure->of_hook && nsm_config_makes(config, NSMGR_MNT) && failure->type == NSMGR_MNT &&
	       nsm_streq(failure->step, "bind");
}

int nsm_build(struct nsm_stage *stage, const char *name, struct nsmgr_config *config, unsigned flags,
	      struct nsm_creator *self)
{
	int r = 1;

	/* Nothing of the user's is run for a set that cannot be had. */
	if (flags & NSMGR_CREATE_EXIST_OK || config->outside || config->inside)
		r = check_existing(stage, name, config, flags);
	for (int tries = 0; r > 0 && tries < 2; tries++) {
		r = build(stage, name, config, 0, self);
		if (is_refused_for_age(config, r))
			r = build(stage, name, config, own_mntns_id(), self);
		if (r == -EEXIST && !config->ctx->failure.of_hook)
			r = check_taken(stage, name, config, flags, tries > 0);
	}
	return r > 0 ? nsm_fail_text(config->ctx, -EAGAIN, "publish", NSMGR_TYPE_NONE, NULL,
				     "a set of that name comes and goes")
		     : r;
}
