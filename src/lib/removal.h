/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_REMOVAL_H
#define NSM_LIB_REMOVAL_H

#include "base/deadline.h"
#include "lib/stage.h"

#include <signal.h>

/* One set on its way out. */
struct nsm_removal {
	struct nsm_store *store;
	struct nsm_stage *stage;
	const char *name;
	unsigned flags;
	unsigned plain; /* the types that have one, if there is nothing but these, a record and perhaps labels */
	bool has_marks; /* names in /run/netns */
	unsigned types; /* that have a handle */
	struct nsm_deadline deadline;
	sigset_t signals; /* what the caller has blocked */
	bool missing; /* there is no such set */
	pid_t keeper; /* as recorded: before Linux 6.11 only that leads to an init */
	int cgroup; /* that the set made, or -EBADF */
	int pidns; /* of a pid namespace that the set made and whose init lives, or -EBADF */
};

/* Looks at what stands in the way, waits for it where that was asked for, and takes the set into the stage. Afterwards
 * pidns is the pid namespace that is to be ended, or -EBADF. */
int nsm_removal_hide(struct nsm_removal *removal);

/* Beside NSMGR_REMOVE_KILL: a pid namespace that the set did not make is left alone, and is no reason to refuse. */
#define NSM_REMOVE_KILL_OWN (1u << 16)

/* For a ready set, of which nobody has a name. */
#define NSM_REMOVE_READY (NSMGR_REMOVE_MISSING | NSMGR_REMOVE_KILL | NSM_REMOVE_KILL_OWN)

/* Takes a set apart, as nsmgr_remove() does. remove.c */
int nsm_remove_name(struct nsm_stage *stage, const char *name, unsigned flags, const struct timespec *timeout);

#endif
