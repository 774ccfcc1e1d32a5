/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_CONFINE_H
#define NSM_LIB_CONFINE_H

#include "base/macro.h"

#include <stdint.h>

/* What confines a command. Each part brings the functions that apply it: the front, which has no options for it, has not them
 * either. */

struct nsmgr_command;

/* Bits as in linux/landlock.h. */
struct nsm_landlock_rights {
	uint64_t fs, net, scopes;
};

struct nsm_landlock_path {
	uint64_t access;
	char *path;
};

struct nsm_landlock_ports {
	uint64_t access;
	uint16_t first, last;
};

struct nsm_landlock {
	/* Asks the kernel what it can enforce; where there may be a log. */
	int (*prepare)(struct nsmgr_command *command);
	/* Confines the calling thread; allocates nothing. */
	int (*enforce)(struct nsmgr_command *command);
	void (*free)(struct nsm_landlock *landlock);
	struct nsm_landlock_rights wanted, handled; /* handled: from prepare() */
	size_t path_count, ports_count;
	struct nsm_landlock_path *paths;
	struct nsm_landlock_ports *ports;
};

#define NSM_FILTER_COUNT 16

struct nsm_filter {
	unsigned flags;
	unsigned short count; /* of instructions */
	void *program;
};

struct nsm_filters {
	/* Loads them all for the calling thread; allocates nothing. */
	int (*load)(struct nsmgr_command *command);
	void (*free)(struct nsm_filters *filters);
	size_t count;
	struct nsm_filter list[NSM_FILTER_COUNT];
};

#endif
