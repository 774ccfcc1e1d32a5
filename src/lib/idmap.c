/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/idmap.h"

#include "base/fd.h"
#include "base/parse.h"

#include <fcntl.h>

/* "0 0 4294967295", padded to 33 bytes by the kernel. */
#define PROC_TEXT (NSM_IDMAP_LINES * 34 + 1)

static bool overlap(uint32_t a, uint32_t b, uint32_t a_count, uint32_t b_count)
{
	return a < (uint64_t)b + b_count && b < (uint64_t)a + a_count;
}

int nsm_idmap_add(struct nsm_idmap *map, const struct nsmgr_extent *extent)
{
	if (extent->count == 0 || (uint64_t)extent->inner + extent->count > UINT32_MAX ||
	    (uint64_t)extent->outer + extent->count > UINT32_MAX)
		return -EINVAL;
	if (map->count == NSM_IDMAP_LINES)
		return -E2BIG;
	for (size_t i = 0; i < map->count; i++) {
		const struct nsmgr_extent *line = &map->lines[i];

		if (overlap(line->inner, extent->inner, line->count, extent->count) ||
		    overlap(line->outer, extent->outer, line->count, extent->count))
			return -EINVAL;
	}
	map->lines[map->count++] = *extent;
	return 0;
}

static int parse_number(const char **text, uint32_t *ret)
{
	uint64_t value;
	int r;

	*text += strspn(*text, " \t");
	r = nsm_parse_u64_prefix(text, &value);
	if (r == 0 && value > UINT32_MAX)
		r = -ERANGE;
	if (r == 0)
		*ret = (uint32_t)value;
	return r;
}

int nsm_idmap_add_line(struct nsmgr_ctx *ctx, struct nsm_idmap *map, const struct nsmgr_extent *extent)
{
	int r = nsm_idmap_add(map, extent);

	if (r == -E2BIG)
		return nsm_fail_text(ctx, r, "map", NSMGR_USER, NULL, "a map has at most %d lines", NSM_IDMAP_LINES);
	if (r < 0)
		return nsm_fail_text(ctx, r, "map", NSMGR_USER, NULL, "%u:%u:%u is empty, too long, or overlaps another range",
				     extent->inner, extent->outer, extent->count);
	return 0;
}

int nsm_idmap_check_kind(struct nsmgr_ctx *ctx, enum nsmgr_id_kind kind)
{
	if (kind == NSMGR_UID || kind == NSMGR_GID || kind == NSMGR_PROJID)
		return 0;
	return nsm_fail_text(ctx, -EINVAL, "map", NSMGR_USER, NULL, "no such kind of ids");
}

int nsm_idmap_read_own(enum nsmgr_id_kind kind, struct nsm_idmap *ret)
{
	const char *path = kind == NSMGR_UID ? "/proc/self/uid_map" : "/proc/self/gid_map";
	char text[PROC_TEXT];
	const char *p = text;
	ssize_t len = nsm_read_text_at(AT_FDCWD, path, text, sizeof(text));

	if (len < 0)
		return (int)len;
	ret->count = 0;
	while (*p && ret->count < NSM_IDMAP_LINES) {
		struct nsmgr_extent *line = &ret->lines[ret->count];

		if (parse_number(&p, &line->inner) < 0 || parse_number(&p, &line->outer) < 0 ||
		    parse_number(&p, &line->count) < 0 || *p++ != '\n')
			return -EBADMSG;
		ret->count++;
	}
	return 0;
}

int nsm_idmap_identity(enum nsmgr_id_kind kind, struct nsm_idmap *ret)
{
	int r = nsm_idmap_read_own(kind, ret);

	if (r < 0)
		return r;
	for (size_t i = 0; i < ret->count; i++)
		ret->lines[i].outer = ret->lines[i].inner;
	return 0;
}

bool nsm_idmap_maps(const struct nsm_idmap *map, uint32_t inner)
{
	for (size_t i = 0; i < map->count; i++)
		if (inner - map->lines[i].inner < map->lines[i].count)
			return true;
	return false;
}
