/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_PLACE_H
#define NSM_LIB_PLACE_H

#include "lib/nsfd.h"

/* Where the handles of a store are mounted, by what its .store says. */
enum nsm_place {
	NSM_HERE,
	NSM_NOWHERE,  /* in no mount that is left: what lies there is stale, and the store can be made anew */
	NSM_ELSEWHERE /* in another mount namespace, or through another mount */
};

/* `boot_id` is that of now, or "" where nobody has read it yet. */
enum nsm_place nsm_place_find(int root, uint64_t mount_id, bool is_mount, const char *boot_id);

/* The length of the path of a store in which the path lies; 0: in none. */
size_t nsm_place_within(const char *path);

/* The mount namespace that we are in. */
int nsm_place_own(struct nsmgr_id *ret);

/* Where they are, in words, and what leads there. */
struct nsm_text;
void nsm_place_explain(int root, struct nsm_text *what, struct nsm_text *cure);

#endif
