/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_SYSCTL_H
#define NSM_LIB_SYSCTL_H

#include "lib/ctx.h"

enum nsm_sysctl_writer {
	NSM_WRITER_CREATOR,
	NSM_WRITER_INSIDE_ROOT, /* the creator too, which is uid 0 inside by then where that is mapped: ipc demands it */
	NSM_WRITER_KEEPER	/* written by the creator, it would change the host's (KERNEL section 9) */
};

struct nsm_sysctl_rule {
	const char *key; /* a '*' in it stands for anything */
	enum nsmgr_type type;
	enum nsm_sysctl_writer writer;
};

/* The rule of the allow-list for a key, or NULL. */
const struct nsm_sysctl_rule *nsm_sysctl_find(const char *key);

/* "net.ipv4.conf.eth0/100.forwarding" to "net/ipv4/conf/eth0.100/forwarding": '.' and '/' change places, as in
 * sysctl(8). -EINVAL for what is not letters, digits and _-./ or has an empty, "." or ".." component. */
int nsm_sysctl_path(const char *key, char *ret, size_t size);

/* Writes into the namespaces of the calling process. */
int nsm_sysctl_write(struct nsmgr_ctx *ctx, const char *key, const char *value);

#endif
