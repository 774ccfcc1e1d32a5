/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_CHECK_H
#define NSM_LIB_CHECK_H

#include "lib/mountinfo.h"
#include "lib/store.h"

/* A file below the store: two names at most, or one below ROOT/.pool/HASH. */
#define NSM_BELOW_SIZE 560

/* One look at a store. Findings are made in arrays, as what is wrong with a set is judged as a whole. */
struct nsm_finding {
	enum nsmgr_problem problem;
	enum nsmgr_type type;
	enum nsmgr_mend mend;
	bool mended;
	int error; /* of mending, -errno */
	char name[256];
	char file[NSM_BELOW_SIZE]; /* below the store; "" is the store itself */
	char text[240], cure[400], reason[400];
};

struct nsm_check {
	struct nsmgr_ctx *ctx;
	struct nsm_store store;
	bool is_mount; /* the store's directory is the root of a mount */
	unsigned flags;
	nsmgr_finding_fn *found;
	void *data;
	int left;
	uid_t owner; /* of the store's directory */
	struct nsm_mounts mounts;
};

/* Whether we are to mend what is so. */
bool nsm_check_mends(const struct nsm_check *check, enum nsmgr_mend mend);

/* A finding in its beginnings; `file` is below the store. What is wrong and its cure come by nsm_finding_say(). */
struct nsm_finding nsm_finding(enum nsmgr_problem problem, enum nsmgr_mend mend, const char *name, const char *file);
void nsm_finding_say(struct nsm_finding *finding, const char *fmt, ...) nsm_printf_like(2, 3);
void nsm_finding_cure(struct nsm_finding *finding, const char *fmt, ...) nsm_printf_like(2, 3);

/* What became of mending it: 0, or -errno with the failure recorded in the context. */
void nsm_finding_result(struct nsm_check *check, struct nsm_finding *finding, int r);

/* Tells it to the caller. */
void nsm_check_tell(struct nsm_check *check, const struct nsm_finding *finding);

/* What may not be looked at is said, and is no finding. */
void nsm_check_hidden(struct nsm_check *check, const char *file, int r);

/* The lock of the store, exclusive; nsm_store_unlock(). */
int nsm_check_lock(struct nsm_check *check);

/* Reads the mount table anew. */
int nsm_check_read_mounts(struct nsm_check *check);

/* ---- the parts: 0, or -errno when they could not look at all ---- */

/* Where the store is: opens it. 1: there is nothing more to be looked at. check_place.c */
int nsm_check_place(struct nsm_check *check);

/* check_store.c: whether the directory may be a store at all: it has a .store, a recorded set, a mounted namespace, or nothing; and
 * whether there is anything in it besides hidden files. */
bool nsm_check_is_store(const struct nsm_check *check);
bool nsm_check_has_entries(const struct nsm_check *check);

/* Its mount, and makes what is missing. */
int nsm_check_mount(struct nsm_check *check);

/* check_files.c: the files of the store itself; a file or directory that others may not write to. `forbidden` are the modes that
 * may not be. */
int nsm_check_files(struct nsm_check *check);

struct nsm_expected {
	const char *file; /* below `dir` */
	mode_t kind, forbidden;
};

/* Whether there is something wrong with it: false also where it is not there. */
bool nsm_check_mode(struct nsm_check *check, int dir, const struct nsm_expected *expected, const char *name,
		    const char *shown, struct nsm_finding *ret);
int nsm_check_mend_mode(struct nsm_check *check, int dir, const struct nsm_expected *expected);

int nsm_check_stages(struct nsm_check *check);
int nsm_check_pools(struct nsm_check *check);
int nsm_check_sets(struct nsm_check *check);
int nsm_check_cgroups(struct nsm_check *check);

#endif
