/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_SET_H
#define NSM_LIB_SET_H

#include "lib/nstype.h"
#include "lib/store.h"

struct nsmgr_set {
	struct nsmgr_ctx *ctx;
	char name[65];
	int fds[NSMGR_TYPE_COUNT];
	struct nsm_store store; /* keeps the shared lock while a pid namespace is to be joined */
};

#endif
