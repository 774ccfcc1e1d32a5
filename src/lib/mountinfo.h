/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_MOUNTINFO_H
#define NSM_LIB_MOUNTINFO_H

#include "base/macro.h"

#include <stdint.h>
#include <sys/types.h>

/* The mounts at and below a path, as our mount namespace has them. proc_pid_mountinfo(5) */
struct nsm_mount {
	uint64_t id, parent;
	dev_t dev;
	const char *point, *root; /* `root` of a namespace is "net:[4026531840]" */
	bool shared, slave;
};

struct nsm_mounts {
	char *text;
	struct nsm_mount *array; /* sorted by point; of mounts on each other the lowest comes first */
	size_t count;
};

int nsm_mounts_read(const char *path, struct nsm_mounts *ret);
void nsm_mounts_free(struct nsm_mounts *mounts);
#define nsm_automounts nsm_cleanup(nsm_mounts_free)

/* Those at exactly this point, and how many they are: NULL and 0. */
const struct nsm_mount *nsm_mounts_at(const struct nsm_mounts *mounts, const char *point, size_t *ret_count);

/* That of a number, or NULL. */
const struct nsm_mount *nsm_mounts_find(const struct nsm_mounts *mounts, uint64_t id);

/* Whether anything is mounted below a mount, that is not in its place. */
bool nsm_mounts_has_children(const struct nsm_mounts *mounts, const struct nsm_mount *parent);

#endif
