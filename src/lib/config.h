/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_LIB_CONFIG_H
#define NSM_LIB_CONFIG_H

#include "lib/ctx.h"
#include "lib/handed.h"
#include "lib/idmap.h"
#include "lib/labels.h"
#include "lib/nsfd.h"

#include <limits.h>
#include <signal.h>

#define NSM_HOSTNAME_SIZE 65 /* 64 bytes, KERNEL R61 */
#define NSM_SYSCTL_COUNT 128
#define NSM_CGROUP_LIMIT_COUNT 32

enum nsm_setgroups { NSM_SETGROUPS_DEFAULT, NSM_SETGROUPS_ALLOW, NSM_SETGROUPS_DENY };

struct nsm_sysctl {
	char *key;
	char *value;
};

/* A file of a cgroup, and what is written to it. */
struct nsm_cgroup_limit {
	char *file;
	char *value;
};

struct nsm_uts_name {
	bool set;
	char text[NSM_HOSTNAME_SIZE];
};

struct nsm_offset {
	bool set;
	struct timespec value;
};

struct nsm_stage;

/* The set of a name that is being made, for a hook outside. */
struct nsm_making {
	const char *name;
	struct nsm_stage *stage;
	char dir[PATH_MAX]; /* of the set in the stage */
};

struct nsmgr_config {
	struct nsmgr_ctx *ctx;
	unsigned make, pin;		/* masks of types */
	bool make_rest;
	int source[NSMGR_TYPE_COUNT];	/* the pinned ones, opened */
	int base[NSMGR_TYPE_COUNT];	/* for the types that are neither made nor pinned */
	unsigned asked[NSMGR_TYPE_COUNT]; /* count of set-up options that need the type made */
	struct nsm_idmap *maps[3];	/* by enum nsmgr_id_kind; NULL or empty: ours, identically; of projects none */
	bool map_auto;
	enum nsm_setgroups setgroups;
	bool has_owner;
	uid_t owner_uid;
	gid_t owner_gid;
	struct nsm_offset monotonic, boottime;
	struct nsm_uts_name hostname, domainname;
	bool no_loopback, no_proc, keeper_stays;
	bool ip_netns; /* also a name in /run/netns */
	enum nsmgr_propagation propagation;
	nsmgr_outside_fn *outside;
	nsmgr_inside_fn *inside;
	void *outside_data, *inside_data;
	struct nsm_handed handed; /* by the hook outside; in the creator: what it got */
	const struct nsm_making *making; /* NULL: none is, or one without a name */
	uint64_t interrupt; /* signals that end the making, a bit each, the first is signal 1 */
	bool hook_told; /* the one that runs has said why it fails */
	sigset_t signals; /* blocked in the caller before we blocked all: for the hooks */
	size_t sysctl_count;
	struct nsm_sysctl sysctls[NSM_SYSCTL_COUNT];
	struct nsm_labels *labels; /* NULL: none */
	bool cgroup_new, cgroup_optional;
	char *cgroup_path; /* of one that exists, or NULL */
	size_t cgroup_limit_count;
	struct nsm_cgroup_limit cgroup_limits[NSM_CGROUP_LIMIT_COUNT];
	char *profile;		   /* the text to be kept with it, or NULL */
	bool defaults;		   /* that has some for commands */
};

static inline bool nsm_config_makes(const struct nsmgr_config *config, enum nsmgr_type type)
{
	return config->make & NSMGR_MASK(type);
}

/* Pins from the base what is asked for in no other way. */
void nsm_config_take_base(struct nsmgr_config *config);

/* Completes what was left to defaults, once everything was checked. Allocates, so not in a child. */
int nsm_config_prepare(struct nsmgr_config *config);

/* For what has no name, and so no labels: -EINVAL where any are asked for. label.c */
int nsm_config_refuse_labels(struct nsmgr_config *config);

/* Whether the set gets a cgroup, and whether what is asked of it fits together. config_cgroup.c */
static inline bool nsm_config_has_cgroup(const struct nsmgr_config *config)
{
	return config->cgroup_new || config->cgroup_path;
}

int nsm_config_check_cgroup(struct nsmgr_config *config);
void nsm_config_free_cgroup(struct nsmgr_config *config);

/* For what has no name after which a cgroup could be called: -EINVAL where one is to be made. */
int nsm_config_refuse_new_cgroup(struct nsmgr_config *config);
/* The same of a profile. profile.c */
int nsm_config_refuse_profile(struct nsmgr_config *config);

/* The first range of `id`'s in /etc/subuid or /etc/subgid, looked up by the *user's* name or number in both. */
int nsm_subid_range(struct nsmgr_ctx *ctx, enum nsmgr_id_kind kind, uint32_t uid, uint32_t *ret_start,
		    uint32_t *ret_count);

/* The whole configuration but its labels, in the manner of nsmgr(8)'s options, a line each, to be freed: two are the same if
 * their texts are. It has been prepared. -E2BIG: too long. config_text.c */
#define NSM_CONFIG_TEXT_SIZE 65536
int nsm_config_text(const struct nsmgr_config *config, char **ret);

/* Opens a --TYPE=SOURCE: a path, a PID or @SET. The fd is verified to be of the type. source.c */
int nsm_source_open(struct nsmgr_ctx *ctx, enum nsmgr_type type, const char *source);

/* -ESRCH for a pid namespace whose init has ended: nobody can enter it any more (KERNEL R41). */
int nsm_source_refuse_dead(struct nsmgr_ctx *ctx, int fd, enum nsmgr_type type, const char *source);

/* Opens those of `types` that a directory has as files named so, or that a process is in, into ret_fds, which is indexed by
 * type; what was opened before a failure is there too, and the caller's to close. `shown` is the directory's
 * name. -ENOENT: there is none. */
int nsm_source_open_all(struct nsmgr_ctx *ctx, int dir, unsigned types, const char *shown, int ret_fds[]);
int nsm_source_open_process(struct nsmgr_ctx *ctx, unsigned types, pid_t pid, int ret_fds[]);
int nsm_source_open_pidfd(struct nsmgr_ctx *ctx, unsigned types, int pidfd, const char *shown, int ret_fds[]);

#endif
