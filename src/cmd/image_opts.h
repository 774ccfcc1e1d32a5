/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_IMAGE_OPTS_H
#define NSM_CMD_IMAGE_OPTS_H

#include "cmd/app.h"
#include "cmd/mount_opts.h"
#include "cmd/sys_mount.h"

#include <stdint.h>

/* The options of a file system in an image or on a device. */
struct image_opts {
	struct mount_opts mount;
	uint64_t offset, sizelimit; /* the part of an image, in bytes; 0: to its end */
	bool loop;		    /* a loop device was asked for by name, or a part */
};

/* Read-only, nosuid and nodev unless `list` (or NULL) says rw, suid, dev: what is in an image comes from elsewhere. STATUS_DONE, or it
 * was said. */
int image_opts_parse(const struct app *app, const char *list, struct image_opts *ret);
void image_opts_free(struct image_opts *opts);

static inline bool image_opts_readonly(const struct image_opts *opts)
{
	return opts->mount.set & SYS_ATTR_RDONLY;
}

#endif
