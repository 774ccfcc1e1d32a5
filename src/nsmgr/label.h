/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSMGR_LABEL_H
#define NSMGR_LABEL_H

/* Labels: keys with values that a set carries, for whoever looks for it. They are kept with the set, in its file .labels, which
 * everybody may read; nothing but people and programs gives them a meaning. */

#include <nsmgr/store.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NSMGR_LABEL_KEY_SIZE 128    /* of a key at most, in bytes */
#define NSMGR_LABEL_VALUE_SIZE 1024 /* of a value at most, in bytes */
#define NSMGR_LABELS_COUNT 64	    /* of a set at most */
#define NSMGR_LABELS_SIZE 4096	    /* of all keys and values of a set at most, with a byte behind each */

struct nsmgr_label {
	const char *key;   /* letters, digits and '.', '_', '-', '/', of ASCII; a letter or digit at both ends */
	const char *value; /* any bytes but 0, none as well; NULL in a change: take the label away */
};

/* Whether a label may be so: -EINVAL and -E2BIG, with the reason as the failure. */
int nsmgr_label_check(struct nsmgr_ctx *ctx, const struct nsmgr_label *label);

/* Changes labels of a named set: all as told, in this order, or none. Whoever reads them sees those before or those
 * after, and of several writers none is lost: they wait for each other. What is as told already is not written. Needs the right
 * to change the store. -ENOENT, -ENOTDIR: no such set; -E2BIG: too many, or too long; -EINVAL: the name, or a label;
 * -ENAMETOOLONG: a component of the store's path; -EBADMSG: what is in the set's .labels was not written by us; -EXDEV: the
 * store is mounted elsewhere; -ENOSPC, -EROFS. */
int nsmgr_label_set(struct nsmgr_ctx *ctx, const char *name, const struct nsmgr_label changes[], size_t count);

/* The labels of a set at one moment, sorted by the bytes of their keys. A set may have none. */
struct nsmgr_labels;

/* Those of a named set, and of one of a list: any user may read them. Errors as above. */
int nsmgr_labels_new(struct nsmgr_ctx *ctx, const char *name, struct nsmgr_labels **ret_labels);
int nsmgr_list_labels(struct nsmgr_list *list, const char *name, struct nsmgr_labels **ret_labels);
void nsmgr_labels_free(struct nsmgr_labels *labels); /* NULL is fine */

/* 0 and the next one, which lives as long as the labels; 1 at the end, behind which it begins anew. */
int nsmgr_labels_next(struct nsmgr_labels *labels, struct nsmgr_label *ret_label);

/* The value of a key, which lives as long as the labels, or NULL. */
const char *nsmgr_labels_value(const struct nsmgr_labels *labels, const char *key);

/* Have the sets that are made under a name carry a label from their first moment; the last value for a key counts. A set that
 * exists already (NSMGR_CREATE_EXIST_OK) keeps those it has. With one, nsmgr_unshare() and nsmgr_store_fill() give -EINVAL:
 * a set without a name has no labels. -EINVAL, -E2BIG as above; -EINVAL also for a value of NULL. */
int nsmgr_config_label(struct nsmgr_config *config, const char *key, const char *value);

#ifdef __cplusplus
}
#endif

#endif
