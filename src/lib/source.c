/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/config.h"

#include "base/fd.h"
#include "base/parse.h"
#include "base/text.h"
#include "lib/handle.h"
#include "lib/nstype.h"

#include <fcntl.h>

/* Whether the opened file is a namespace of the type; the message names what it is instead. */
static int verify(struct nsmgr_ctx *ctx, int fd, enum nsmgr_type type, const char *source)
{
	enum nsmgr_type is;
	int r = nsm_nsfd_type(fd, &is);

	if (r == -ENOTTY)
		return nsm_fail_text(ctx, -EINVAL, "source", type, source, "not a namespace");
	if (r < 0)
		return nsm_fail(ctx, r, "source", type, source);
	if (is != type)
		return nsm_fail_text(ctx, -EINVAL, "source", type, source, "is a %s namespace, not %s",
				     nsm_nstypes[is].name, nsm_nstypes[type].name);
	return 0;
}

static int open_file(struct nsmgr_ctx *ctx, enum nsmgr_type type, const char *path, const char *source)
{
	nsm_autoclose int fd = nsm_nsfd_open(AT_FDCWD, path, false);
	int r;

	if (fd == -ENOENT && !nsm_streq(path, source))
		return nsm_fail_text(ctx, -ESRCH, "source", type, source, "no such process");
	if (fd < 0)
		return nsm_fail(ctx, fd, "source", type, source);
	r = verify(ctx, fd, type, source);
	return r < 0 ? r : take_fd(fd);
}

static int open_set(struct nsmgr_ctx *ctx, enum nsmgr_type type, const char *name, const char *source)
{
	nsm_autostore struct nsm_store store = NSM_STORE_INIT;
	nsm_autosetdir struct nsm_setdir set = NSM_SETDIR_INIT;
	int r = nsmgr_check_name(ctx, name);

	if (r == 0)
		r = nsm_store_open(ctx, &store);
	if (r == 0)
		r = nsm_setdir_open(&store, name, &set);
	if (r == -ENOENT)
		return nsm_fail_text(ctx, r, "source", type, source, "no such set");
	if (r < 0)
		return r;
	if (!(set.types & NSMGR_MASK(type)))
		return nsm_fail_text(ctx, -ENOENT, "source", type, source, "the set has no such namespace");
	return nsm_handle_open(&set, type);
}

int nsm_source_open(struct nsmgr_ctx *ctx, enum nsmgr_type type, const char *source)
{
	char path[64];
	struct nsm_text text = NSM_TEXT(path);

	if (source[0] == '@')
		return open_set(ctx, type, source + 1, source);
	if (strchr(source, '/'))
		return open_file(ctx, type, source, source);
	if (!nsm_is_digits(source) || strlen(source) > 10)
		return nsm_fail_text(ctx, -EINVAL, "source", type, source, "neither a path (with a '/'), nor a PID, nor @SET");
	nsm_text_add(&text, "/proc/%s/ns/%s", source, nsm_nstypes[type].name);
	return open_file(ctx, type, path, source);
}
