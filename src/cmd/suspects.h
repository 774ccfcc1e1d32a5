/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_SUSPECTS_H
#define NSM_CMD_SUSPECTS_H

#include "cmd/inodes.h"
#include "cmd/procs.h"

/* Processes that may be keepers whose set is gone: by all that a keeper is, never by its name alone. */
struct suspect {
	pid_t pid;
	ino_t pidns, mntns;
	int pidfd;
	char command[128];
	bool held; /* by something other than itself and who lives there */
	size_t inhabitants;
};

struct suspects {
	struct nsmgr_ctx *ctx;
	const char *root; /* of the store */
	struct suspect *array;
	size_t count, size;
	size_t hidden; /* keepers that could not be looked into */
	int why;       /* -errno: one of these */
	size_t unread; /* processes of which it could not be read what they are */
	int error;     /* why, of the last of them */
	size_t unlisted; /* sets and stores of which nobody knows what they have recorded */
	size_t unseen; /* processes and mount namespaces that could not, and may hold what they keep */
	/* the rest is that of the search */
	dev_t root_dev;
	ino_t mntns;	     /* ours */
	struct inodes known; /* pid namespaces that a mount of ours pins, and those that sets have recorded */
};

void suspects_free(struct suspects *suspects);

/* Keepers that were made where this store is mounted, and of which no set of it and no mount of ours knows the pid namespace. Only
 * where procs_are_ours(). */
int suspects_find(struct suspects *suspects);

#endif
