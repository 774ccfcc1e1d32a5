/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSMGR_CHECK_H
#define NSMGR_CHECK_H

/* What is wrong with a store, and mending it. */

#include <nsmgr/ctx.h>

#ifdef __cplusplus
extern "C" {
#endif

enum nsmgr_problem {
	NSMGR_PROBLEM_UNSAFE,	   /* others could change it, or it is not a file of the right kind */
	NSMGR_PROBLEM_ELSEWHERE,   /* the handles are in another mount namespace: nothing else is looked at */
	NSMGR_PROBLEM_UNMOUNTED,   /* the store is not the mount that its handles belong on */
	NSMGR_PROBLEM_PROPAGATION, /* the store's mount is shared, or receives mounts */
	NSMGR_PROBLEM_STACKED,	   /* several mounts lie on each other */
	NSMGR_PROBLEM_STALE,	   /* a handle's file without its mount */
	NSMGR_PROBLEM_MISSING,	   /* a handle that was recorded, and has no file */
	NSMGR_PROBLEM_FOREIGN,	   /* not the namespace that was recorded, or of the wrong type */
	NSMGR_PROBLEM_DEAD,	   /* a pid namespace without a living init */
	NSMGR_PROBLEM_EMPTY,	   /* a set without a handle */
	NSMGR_PROBLEM_OLD,	   /* recorded by an older boot */
	NSMGR_PROBLEM_METADATA,	   /* what is recorded of a set is missing, damaged, or not what is there */
	NSMGR_PROBLEM_STAGE,	   /* a set half made or half removed, by a process that was killed */
	NSMGR_PROBLEM_POOL,	   /* a ready set that cannot be given out, or a pool without its options */
	NSMGR_PROBLEM_NAME,	   /* a name that no function accepts or in /run/netns too many or few; a file that is none of ours */
	NSMGR_PROBLEM_CGROUP,	   /* a set that has lost its cgroup, or a cgroup that was made for a set which is gone */
	NSMGR_PROBLEM_HELPER,	   /* the process that serves the set has ended, or nothing tells which it is */
	NSMGR_PROBLEM_COUNT
};

/* "unsafe", "elsewhere" ...; NULL for a number that is no problem. */
const char *nsmgr_problem_name(enum nsmgr_problem problem);

enum nsmgr_mend {
	NSMGR_MEND_BY_HAND,   /* by nobody but the user */
	NSMGR_MEND_BY_REPAIR, /* by NSMGR_CHECK_REPAIR */
	NSMGR_MEND_BY_GC      /* by NSMGR_CHECK_GC as well: nobody could have used it */
};

struct nsmgr_finding {
	enum nsmgr_problem problem;
	enum nsmgr_type type;  /* of the handle concerned, or NSMGR_TYPE_NONE */
	enum nsmgr_mend mend;  /* who can mend it */
	const char *name;      /* of the set, stage or ready set; "" for the store itself */
	const char *path;      /* the file concerned */
	const char *text;      /* what is wrong */
	const char *cure;      /* what mending does; BY_HAND: what to do */
	bool mended;
	int error;	       /* why it could not be mended, an errno; 0: it was not tried */
	const char *reason;    /* the same in words; "" */
};

/* Called for each finding, after it was mended where that was asked for. The strings live until it returns. It may not use the
 * context but for nsmgr_get_root(). */
typedef void nsmgr_finding_fn(void *data, const struct nsmgr_finding *finding);

#define NSMGR_CHECK_GC 1u     /* mend what is BY_GC: dead stages, sets and ready sets of which nothing can be used */
#define NSMGR_CHECK_REPAIR 2u /* mend what is BY_GC and BY_REPAIR */

/* Looks at all of the store, and mends what the flags say. Gives how many findings are left, 0 also for a store that is not there;
 * what it may not look at goes to the log, nsmgr_set_log(). A set that others make, remove or rename meanwhile is never a finding.
 * A handle that was lost is restored only while its very namespace lives, by the 64-bit id that was recorded (Linux 6.18, with
 * CAP_SYS_ADMIN in the first user namespace) or by its keeper; a set is removed only when none of its handles can be used nor be
 * restored; nothing ever makes a set smaller. Mending takes the lock that nsmgr_remove() takes, a set at a time, and CHANGES MOUNTS
 * of the caller's mount namespace. Without flags nothing is changed. -EINVAL: a flag, or the store's path; -ENOTDIR,
 * -ENAMETOOLONG: the path. */
int nsmgr_check(struct nsmgr_ctx *ctx, unsigned flags, nsmgr_finding_fn *found, void *data);

#ifdef __cplusplus
}
#endif

#endif
