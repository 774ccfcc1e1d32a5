/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_LABELS_H
#define NSM_LIB_LABELS_H

#include "base/macro.h"
#include "nsmgr.h"

/* ROOT/NAME/.labels: a file of its own, so that who enters a set, and reads .set for that, pays nothing for labels. A line is
 * "KEY=VALUE", the value escaped as nsm_escape() does it. */
#define NSM_LABELS_FILE ".labels"

struct nsm_labels {
	size_t count, len;
	char text[NSMGR_LABELS_SIZE]; /* KEY 0 VALUE 0 ..., sorted by key */
};

/* Why a label may not be so, or NULL; *ret_error is -EINVAL or -E2BIG then. */
const char *nsm_label_fault(const struct nsmgr_label *label, int *ret_error);

/* The first label, or the one behind another; false at the end. `label` is empty ({ NULL }) to begin with. */
bool nsm_labels_next(const struct nsm_labels *labels, struct nsmgr_label *label);

/* Adds a valid label, in the place of one with its key, or takes it away. -E2BIG: it does not fit. */
int nsm_labels_put(struct nsm_labels *labels, const struct nsmgr_label *label);

/* A set without the file has none. -EBADMSG: not one of ours. */
int nsm_labels_read(int setdir, struct nsm_labels *ret);

/* Writes them anew to a path below `dir`, mode 0644; with `mode_exact` the umask is known to be 0. */
int nsm_labels_write(int dir, const char *path, bool mode_exact, const struct nsm_labels *labels);

#endif
