/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/check_set.h"

#include "lib/cgroup.h"
#include "lib/dir.h"
#include "lib/own.h"

#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

/* Sets whose cgroup is gone, and cgroups whose set is. The latter are known by their marks: those of other stores, or of somebody else,
 * are left alone. */

/* ---- of a set ---- */

void nsm_look_at_cgroup(struct nsm_look *look)
{
	const struct nsm_cgroup *cgroup = &look->set.meta.cgroup;
	nsm_autoclose int hierarchy = -EBADF, fd = -EBADF;
	struct nsm_finding *finding;

	if (!look->current || cgroup->origin != NSMGR_MADE)
		return;
	hierarchy = nsm_cgroup_open_hierarchy();
	fd = nsm_cgroup_open(cgroup);
	/* Where there is no hierarchy to be seen nothing can be said. */
	if (hierarchy < 0 || fd != -ENOENT)
		return;
	finding = nsm_look_add(look, NSMGR_PROBLEM_CGROUP, NSMGR_TYPE_NONE, NSM_CGROUP_FILE);
	if (finding)
		nsm_finding_say(finding, "its cgroup %s is gone, or not below the root of our cgroup namespace", cgroup->path);
}

/* ---- without one ---- */

/* The set, or the stage, has claimed it. A claim is there before its cgroup, and goes after it. */
static bool is_claim_of(int dir, const char *set, const char *token)
{
	nsm_autoclose int fd = nsm_own_dir(dir, set);
	struct nsm_cgroup_claim claim;

	return fd >= 0 && nsm_cgroup_read_claim(fd, &claim) == 0 && nsm_streq(claim.token, token);
}

static bool is_claimed_below(int parent, const char *below, const char *token)
{
	nsm_autoclose int fd = openat(parent, ".", NSM_DIR_FLAGS);
	const struct nsm_dirent *entry;
	bool claimed = false;
	struct nsm_dir dir;

	if (fd < 0)
		return false;
	nsm_dir_begin(&dir, fd);
	while (!claimed && nsm_dir_next(&dir, &entry) > 0) {
		char path[300];

		snprintf(path, sizeof(path), "%s%s", entry->d_name, below);
		claimed = entry->d_type == DT_DIR && is_claim_of(fd, path, token);
	}
	return claimed;
}

/* Stages first: a set goes from there to its name at any time, and the other way only under the lock, which is held. */
static bool is_claimed(const struct nsm_check *check, const char *token)
{
	return (check->store.stages >= 0 && is_claimed_below(check->store.stages, "/set", token)) ||
	       is_claimed_below(check->store.root, "", token);
}

/* The path of a long one is cut in the mark. */
static bool is_of_store(const struct nsm_check *check, const struct nsm_cgroup_claim *mark)
{
	size_t len = strlen(mark->path);

	return len && strncmp(check->ctx->root, mark->path, len) == 0 &&
	       (!check->ctx->root[len] || len + strlen(mark->token) + 2 >= NSM_CGROUP_PATH_SIZE);
}

static void tell(struct nsm_check *check, int parent, const char *name, int members)
{
	struct nsm_finding finding = nsm_finding(NSMGR_PROBLEM_CGROUP, members ? NSMGR_MEND_BY_HAND : NSMGR_MEND_BY_GC, name, "");

	nsm_finding_say(&finding, "the cgroup " NSM_CGROUP_PARENT "/%s was made for a set that is gone", name);
	if (members)
		nsm_finding_cure(&finding, "end its processes (%d) by its file cgroup.kill, then gc", members);
	else
		nsm_finding_cure(&finding, "removes it");
	if (nsm_check_mends(check, finding.mend)) {
		int r = nsm_cgroup_remove_tree(parent, name);

		nsm_finding_result(check, &finding, r < 0 ? nsm_fail(check->ctx, r, "cgroup", NSMGR_TYPE_NONE, name) : 0);
	}
	nsm_check_tell(check, &finding);
}

/* Looked at again under the lock: without it the set may be just going. */
static int check_one(struct nsm_check *check, int parent, const char *name)
{
	nsm_autoclose int fd = openat(parent, name, NSM_DIR_FLAGS);
	struct nsm_cgroup_claim mark, again;
	int r, members;

	if (fd < 0 || nsm_cgroup_read_mark(fd, &mark) < 0 || !is_of_store(check, &mark) ||
	    is_claim_of(check->store.root, name, mark.token))
		return 0;
	r = nsm_check_lock(check);
	if (r < 0)
		return r;
	nsm_close(&fd);
	fd = openat(parent, name, NSM_DIR_FLAGS);
	members = fd < 0 || nsm_cgroup_read_mark(fd, &again) < 0 || !nsm_streq(mark.token, again.token) ||
				  is_claimed(check, mark.token)
			  ? -ENOENT
			  : nsm_cgroup_pids(fd, NULL, 0);
	if (members >= 0)
		tell(check, parent, name, members);
	nsm_store_unlock(&check->store);
	return 0;
}

int nsm_check_cgroups(struct nsm_check *check)
{
	nsm_autoclose int hierarchy = nsm_cgroup_open_hierarchy(), parent = -EBADF;
	const struct nsm_dirent *entry;
	struct nsm_dir dir;
	int r = 0;

	if (hierarchy < 0)
		return 0;
	parent = openat(hierarchy, NSM_CGROUP_PARENT, NSM_DIR_FLAGS);
	if (parent < 0)
		return 0;
	nsm_dir_begin(&dir, parent);
	while (r == 0 && nsm_dir_next(&dir, &entry) > 0)
		if (entry->d_type == DT_DIR)
			r = check_one(check, parent, entry->d_name);
	if (check->flags)
		unlinkat(hierarchy, NSM_CGROUP_PARENT, AT_REMOVEDIR);
	return r;
}
