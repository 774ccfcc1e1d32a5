/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_HANDLE_H
#define NSM_LIB_HANDLE_H

#include "lib/meta.h"
#include "lib/nstype.h"
#include "lib/store.h"
#include "lib/sys.h"

/* The directory of a set, opened and read once. */
struct nsm_setdir {
	struct nsm_store *store; /* borrowed, and so is the name */
	const char *name;
	int fd;
	unsigned types;	 /* those that have a file */
	bool has_meta;
	bool has_marks;	 /* names in /run/netns: ip_netns.h */
	bool elsewhere;	 /* its handles are mounted in another mount namespace */
	struct nsm_meta meta;
	char odd[64];	 /* an entry that is neither a handle nor metadata, or "" */
};

#define NSM_SETDIR_INIT { .fd = -EBADF }

/* Whether a set may have a file of that name beside its handles and marks. */
bool nsm_is_set_file(const char *name);

/* The name was checked by the caller, or comes from a listing. -ENOENT: no such set. `store` has to outlive it. Nothing of *ret is of
 * use after a failure; it is filled in place, for a second one on the stack would cost exec a page. */
int nsm_setdir_open(struct nsm_store *store, const char *name, struct nsm_setdir *ret);

/* The same with the store, which is opened for it as for any look at a set by its name. */
int nsm_setdir_open_named(struct nsmgr_ctx *ctx, const char *name, struct nsm_store *store, struct nsm_setdir *ret);

/* The same without reading the directory: the handles are those of the record. -ESTALE: there is none. */
int nsm_setdir_open_recorded(struct nsm_store *store, const char *name, struct nsm_setdir *ret);

void nsm_setdir_close(struct nsm_setdir *set);
#define nsm_autosetdir nsm_cleanup(nsm_setdir_close)

/* Whether the directory still bears its name: what is being taken apart has lost it before, and what is seen of it then is
 * neither stale nor dead, but gone. */
bool nsm_setdir_is_current(const struct nsm_setdir *set);

/* Whether the record speaks of this boot; what an older one says of ids means nothing. Where the boot cannot be read
 * it does: better a right handle refused than a wrong one taken for right. */
bool nsm_setdir_is_of_this_boot(const struct nsm_setdir *set);

/* Whether the handle at a path, or opened with "", is the very mount that was made: then it is the namespace that was recorded, for
 * the kernel never gives the id of a mount to another one. False where that is not known either: the namespace has to be asked. */
bool nsm_handle_is_ours(const struct nsm_setdir *set, enum nsmgr_type type, int fd, const char *path, struct nsm_statx *ret);

/* The same, described: it is live. Not for a pid namespace, of which that does not tell whether it is. */
bool nsm_handle_glance(const struct nsm_setdir *set, enum nsmgr_type type, int dir, const char *path, struct nsmgr_handle *ret);

/* Opens a handle of the set and says what it is. *ret_fd is -EBADF where there is no namespace to have. Gives the
 * state, or -errno (with the failure recorded) when it could not be looked at. Liveness of a pid
 * namespace is not asked: nsm_init_find(). */
int nsm_handle_probe(struct nsm_setdir *set, enum nsmgr_type type, int *ret_fd);

/* The same for somebody who wants to use it: a verified fd, or a refusal that names the cure: -ESTALE; -EXDEV
 * (elsewhere); -ESRCH (a dead pid namespace); -ENOENT (of a set that is gone by now). */
int nsm_handle_open(struct nsm_setdir *set, enum nsmgr_type type);

/* The pid namespace that the set made, by way of its keeper: where no handle leads to it (a stale one, or one that is mounted
 * elsewhere), the keeper may still live. A descriptor, or -EBADF. */
int nsm_setdir_open_by_keeper(const struct nsm_setdir *set);

/* Whether all of the set may be used: 0, or what the first that may not is refused with. */
int nsm_setdir_check(struct nsm_setdir *set);

/* All that is known of it, for a listing. describe.c */
int nsm_handle_describe(struct nsm_setdir *set, enum nsmgr_type type, bool owner, struct nsmgr_handle *ret);

#endif
