/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_STOREFILE_H
#define NSM_LIB_STOREFILE_H

#include "lib/boot.h"
#include "lib/nsfd.h"

#define NSM_STORE_FILE ".store"
#define NSM_STORE_FILE_NEW ".store.new"

/* ROOT/.store: where the handles are. Mounts are not shared between mount namespaces, files are: seen from another
 * one a live set looks like plain files, and only this tells. */
struct nsm_storefile {
	char boot_id[NSM_BOOT_ID_SIZE];
	struct nsmgr_id mntns;
	uint64_t mount_id; /* of ROOT's mount */
	uint64_t short_id; /* the same as mountinfo numbers it */
};

/* -ENOENT: there is none; -EBADMSG: it is not one of ours. */
int nsm_storefile_read(int root, struct nsm_storefile *ret);

/* Replaces it by a rename. */
int nsm_storefile_write(int root, const struct nsm_storefile *file);

#endif
