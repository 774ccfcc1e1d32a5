/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_SECCOMP_OPTION_H
#define NSM_CMD_SECCOMP_OPTION_H

#include "cmd/launch.h"

/* --seccomp=PROFILE: reads it and looks whether it is right. STATUS_DONE, or a failure that was said. */
int seccomp_option(struct launch *launch, const char *value);

/* Before a set is entered: the filters for a command there, whose capabilities are known by then. STATUS_DONE, or a failure that
 * was said. */
int seccomp_prepare(struct launch *launch, const struct nsmgr_set *set);

/* The text of a built-in profile, or NULL. */
const char *seccomp_builtin(const char *name);

#endif
