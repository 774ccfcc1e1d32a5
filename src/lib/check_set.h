/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_CHECK_SET_H
#define NSM_LIB_CHECK_SET_H

#include "lib/check.h"
#include "lib/handle.h"

#define NSM_LOOK_FINDINGS 40

/* One set, looked at once. */
struct nsm_look {
	struct nsm_check *check;
	struct nsm_setdir set;
	int meta_error; /* of reading .set: 0, -ENOENT, -EBADMSG ... */
	bool current;	/* .set is of this boot */
	bool odd;	/* there is something about it that only the user can judge */
	int state[NSMGR_TYPE_COUNT]; /* enum nsmgr_state of those that have a file, -1 of those that have none */
	bool stacked[NSMGR_TYPE_COUNT];
	bool restorable[NSMGR_TYPE_COUNT]; /* the right namespace can be had, and mounted there alone */
	bool marks; /* there are findings of nsm_look_at_mark() */
	bool removable; /* nothing of it can be used, nor will be: mending is removing */
	struct nsm_finding *findings;	   /* NSM_LOOK_FINDINGS of them */
	size_t count;
};

/* -ENOENT: there is no such set any more; other errors are for who may not look. Needs no lock; under it nothing changes. */
int nsm_look_at(struct nsm_check *check, const char *name, struct nsm_look *look);
void nsm_look_end(struct nsm_look *look);

/* One more; NULL when there is no room. */
struct nsm_finding *nsm_look_add(struct nsm_look *look, enum nsmgr_problem problem, enum nsmgr_type type, const char *file);

/* The mounts over a handle, by the table that was read last. nsm_mounts_at() */
const struct nsm_mount *nsm_look_stack(const struct nsm_look *look, enum nsmgr_type type, size_t *ret_count);

/* check_marks.c: what the set's directory says of its names in /run/netns. */
void nsm_look_at_mark(struct nsm_look *look, const char *mark);
bool nsm_finding_is_mark(const struct nsm_finding *finding);
int nsm_look_mend_marks(struct nsm_look *look);

/* check_judge.c: who can mend each, and how. */
void nsm_look_judge(struct nsm_look *look);

/* check_record.c: its files; and, once its handles are known, those that were added by hand. */
void nsm_look_at_record(struct nsm_look *look);
void nsm_look_for_unrecorded(struct nsm_look *look);

/* Whether the helper of the set lives. check_helper.c */
void nsm_look_at_helper(struct nsm_look *look);

/* check_mend.c: the namespace that a handle should have: a descriptor or -EBADF. */
int nsm_look_open(struct nsm_look *look, enum nsmgr_type type);

/* check_mend.c: whether that namespace lies upon another one, which nothing else may keep: it stays, and so both do. */
bool nsm_look_is_upon_another(const struct nsm_look *look, enum nsmgr_type type, int nsfd);

/* Mends what is asked for, under the lock. */
void nsm_look_mend(struct nsm_look *look);

/* Whether its cgroup is there. check_cgroup.c */
void nsm_look_at_cgroup(struct nsm_look *look);

#endif
