/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_PROFILE_H
#define NSM_LIB_PROFILE_H

#include "lib/config.h"
#include "lib/stage.h"

/* ROOT/NAME/.profile: a text of the caller's. That it has defaults for commands stands in .set, with its size, so that who enters a
 * set that has none pays nothing for them, and one that has some gets all. */
#define NSM_PROFILE_FILE ".profile"

/* Of the set in a stage. */
int nsm_profile_write(struct nsm_stage *stage, const char *text);

int nsm_profile_drop(struct nsm_stage *stage);

/* That of the set in a directory, to be freed. `root` is the store's directory, whose owner was judged when it was opened. -ENODATA:
 * there is none; -EBADMSG: not one of ours, or not of `size` bytes (0: of any); -EPERM: others can write to it. */
int nsm_profile_read(int root, int setdir, uint64_t size, char **ret);

#endif
