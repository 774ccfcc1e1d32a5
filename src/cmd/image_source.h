/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_IMAGE_SOURCE_H
#define NSM_CMD_IMAGE_SOURCE_H

#include "cmd/app.h"

/* What a file system is on. */
struct image_source {
	char *shown; /* as it was given, for messages; of a virtual file system what the mount table shows */
	int fd;	     /* the image or device, opened and looked at once; -EBADF: a virtual file system */
	bool is_file;
	char *device; /* the path of a block device's node that cannot have become another's */
};

#define IMAGE_SOURCE_INIT { .fd = -EBADF }

/* `type` may be NULL. STATUS_DONE, or it was said. */
int image_source_open(const struct app *app, const char *src, const char *type, bool readonly, struct image_source *ret);
void image_source_close(struct image_source *source);

/* Whether the kernel knows a file system of that name as one without a device. */
bool image_type_is_virtual(const char *type);

#endif
