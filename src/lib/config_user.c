/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/config.h"

#include <unistd.h>

static int idmap_of(struct nsmgr_config *config, enum nsmgr_id_kind kind, struct nsm_idmap **ret)
{
	if (!config->maps[kind])
		config->maps[kind] = calloc(1, sizeof(*config->maps[kind]));
	if (!config->maps[kind])
		return nsm_fail(config->ctx, -ENOMEM, "configuration", NSMGR_USER, NULL);
	*ret = config->maps[kind];
	return 0;
}

int nsmgr_config_map(struct nsmgr_config *config, enum nsmgr_id_kind kind, const struct nsmgr_extent *extent)
{
	struct nsm_idmap *map = NULL;
	int r = idmap_of(config, kind, &map);

	if (r < 0)
		return r;
	config->asked[NSMGR_USER]++;
	r = nsm_idmap_add(map, extent);
	if (r == -E2BIG)
		return nsm_fail_text(config->ctx, r, "map", NSMGR_USER, NULL, "a map has at most %d lines",
				     NSM_IDMAP_LINES);
	if (r < 0)
		return nsm_fail_text(config->ctx, r, "map", NSMGR_USER, NULL,
				     "%u:%u:%u is empty, too long, or overlaps another range", extent->inner,
				     extent->outer, extent->count);
	return 0;
}

static int map_single(struct nsmgr_config *config, enum nsmgr_id_kind kind, uint32_t inner, uint32_t outer)
{
	struct nsmgr_extent extent = { .inner = inner, .outer = outer, .count = 1 };

	return nsmgr_config_map(config, kind, &extent);
}

int nsmgr_config_map_root(struct nsmgr_config *config)
{
	int r = map_single(config, NSMGR_UID, 0, geteuid());

	return r < 0 ? r : map_single(config, NSMGR_GID, 0, getegid());
}

int nsmgr_config_map_current(struct nsmgr_config *config)
{
	int r = map_single(config, NSMGR_UID, geteuid(), geteuid());

	return r < 0 ? r : map_single(config, NSMGR_GID, getegid(), getegid());
}

int nsmgr_config_map_auto(struct nsmgr_config *config)
{
	config->asked[NSMGR_USER]++;
	config->map_auto = true;
	return 0;
}

void nsmgr_config_setgroups(struct nsmgr_config *config, bool allow)
{
	config->asked[NSMGR_USER]++;
	config->setgroups = allow ? NSM_SETGROUPS_ALLOW : NSM_SETGROUPS_DENY;
}

void nsmgr_config_owner(struct nsmgr_config *config, uid_t uid, gid_t gid)
{
	config->asked[NSMGR_USER]++;
	config->has_owner = true;
	config->owner_uid = uid;
	config->owner_gid = gid;
}

/* The auto range is 0 upward inside, behind an id 0 that is mapped already. */
static int add_auto_range(struct nsmgr_config *config, enum nsmgr_id_kind kind)
{
	struct nsmgr_extent extent = { 0 };
	struct nsm_idmap *map;
	int r = idmap_of(config, kind, &map);

	if (r == 0)
		r = nsm_subid_range(config->ctx, kind, geteuid(), &extent.outer, &extent.count);
	if (r < 0)
		return r;
	while (nsm_idmap_maps(map, extent.inner))
		extent.inner++;
	r = nsm_idmap_add(map, &extent);
	if (r < 0)
		return nsm_fail_text(config->ctx, r, "map", NSMGR_USER, NULL,
				     "the automatic range %u:%u:%u overlaps another", extent.inner, extent.outer,
				     extent.count);
	return 0;
}

int nsm_config_prepare(struct nsmgr_config *config)
{
	int r = nsmgr_config_check(config);

	if (r < 0 || !(config->make & NSMGR_MASK(NSMGR_USER)))
		return r;
	for (enum nsmgr_id_kind kind = NSMGR_UID; kind <= NSMGR_GID; kind++) {
		struct nsm_idmap *map;

		if (config->map_auto) {
			r = add_auto_range(config, kind);
			if (r < 0)
				return r;
		}
		r = idmap_of(config, kind, &map);
		if (r < 0)
			return r;
		if (map->count == 0) {
			r = nsm_idmap_identity(kind, map);
			if (r < 0)
				return nsm_fail(config->ctx, r, "map", NSMGR_USER, "/proc/self/uid_map");
		}
	}
	config->map_auto = false; /* done: a configuration serves many sets */
	return 0;
}
