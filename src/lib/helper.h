/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_HELPER_H
#define NSM_LIB_HELPER_H

#include "lib/boot.h"
#include "lib/ctx.h"

/* ROOT/NAME/.helper: the process outside that serves a set. */
#define NSM_HELPER_FILE ".helper"

struct nsm_helper {
	char kind[16];
	pid_t pid;
	uint64_t start; /* of the process, in ticks after the boot: of two with one number only one has it */
	uint64_t pidns; /* inode of the pid namespace that the number is of */
	char boot_id[NSM_BOOT_ID_SIZE];
};

/* Whether it is one of those that are written down, which are no other tool's syntax (LESSONS security 2). */
bool nsm_helper_is_kind(const char *kind);

/* What a process is recorded as. -ESRCH. */
int nsm_helper_of(const char *kind, pid_t pid, struct nsm_helper *ret);

/* Writes it anew to a path below `dir`. -EEXIST. */
int nsm_helper_write(int dir, const char *path, bool mode_exact, const struct nsm_helper *helper);

/* -ENOENT: there is none; -EBADMSG: it is not one of ours, or was cut, or others could have written it: who does so would have
 * any process ended. */
int nsm_helper_read(int root, int setdir, struct nsm_helper *ret);

/* Whether it lives: 1 with a pidfd, 0, or -errno: -EXDEV where this pid namespace has other numbers. */
int nsm_helper_find(const struct nsm_helper *helper, int *ret_pidfd);

/* Ends the one of a set, if it has one, and waits until it is gone. */
int nsm_helper_end(int root, int setdir);

#endif
