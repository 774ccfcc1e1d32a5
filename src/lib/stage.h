/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_STAGE_H
#define NSM_LIB_STAGE_H

#include "lib/labels.h"
#include "lib/meta.h"
#include "lib/store.h"

/* ROOT/.stage/XXXXXXXXXXXX: a hidden directory of one process, in which it makes sets and takes them apart, one after the
 * other, as its sub-directory "set": nobody ever sees half of one. Its owner holds a flock(2) on it; a stage whose
 * lock can be taken was left by a process that was killed, and is swept. Stages have a directory of their own,
 * so that to look for them costs the same with ten thousand sets as with none. */
struct nsm_stage {
	struct nsm_store *store;
	int dir;
	char name[16];
	bool busy;	  /* there is something in it */
	bool modes_exact; /* our umask is 0: what is made has its mode at once */
	unsigned plain;	  /* all that the set has are handles of these types and a record, as far as is known; or 0 */
	bool spares;	  /* who is in the cgroup of the set that is removed is waited for, not killed */
	bool gathers;	  /* handles are not unmounted one by one: basket.h */
	unsigned gathered; /* that wait in the basket */
	int gather_error; /* of those that were let go of: 0, or -errno */
};

#define NSM_STAGE_SET "set"
#define NSM_STAGE_BASKET "basket"
#define NSM_BASKET_SIZE 256u

#define NSM_STAGE_INIT { .dir = -EBADF }

/* One that knows its store is opened by itself when something is begun or hidden in it. */
#define NSM_STAGE_OF(of_store) { .store = (of_store), .dir = -EBADF }

/* A name that no set can have by accident. */
void nsm_stage_random_name(char name[16]);

int nsm_stage_open(struct nsm_store *store, struct nsm_stage *ret);

/* Destructor: discards what is in it, and the stage itself. */
void nsm_stage_close(struct nsm_stage *stage);
#define nsm_autostage nsm_cleanup(nsm_stage_close)

/* Begins an empty set. */
int nsm_stage_begin(struct nsm_stage *stage);

/* Takes a set in: the moment at which it is gone for everybody else. -ENOENT. */
int nsm_stage_hide(struct nsm_stage *stage, const char *name);

/* Binds a namespace to a new file of the set: nsm_nsfd_bind(). */
int nsm_stage_bind(struct nsm_stage *stage, enum nsmgr_type type, int nsfd, uint64_t *ret_mount);

/* The cgroup that the configuration asks for: nsm_cgroup_prepare(). */
int nsm_stage_add_cgroup(struct nsm_stage *stage, const char *name, struct nsmgr_config *config, struct nsm_cgroup *ret,
			 int *ret_fd);

int nsm_stage_write_meta(struct nsm_stage *stage, const struct nsm_meta *meta);

/* The labels of the set in it. stage_labels.c */
int nsm_stage_write_labels(struct nsm_stage *stage, const struct nsm_labels *labels);
int nsm_stage_drop_labels(struct nsm_stage *stage);

/* Puts what was written so into the directory of another set, in the place of its own. */
int nsm_stage_move_labels(struct nsm_stage *stage, int setdir);

/* Gives the set's network namespace the name in /run/netns. nsm_ip_netns_add() */
int nsm_stage_add_ip_netns(struct nsm_stage *stage, const char *name);

/* Gives the set its name. -EEXIST: exactly one of several wins. Nothing that was there is replaced. */
int nsm_stage_publish(struct nsm_stage *stage, const char *name);

/* Whether we may unmount at all: before anything is done that could not be undone. */
int nsm_stage_may_unmount(const struct nsm_stage *stage);

/* Detaches and removes the set. Handles are unmounted and unlinked: the unlink takes the copies in other mount
 * namespaces with it (KERNEL R5). *ret_detached (may be NULL) says whether anything was undone before a failure. */
int nsm_stage_remove(struct nsm_stage *stage, bool *ret_detached);

/* Ends a keeper that the set made, and removes it; what failed before stays recorded. */
void nsm_stage_discard(struct nsm_stage *stage);

/* The same, takes the stage itself away too, and says what hinders: of one that a dead process left. Takes `dir`. */
int nsm_stage_clear(struct nsm_stage *stage);

/* Discards the stages that nobody holds. What cannot be removed is left for the next time. */
void nsm_stage_sweep(struct nsm_store *store);

#endif
