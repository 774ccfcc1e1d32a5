/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/profile.h"

#include "base/fd.h"
#include "lib/edge.h"
#include "lib/handle.h"
#include "lib/own.h"
#include "lib/set.h"

#include <unistd.h>

int nsm_profile_write(struct nsm_stage *stage, const char *text)
{
	int r = nsm_write_new_at(stage->dir, NSM_STAGE_SET "/" NSM_PROFILE_FILE, stage->modes_exact, text, strlen(text));

	return r < 0 ? nsm_fail(stage->store->ctx, r, "profile", NSMGR_TYPE_NONE, NULL) : 0;
}

int nsm_profile_drop(struct nsm_stage *stage)
{
	return unlinkat(stage->dir, NSM_STAGE_SET "/" NSM_PROFILE_FILE, 0) < 0 && errno != ENOENT ? -errno : 0;
}

/* ---- reading ---- */

int nsm_profile_read(int root, int setdir, uint64_t size, char **ret)
{
	nsm_autoclose int fd = nsm_own_file(setdir, NSM_PROFILE_FILE);
	nsm_autofree char *text = NULL;
	ssize_t len;
	int r;

	if (fd < 0)
		return fd == -ENOENT ? -ENODATA : fd;
	/* Who can write there decides what commands are run as. */
	r = nsm_own_judge(root, setdir, fd);
	if (r < 0)
		return r;
	text = malloc(NSMGR_PROFILE_SIZE + 2);
	if (!text)
		return -ENOMEM;
	len = nsm_read_text(fd, text, NSMGR_PROFILE_SIZE + 2);
	if (len == -EFBIG || (len >= 0 && (strlen(text) != (size_t)len || len > NSMGR_PROFILE_SIZE)))
		return -EBADMSG;
	/* With a line less the commands would run as somebody else, or with more privilege. */
	if (len >= 0 && size && (uint64_t)len != size)
		return -EBADMSG;
	if (len < 0)
		return (int)len;
	*ret = take_ptr(text);
	return 0;
}

static int fail(struct nsmgr_ctx *ctx, int r, const char *name)
{
	const char *what = r == -EPERM ? "belongs to others, or others can write to it" : "is damaged";

	if (r == -ENODATA)
		return nsm_fail_text(ctx, r, "profile", NSMGR_TYPE_NONE, NULL, "the set has none");
	if (r != -EBADMSG && r != -EPERM)
		return nsm_fail(ctx, r, "profile", NSMGR_TYPE_NONE, NULL);
	return nsm_fail_text(ctx, r, "profile", NSMGR_TYPE_NONE, NULL,
			     "its file " NSM_PROFILE_FILE " %s (look at '%s/%s/" NSM_PROFILE_FILE "', and create the set again)",
			     what, ctx->root, name);
}

static int read_named(struct nsmgr_ctx *ctx, const char *name, char **ret_text)
{
	nsm_autostore struct nsm_store store = NSM_STORE_INIT;
	nsm_autosetdir struct nsm_setdir set = NSM_SETDIR_INIT;
	int r = nsm_setdir_open_named(ctx, name, &store, &set);

	if (r < 0)
		return r;
	r = nsm_profile_read(store.root, set.fd, set.meta.defaults, ret_text);
	return r < 0 ? fail(ctx, r, name) : 0;
}

int nsmgr_set_profile(struct nsmgr_ctx *ctx, const char *name, char **ret_text)
{
	return nsm_edge(ctx, NSM_EDGE_set_profile, read_named(ctx, name, ret_text));
}

bool nsmgr_set_has_defaults(const struct nsmgr_set *set)
{
	return set->dir >= 0;
}

int nsmgr_set_defaults(const struct nsmgr_set *set, char **ret_text)
{
	int r = set->dir < 0 ? -ENODATA : nsm_profile_read(set->store.root, set->dir, set->defaults, ret_text);

	return nsm_edge(set->ctx, NSM_EDGE_set_defaults, r < 0 ? fail(set->ctx, r, set->name) : 0);
}

/* ---- for sets to be made ---- */

int nsmgr_config_profile(struct nsmgr_config *config, const char *text, unsigned flags)
{
	char *copy = NULL;

	if (flags & ~NSMGR_PROFILE_DEFAULTS)
		return nsm_refuse_flags(config->ctx);
	if (text && strlen(text) > NSMGR_PROFILE_SIZE)
		return nsm_fail_text(config->ctx, -E2BIG, "profile", NSMGR_TYPE_NONE, NULL, "has at most %d bytes",
				     NSMGR_PROFILE_SIZE);
	if (text) {
		copy = strdup(text);
		if (!copy)
			return nsm_fail(config->ctx, -ENOMEM, "profile", NSMGR_TYPE_NONE, NULL);
	}
	free(config->profile);
	config->profile = copy;
	config->defaults = copy && (flags & NSMGR_PROFILE_DEFAULTS);
	return 0;
}

int nsm_config_refuse_profile(struct nsmgr_config *config)
{
	return config->profile ? nsm_fail_text(config->ctx, -EINVAL, "profile", NSMGR_TYPE_NONE, NULL,
					       "a set without a name has none")
			       : 0;
}
