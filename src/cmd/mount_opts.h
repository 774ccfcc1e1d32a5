/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_MOUNT_OPTS_H
#define NSM_CMD_MOUNT_OPTS_H

#include "base/macro.h"

#include <sys/types.h>

/* What a list of mount options, as of mount(8), asks for. */
struct mount_opts {
	unsigned set;		 /* attributes of the mount (sys_mount.h): the defaults, as the list changes them */
	unsigned told_off;	 /* those that the list takes away by name: "suid", "rw" */
	bool told_atime;	 /* the list says how access times are kept */
	unsigned long propagation; /* MS_SHARED ..., or 0 */
	bool alone;		 /* "bind": without what is mounted below the source */
	const char *sb[8];	 /* flags of the whole file system, "sync" ..., ended by NULL */
	bool mkdir;		 /* X-mount.mkdir */
	mode_t mkdir_mode;
	char *data; /* what is left, for the file system; NULL: nothing */
};

/* Parses a list (NULL: none) over the defaults in ret->set. 0, or -errno after writing what is wrong to `why`. */
int mount_opts_parse(const char *list, struct mount_opts *ret, char *why, size_t size);
void mount_opts_free(struct mount_opts *opts);

/* Splits the next option off *cursor: its name and its value (NULL: none) in `buf`; false at the end, or where it does not fit,
 * which `ret_cut` tells. */
bool mount_opts_next(const char **cursor, char *buf, size_t size, const char **ret_value, bool *ret_cut);

#endif
