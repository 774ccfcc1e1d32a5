/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_SYSCTLS_H
#define NSM_CMD_SYSCTLS_H

#include "base/macro.h"
#include "nsmgr.h"

/* The values that sysctls have inside: a child goes there and reads them. */

#define SYSCTLS_COUNT 128

struct sysctl {
	const char *told;  /* KEY=VALUE, borrowed */
	char path[280];
	char value[1024];
	bool read;
};

struct sysctls {
	size_t count;
	struct sysctl array[SYSCTLS_COUNT];
};

int sysctls_new(struct sysctls **ret);
void sysctls_free(struct sysctls **sysctls);
#define autosysctls nsm_cleanup(sysctls_free)

/* One to be read, whose key has so many bytes. false: there is no room. */
bool sysctls_add(struct sysctls *sysctls, const char *told, size_t key);

/* Reads all of them in the set's namespaces. 0, or -errno with the failure recorded. */
int sysctls_read(struct nsmgr_ctx *ctx, const char *name, struct sysctls *sysctls);

#endif
