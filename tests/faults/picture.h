/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_FAULTS_PICTURE_H
#define NSM_FAULTS_PICTURE_H

#include <stdbool.h>
#include <stddef.h>

/* What there is of a set, or of everything that belongs to none: each file with its mode, each namespace, mount and process. Once
 * as it is, and once without what is different each time: numbers. */
struct part {
	char *name; /* "" for the rest; ready sets are "pool/NAME" */
	char *exact, *alike;
};

#define MAX_PARTS 16

struct picture {
	struct part parts[MAX_PARTS]; /* the first is the rest */
	size_t count;
	unsigned roots;	       /* mounts of the store on itself */
	unsigned empty_stages; /* left for a sweep, with nothing in them; no part either */
	unsigned drafts;       /* of .config, which the next who fills that pool writes anew */
};

/* False when it cannot be looked at. What the first use of a store leaves (its directories, .lock, .store, .pool and its mount)
 * is no part of it: it may stay when that use fails. */
bool picture_take(struct picture *ret);
void picture_free(struct picture *picture);

const struct part *picture_find(const struct picture *picture, const char *name);
bool part_is_ready_set(const struct part *part);

/* Which of two moments a picture is like. */
enum likeness {
	AS_BEFORE,
	AS_AFTER,
	AS_BOTH, /* each set as at one of them */
	AS_NEITHER,
};

/* `after` is of another run, so alike is as much as it can be; what was there before is the same still, unless it is `renewed`.
 * With `each_alone`, AS_BOTH is possible. `ret_what` becomes the name of a part that is as at neither. */
enum likeness picture_compare(const struct picture *now, const struct picture *before, const struct picture *after,
			      bool each_alone, bool renewed, const char **ret_what);

#endif
