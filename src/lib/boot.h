/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_BOOT_H
#define NSM_LIB_BOOT_H

struct nsmgr_ctx;

#define NSM_BOOT_ID_SIZE 40

/* The kernel's name of this boot. Ids of namespaces and mounts mean nothing in another. random(4). */
int nsm_boot_id(char ret[NSM_BOOT_ID_SIZE]);

/* Records why it could not be had, as a failure of opening a store, and gives that. */
int nsm_boot_id_fail(struct nsmgr_ctx *ctx, int r);

#endif
