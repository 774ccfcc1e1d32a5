/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_TESTS_EDGE_WORLD_H
#define NSM_TESTS_EDGE_WORLD_H

/* What there is for the functions of edge_ops.h to work on: sets "web", "old" and "older", a ready set in the store, a directory
 * "mounts" of the test's, and what is here. */

#include "fixture.h"

struct edge_world {
	struct nsmgr_config *config, *simple; /* one of all types, and of one */
	struct nsmgr_set *set;		      /* of "web" */
	struct nsmgr_command *runner;
	struct resident resident; /* in namespaces of his own */
	int pidfd;		  /* his */
};

extern struct edge_world world;

void world_make(void);
void world_end(void);

/* Before each attempt: what it may take away has to be there; and behind it, what it may make. */
void world_refresh(void);
void world_tidy(void);

#endif
