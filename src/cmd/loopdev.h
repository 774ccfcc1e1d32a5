/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_LOOPDEV_H
#define NSM_CMD_LOOPDEV_H

#include "base/macro.h"

#include <stdint.h>

/* A loop device over an image, through libmount. The kernel frees it with the last who has it open, a mount counting as one: it was told
 * so (autoclear) in the very call that gave it the image, so that a KILL at any moment leaves none. */
struct loopdev;

/* Over `size` bytes from `offset` of the regular file `fd`; 0: to its end. Where another loop device has the same part of the same
 * file, that one is taken, for two superblocks over one image would destroy it. -EROFS: that one is read-only; -EBUSY: it has another
 * part that overlaps; -ESTALE: the path behind `fd` is another file now; -ENOENT: it has none. */
int loopdev_open(int fd, bool readonly, uint64_t offset, uint64_t size, struct loopdev **ret_loopdev);

/* Its path in /dev, the struct's. */
const char *loopdev_path(const struct loopdev *loopdev);

void loopdev_close(struct loopdev **loopdev);

#endif
