/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_IMAGE_H
#define NSM_CMD_IMAGE_H

#include "cmd/app.h"
#include "cmd/mount_opts.h"

/* A file system that is to be mounted in a set: in an image file, on a block device, or a virtual one of the kernel's.
 *
 * One with a device is made outside, by the process that makes the set, as a mount that is nowhere to be seen yet (fsmount(2)): there the
 * paths are the caller's, /dev has the devices, and a failure comes with the kernel's own words. The mount goes inside as a
 * descriptor. The host's mount table never has it, and whoever is killed at any moment takes it along, its loop device too. A
 * virtual one is made inside, for it may be one of the new namespaces (proc, sysfs, mqueue). */
struct image;

/* `src`: a path, LABEL= UUID= PARTLABEL= PARTUUID=, or the name of a virtual file system; `type` and `opts` (mount(8)) may be NULL. Opens
 * and probes it, and keeps it open. `number` is that of the descriptor that goes inside (nsmgr_config_hand_fd()), no other's of this set.
 * STATUS_DONE, or what was wrong has been said. */
int image_parse(const struct app *app, const char *src, const char *type, const char *opts, unsigned number, struct image **ret);

/* How it is to be mounted; the image's. */
const struct mount_opts *image_mount_opts(const struct image *image);

/* Whether image_prepare() has something to do, for which the set may have no user namespace of its own. */
bool image_has_device(const struct image *image);

/* In the hook outside: makes the mount, and hands it inside. 0, or -errno after nsmgr_config_hook_fail(). */
int image_prepare(const struct image *image, struct nsmgr_config *config);

/* In the hook inside: the mount, which has no place yet, as a descriptor; or -errno with the step, and the reason in words. */
int image_open(const struct image *image, const struct nsmgr_config *config, const char **ret_step, char *reason, size_t size);

/* Of its file system. */
const char *image_type(const struct image *image);

void image_free(struct image *image);

#endif
