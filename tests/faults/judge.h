/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_FAULTS_JUDGE_H
#define NSM_FAULTS_JUDGE_H

#include "picture.h"
#include "trace.h"
#include "world.h"

/* What a fault came to. */
enum outcome {
	DONE,	 /* status 0, and all is as after the verb */
	REFUSED, /* status 1, a message, and all is as before */
	PARTLY,	 /* the same for each of several sets: some are made or gone, and the message tells of the others */
	SAID_NOT, /* status 1, a message, but all is as after */
	HIDDEN,	 /* status 1, a message; a removal that was begun, which the next sweep ends */
	UNSWEPT, /* status 0, and all is as after, but for an empty stage that the next sweep takes away */
	UNPOOLED, /* the same, but for a ready set that could not be judged and was taken away */
	KILLED,	 /* as before, or as after, at once */
	MENDED,	 /* one create and rm away from that: what the killed one left is swept */
	ORPHANED, /* the keeper was killed; the set is listed as dead, and rm takes it away */
	LEFT,	  /* a check that could not look at all or mend all, and says so; the next one mends it */
	UNMET,	  /* no run made that call again, so that nothing was tried */
	BAD,
	OUTCOMES
};

extern const char *const outcome_names[OUTCOMES];

struct verdict {
	enum outcome outcome;
	char why[768]; /* of BAD */
};

/* Makes the world of the case, runs its verb with the fault, and looks at what became of it all. `after`: what the verb leads to
 * when it works. */
void try_fault(const struct programs *programs, const struct a_case *of, const struct fault *fault,
	       const struct picture *after, struct verdict *ret);

#endif
