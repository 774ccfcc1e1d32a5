/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_META_H
#define NSM_LIB_META_H

#include "lib/boot.h"
#include "lib/cgroup.h"
#include "lib/nsfd.h"

/* ROOT/NAME/.set: what the kernel cannot tell about a set, and what it is checked against. */
#define NSM_META_FILE ".set"

struct nsm_record {
	enum nsmgr_origin origin; /* NSMGR_ORIGIN_UNKNOWN: not recorded */
	struct nsmgr_id id;	  /* dev is 0: it is not recorded */
	uint64_t mount_id;	  /* of the handle, never used again before the next boot; 0: not known */
};

struct nsm_meta {
	char boot_id[NSM_BOOT_ID_SIZE];
	uint64_t mount_id; /* of the ROOT that the handles are below */
	struct timespec created;
	pid_t keeper;
	uint64_t defaults; /* bytes of its .profile, which has some for commands; 0: it has none */
	struct nsm_record types[NSMGR_TYPE_COUNT];
	struct nsm_cgroup cgroup;
};

/* -ENOENT: there is none (a set made by hand); -EBADMSG: it is not one of ours, or was cut; anything else says nothing about the
 * set. *ret is filled in place, and empty after a failure. Three system calls. */
int nsm_meta_read(int setdir, struct nsm_meta *ret);
int nsm_meta_read_at(int dir, const char *path, struct nsm_meta *ret);

/* Writes it anew to a path below `dir`, mode 0644; with `mode_exact` the umask is known to be 0. Its last line tells a
 * reader that nothing is missing. */
int nsm_meta_write(int dir, const char *path, bool mode_exact, const struct nsm_meta *meta);

/* The types that are recorded, and those recorded as made. */
unsigned nsm_meta_types(const struct nsm_meta *meta);
unsigned nsm_meta_made(const struct nsm_meta *meta);

#endif
