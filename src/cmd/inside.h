/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_INSIDE_H
#define NSM_CMD_INSIDE_H

#include "nsmgr.h"

#include <net/if.h>
#include <netinet/in.h>

/* What can be seen of a namespace only by who is in it: a child goes there, looks, and has ended when look_inside() comes
 * back. It asks the kernel alone, nothing of which waits for somebody. */

struct device {
	char name[IF_NAMESIZE];
	unsigned index, flags;	/* netdevice(7) */
	char address[96];	/* of its own layer, or "" */
};

struct address {
	unsigned device; /* its index */
	char text[INET6_ADDRSTRLEN + 4]; /* with the length of the prefix */
};

#define INSIDE_DEVICES 4096
#define INSIDE_ADDRESSES 16384
#define INSIDE_PIDS 3
#define INSIDE_FILE 16384
#define INSIDE_MOUNTS (4 * 1024 * 1024)

/* A page that is never written takes no memory. */
struct inside {
	int error;			   /* of who looked, as an errno; 0 where nobody came so far, and all was well */
	char hostname[65], domainname[65];
	char offsets[256];		   /* time_namespaces(7): as in timens_offsets */
	char maps[3][INSIDE_FILE];	   /* user_namespaces(7), by enum nsmgr_id_kind: as in uid_map ... */
	char setgroups[16];
	pid_t pids[INSIDE_PIDS];	   /* given by the caller; 0 is none */
	char cgroups[INSIDE_PIDS][4096];   /* cgroup_namespaces(7): theirs, from the root of the namespace; "" unknown */
	char mounts[INSIDE_MOUNTS];	   /* as in mountinfo: proc_pid_mountinfo(5) */
	int proc;			   /* our /proc, for a child in another mount namespace */
	size_t device_count, address_count;
	bool cut;			   /* there are more of them than fit */
	struct device devices[INSIDE_DEVICES];
	struct address addresses[INSIDE_ADDRESSES];
};

/* Fit for the child as well, and freed by inside_free(). */
int inside_new(struct inside **ret);
void inside_free(struct inside **inside);

/* Looks at what a set's namespace of that type has: cgroup, mnt, net, time, user and uts. `user` tells whether the set has a usable
 * user namespace, which is entered as well where that alone gives the right to enter the other. Gives 0, or -errno; then either
 * `error` says why, or the failure that is recorded. */
int look_inside(struct nsmgr_ctx *ctx, const char *name, enum nsmgr_type type, bool user, struct inside *inside);

/* The same of time and user by what /proc tells everybody of a process that is there. */
int look_at_process(pid_t pid, enum nsmgr_type type, struct inside *inside);

/* The path of a process in the hierarchy of version 2, as the caller sees it. */
int read_cgroup(pid_t pid, char *buf, size_t size);

#endif
