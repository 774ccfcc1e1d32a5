/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_PASSWD_H
#define NSM_LIB_PASSWD_H

#include "base/macro.h"

#include <stdint.h>

#define NSM_USER_NAME_SIZE 256

/* The passwd and group files as they are seen where we are now, read by hand: inside a set they are the set's, and the
 * C library's own look-ups bring the host's modules and daemons into it, or do not work in a static program
 * (nsswitch.conf(5)). passwd(5), group(5). */
struct nsm_user {
	char name[NSM_USER_NAME_SIZE];
	uint32_t uid, gid;
};

/* By name or by number; a number that the file does not know gives -ENOENT too. */
int nsm_passwd_find(const char *who, struct nsm_user *ret);
int nsm_passwd_name(uint32_t uid, char *ret, size_t size);
int nsm_group_find(const char *who, uint32_t *ret_gid);

/* The groups that list the user as a member, behind `gid`. Gives their number; -E2BIG above `size`. */
int nsm_group_list(const char *user, uint32_t gid, uint32_t *ret_gids, size_t size);

#endif
