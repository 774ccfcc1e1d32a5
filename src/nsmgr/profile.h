/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSMGR_PROFILE_H
#define NSMGR_PROFILE_H

/* The profile of a set: a text that is kept with it, in its file .profile, which everybody may read. nsmgr(8) records there what a set
 * was made from, as nsmgr.conf(5) describes it; the library keeps it, and gives it no meaning. */

#include <nsmgr/set.h>

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NSMGR_PROFILE_SIZE 61440 /* of a text at most, in bytes */

/* The text has defaults for the commands that are run in the set: nsmgr_set_has_defaults(). */
#define NSMGR_PROFILE_DEFAULTS 1u

/* Have the sets that are made under a name carry this text, which is copied, from their first moment; NULL: none. A set that exists
 * already (NSMGR_CREATE_EXIST_OK) keeps what it has, and a ready set (NSMGR_CREATE_FROM_POOL) is not taken for one with
 * defaults. With a text, nsmgr_unshare(), nsmgr_store_fill() and nsmgr_store_drain() give -EINVAL: a set without a name has none.
 * -E2BIG: more than NSMGR_PROFILE_SIZE bytes; -EINVAL: a flag that there is not. */
int nsmgr_config_profile(struct nsmgr_config *config, const char *text, unsigned flags);

/* The text of a named set, to be freed with free(3). -ENODATA: it has none; -EBADMSG: what is there was not written by us; -EPERM:
 * others than root, the caller and the store's owner can change it, so that it is not to be believed; -ENOENT, -ENOTDIR: no such
 * set; -EINVAL: the name; -ENAMETOOLONG: a component of the store's path. */
int nsmgr_set_profile(struct nsmgr_ctx *ctx, const char *name, char **ret_text);

/* Whether a set that nsmgr_set_open() gave was made with a text with defaults; asks the kernel for nothing. A copy of it, and what was
 * made in memory, has none. */
bool nsmgr_set_has_defaults(const struct nsmgr_set *set);

/* That text, of the very set that was opened, whatever has become of its name; to be freed with free(3). The errors of
 * nsmgr_set_profile() without those of the name. */
int nsmgr_set_defaults(const struct nsmgr_set *set, char **ret_text);

#ifdef __cplusplus
}
#endif

#endif
