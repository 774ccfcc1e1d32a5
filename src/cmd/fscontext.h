/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_FSCONTEXT_H
#define NSM_CMD_FSCONTEXT_H

#include "cmd/mount_opts.h"

#include <stddef.h>

/* Makes a mount of the file system `type` from `source`, a block device's path or what a virtual one shows, that is nowhere to be
 * seen: in no mount namespace, and gone with its descriptor, until it is moved to a place. The descriptor, or -errno with the step
 * and, in `reason`, why. */
int fscontext_mount(const char *type, const char *source, const struct mount_opts *opts, const char **ret_step, char *reason,
		    size_t size);

/* What the file system itself had to say of a failure, through its context of fsopen(2): the last of its errors. false: nothing. */
bool fscontext_message(int context, char *message, size_t size);

/* The reason of an errno that mounting gave, where a program's user can do something about it. */
void fscontext_explain(int error, const char *type, char *reason, size_t size);

#endif
