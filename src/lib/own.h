/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_OWN_H
#define NSM_LIB_OWN_H

#include "lib/ctx.h"

#include <fcntl.h>

/* The directories and files that a store consists of. What somebody has put in the place of one, a link or a mount of something
 * else, is never opened: what would be read, locked, changed or emptied through it is outside (LESSONS security 15). */

/* A directory, by a way below `parent`. -ENOTDIR for what is none of ours, -ENOENT, -errno. */
int nsm_own_dir(int parent, const char *path);

/* A plain file, for reading. -EBADMSG for most of what is none (who has to be certain looks at its mode), -ENOENT, -errno. */
int nsm_own_file(int dir, const char *name);

/* Whether an open file of a set is a plain one (-EBADMSG), and can be changed by nobody but root, us and the owner of the store
 * (-EPERM). */
int nsm_own_judge(int root, int setdir, int fd);

/* Whether something is mounted over a file or directory there. */
bool nsm_own_is_covered(int dir, const char *name);

/* Records the failure of one of them with the path ROOT/`below`, and gives r: -EINVAL in the place of -EBADMSG. */
int nsm_own_fail(struct nsmgr_ctx *ctx, int r, const char *step, const char *below);

#endif
