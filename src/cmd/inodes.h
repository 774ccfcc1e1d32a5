/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_INODES_H
#define NSM_CMD_INODES_H

#include "base/macro.h"

#include <stdint.h>

/* A set of numbers other than 0: what was met already. */
struct inodes {
	uint64_t *slots; /* hashed, open; 0 is a free one */
	size_t count, size;
};

void inodes_free(struct inodes *inodes);
bool inodes_have(const struct inodes *inodes, uint64_t number);

/* 1: it is new; 0: it was there; -ENOMEM */
int inodes_add(struct inodes *inodes, uint64_t number);

#endif
