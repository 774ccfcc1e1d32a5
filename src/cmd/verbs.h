/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_VERBS_H
#define NSM_CMD_VERBS_H

#include "cmd/app.h"

/* Every verb, a file each. */
extern const struct verb verb_apply; /* nsmgr-full */
extern const struct verb verb_attach;
extern const struct verb verb_check; /* nsmgr-full */
extern const struct verb verb_create;
extern const struct verb verb_exec;
extern const struct verb verb_export; /* nsmgr-full */
extern const struct verb verb_freeze; /* nsmgr-full */
extern const struct verb verb_gc; /* nsmgr-full */
extern const struct verb verb_holders;
extern const struct verb verb_identify;
extern const struct verb verb_kill;
extern const struct verb verb_label;
extern const struct verb verb_ls;    /* nsmgr-full */
extern const struct verb verb_monitor; /* nsmgr-full */
extern const struct verb verb_names; /* the front's ls: names only */
extern const struct verb verb_nsid;
extern const struct verb verb_pids;
extern const struct verb verb_pool;
extern const struct verb verb_rename;
extern const struct verb verb_rm;
extern const struct verb verb_run;
extern const struct verb verb_shell; /* nsmgr-full */
extern const struct verb verb_show;
extern const struct verb verb_thaw;  /* nsmgr-full */
extern const struct verb verb_wait;  /* nsmgr-full */

#endif
