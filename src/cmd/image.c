/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/image.h"

#include "base/fd.h"
#include "base/text.h"
#include "cmd/fscontext.h"
#include "cmd/image_opts.h"
#include "cmd/image_source.h"
#include "cmd/loopdev.h"
#include "cmd/probe.h"

struct image {
	struct image_source source;
	struct image_opts opts;
	char *type;
	unsigned number; /* of the mount's descriptor inside */
};

/* ---- before anything is done ---- */

static int detect(const struct app *app, struct image *image)
{
	const char *shown = image->source.shown;
	char type[PROBE_TYPE_SIZE];
	int r = probe_type(image->source.fd, image->opts.offset, image->opts.sizelimit, type);

	switch (r) {
	case PROBE_FOUND:
		image->type = strdup(type);
		return image->type ? STATUS_DONE : say_plain(app, "out of memory");
	case PROBE_NOTHING:
		return say_usage(app, "--fs: no file system is found in '%s' (cure: name its type)", shown);
	case PROBE_AMBIGUOUS:
		return say_usage(app, "--fs: '%s' has the marks of more than one file system (cure: name its type, or wipefs(8))",
				 shown);
	case PROBE_OTHER:
		return say_usage(app, "--fs: '%s' is no file system but %s", shown, type);
	default:
		return say_usage(app, "--fs: cannot read '%s': %s", shown, strerror(-r));
	}
}

static int complete(const struct app *app, struct image *image, const char *type)
{
	if (image->opts.loop && !image->source.is_file)
		return say_usage(app, "--fs: loop, offset and sizelimit are for image files, which '%s' is not", image->source.shown);
	if (!type && image->source.fd >= 0)
		return detect(app, image);
	image->type = strdup(type ? type : image->source.shown);
	return image->type ? STATUS_DONE : say_plain(app, "out of memory");
}

static int parse(const struct app *app, const char *src, const char *type, const char *opts, struct image *image)
{
	int status = image_opts_parse(app, opts, &image->opts);

	if (status == STATUS_DONE)
		status = image_source_open(app, src, type, image_opts_readonly(&image->opts), &image->source);
	return status == STATUS_DONE ? complete(app, image, type) : status;
}

int image_parse(const struct app *app, const char *src, const char *type, const char *opts, unsigned number, struct image **ret)
{
	struct image *image = calloc(1, sizeof(*image));
	int status;

	if (!image)
		return say_plain(app, "out of memory");
	image->source = (struct image_source)IMAGE_SOURCE_INIT;
	image->number = number;
	status = parse(app, src, type && *type && !nsm_streq(type, "auto") ? type : NULL, opts, image);
	if (status == STATUS_DONE)
		*ret = image;
	else
		image_free(image);
	return status;
}

void image_free(struct image *image)
{
	if (!image)
		return;
	image_source_close(&image->source);
	image_opts_free(&image->opts);
	free(image->type);
	free(image);
}

const struct mount_opts *image_mount_opts(const struct image *image)
{
	return &image->opts.mount;
}

bool image_has_device(const struct image *image)
{
	return image->source.fd >= 0;
}

/* ---- outside ---- */

static int fail_loop(const struct image *image, struct nsmgr_config *config, int r)
{
	const char *why = r == -EBUSY	? "another loop device has a part of it that overlaps with this one"
			  : r == -EROFS ? "it has a loop device already, which is read-only (cure: end its user first)"
			  : r == -ESTALE || r == -ENOENT ? "another file was put in its place meanwhile"
							 : strerror(-r);

	return nsmgr_config_hook_fail(config, r, "loop device", NSMGR_MNT, image->source.shown, why);
}

int image_prepare(const struct image *image, struct nsmgr_config *config)
{
	const struct image_opts *opts = &image->opts;
	nsm_cleanup(loopdev_close) struct loopdev *loop = NULL;
	nsm_autoclose int mount = -EBADF;
	const char *step;
	char reason[256];
	int r;

	if (!image_has_device(image))
		return 0;
	if (image->source.is_file) {
		r = loopdev_open(image->source.fd, image_opts_readonly(opts), opts->offset, opts->sizelimit, &loop);
		if (r < 0)
			return fail_loop(image, config, r);
	}
	r = mount = fscontext_mount(image->type, loop ? loopdev_path(loop) : image->source.device, &opts->mount, &step, reason,
				    sizeof(reason));
	if (r < 0)
		return nsmgr_config_hook_fail(config, r, step, NSMGR_MNT, image->source.shown, reason);
	r = nsmgr_config_hand_fd(config, image->number, mount);
	return r < 0 ? nsmgr_config_hook_fail(config, r, "hand inside", NSMGR_MNT, image->source.shown, strerror(-r)) : 0;
}

/* ---- inside ---- */

int image_open(const struct image *image, const struct nsmgr_config *config, const char **ret_step, char *reason, size_t size)
{
	int mount;

	if (!image_has_device(image))
		return fscontext_mount(image->type, image->source.shown, &image->opts.mount, ret_step, reason, size);
	*ret_step = "hand inside";
	mount = nsm_dup(nsmgr_config_handed_fd(config, image->number));
	if (mount < 0)
		nsm_copy(reason, size, strerror(-mount));
	return mount;
}

const char *image_type(const struct image *image)
{
	return image->type;
}
