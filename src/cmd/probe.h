/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_PROBE_H
#define NSM_CMD_PROBE_H

#include "base/macro.h"

#include <stdint.h>

/* What is in an image or a device. The only user of libblkid. */

#define PROBE_TYPE_SIZE 32

enum probe_result {
	PROBE_FOUND,
	PROBE_NOTHING,	 /* no file system that is known */
	PROBE_AMBIGUOUS, /* the marks of more than one */
	PROBE_OTHER,	 /* known, but nothing to mount: a swap area, a member of an array, a partition table */
};

/* Looks at `size` bytes from `offset`, or at all of it to the end (0), for a file system. *ret_type is what was found, also for
 * PROBE_OTHER. -errno where it cannot be read. */
int probe_type(int fd, uint64_t offset, uint64_t size, char ret_type[PROBE_TYPE_SIZE]);

/* Whether this is one of LABEL= UUID= PARTLABEL= PARTUUID=. */
bool probe_is_tag(const char *source);

/* The device that has such a tag now, to be freed; looked for on the devices themselves, nothing is remembered in a file. -ENOENT: there
 * is none. */
int probe_find(const char *source, char **ret_device);

/* The path of a block device's node in /dev, to be freed; NULL: there is none. */
char *probe_device_path(uint64_t device);

#endif
