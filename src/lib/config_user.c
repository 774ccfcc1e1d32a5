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
	int r = nsm_idmap_check_kind(config->ctx, kind);

	if (r == 0)
		r = idmap_of(config, kind, &map);
	if (r < 0)
		return r;
	config->asked[NSMGR_USER]++;
	return nsm_idmap_add_line(config->ctx, map, extent);
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

/* The automatic range goes from 0 upward inside, or from behind what is mapped there already. */
static int find_auto_range(struct nsmgr_config *config, enum nsmgr_id_kind kind, struct nsmgr_extent *ret)
{
	struct nsm_idmap *map = NULL;
	int r = idmap_of(config, kind, &map);

	*ret = (struct nsmgr_extent){ 0 };
	if (r == 0)
		r = nsm_subid_range(config->ctx, kind, geteuid(), &ret->outer, &ret->count);
	for (size_t i = 0; r == 0 && i < map->count;) {
		const struct nsmgr_extent *line = &map->lines[i++];

		if (ret->inner - line->inner < line->count) {
			ret->inner = line->inner + line->count;
			i = 0;
		}
	}
	return r;
}

/* Both ranges are found before one is added, so that it can be tried again. */
static int add_auto_ranges(struct nsmgr_config *config)
{
	struct nsmgr_extent ranges[2];

	for (enum nsmgr_id_kind kind = NSMGR_UID; kind <= NSMGR_GID; kind++) {
		int r = find_auto_range(config, kind, &ranges[kind]);

		if (r < 0)
			return r;
	}
	for (enum nsmgr_id_kind kind = NSMGR_UID; kind <= NSMGR_GID; kind++) {
		const struct nsmgr_extent *range = &ranges[kind];
		int r = nsm_idmap_add(config->maps[kind], range);

		if (r < 0)
			return nsm_fail_text(config->ctx, r, "map", NSMGR_USER, NULL,
					     "the automatic range %u:%u:%u overlaps another", range->inner,
					     range->outer, range->count);
	}
	config->map_auto = false; /* done: a configuration serves many sets */
	return 0;
}

int nsm_config_prepare(struct nsmgr_config *config)
{
	int r = nsmgr_config_check(config);

	if (r < 0 || !nsm_config_makes(config, NSMGR_USER))
		return r;
	if (config->map_auto)
		r = add_auto_ranges(config);
	for (enum nsmgr_id_kind kind = NSMGR_UID; r == 0 && kind <= NSMGR_GID; kind++) {
		struct nsm_idmap *map = NULL;

		r = idmap_of(config, kind, &map);
		if (r < 0 || map->count)
			continue;
		r = nsm_idmap_identity(kind, map);
		if (r < 0)
			nsm_fail(config->ctx, r, "map", NSMGR_USER, "/proc/self/uid_map");
	}
	return r;
}
