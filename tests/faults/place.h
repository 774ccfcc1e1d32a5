/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_FAULTS_PLACE_H
#define NSM_FAULTS_PLACE_H

#include <stdbool.h>

/* What worlds need beside a store, for one worker and all its worlds: a cgroup of its own, which it sees as the root of all, a
 * network namespace with a device that pasta(1) can take over, and an image to be mounted. */

/* What a case cannot do without. */
enum need {
	NEED_CGROUP = 1,
	NEED_PASTA = 2,
	NEED_IMAGE = 4,
};

/* The file system of cgroups, as the worker sees it. */
#define CGROUPS "/run/cgroups"

/* Before the sandbox and after it: the cgroup, named after who calls. */
void place_reserve(void);
void place_release(void);

/* In the sandbox, by the worker. What cannot be had is missing. */
void place_set_up(void);

/* What of these is not here, in words; NULL: nothing. */
const char *place_lacks(unsigned needs);

/* Takes away what a world has left; and waits until what it had mounted is gone. */
void place_clear(void);
void place_settle(void);

const char *place_image(void);

/* Whether a loop device has it. */
bool place_has_loop(void);

#endif
