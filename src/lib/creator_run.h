/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_CREATOR_RUN_H
#define NSM_LIB_CREATOR_RUN_H

#include "lib/creator.h"

/* What a creator and its keeper tell the manager. */
enum nsm_phase {
	NSM_PHASE_USER,   /* unshared user: write my maps */
	NSM_PHASE_TIME,   /* unshared time: write my offsets */
	NSM_PHASE_HOOK,	  /* unshared all: the hook outside may look at me */
	NSM_PHASE_KEEPER, /* this is my keeper's pid: let it begin */
	NSM_PHASE_READY,  /* all is done; from the keeper where there is one */
	NSM_PHASE_FAILED,
};

struct nsm_report {
	enum nsm_phase phase;
	pid_t keeper;
	struct nsm_failure failure;
};

/* What the child does: unshares, has itself mapped, sets up, starts the keeper, and stays to be looked at until it is
 * killed or the manager is gone. Every signal is blocked. Allocates nothing, for it may have been cloned from a
 * threaded program. */
_Noreturn void nsm_creator_run(struct nsmgr_config *config, const struct nsm_order *order, int socket);

#endif
