/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/check.h"

#include "base/text.h"
#include "lib/dir.h"
#include "lib/own.h"
#include "lib/stage.h"

#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Whether a stage that nobody holds has just been made, and its owner has not come to lock it yet. What has something in it was
 * locked before. */
static bool is_new(int dir)
{
	struct timespec now;
	struct stat st;

	if (fstatat(dir, NSM_STAGE_SET, &st, AT_SYMLINK_NOFOLLOW) == 0 ||
	    fstatat(dir, NSM_STAGE_BASKET, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return false;
	clock_gettime(CLOCK_REALTIME, &now);
	return fstat(dir, &st) < 0 || st.st_nlink == 0 || now.tv_sec - st.st_mtim.tv_sec < 2;
}

static void tell_odd(struct nsm_check *check, const char *name, const char *file)
{
	struct nsm_finding finding = nsm_finding(NSMGR_PROBLEM_NAME, NSMGR_MEND_BY_HAND, name, file);

	nsm_finding_say(&finding, "no stage");
	nsm_finding_cure(&finding, "remove it by hand: %s/%s", check->ctx->root, file);
	nsm_check_tell(check, &finding);
}

/* `dir` is locked by us now, and the stage dead. */
static void check_dead(struct nsm_check *check, const char *name, const char *file, int dir)
{
	struct nsm_finding finding = nsm_finding(NSMGR_PROBLEM_STAGE, NSMGR_MEND_BY_GC, name, file);
	bool new = is_new(dir);

	nsm_finding_say(&finding, "left by a process that was killed while it made or removed a set");
	nsm_finding_cure(&finding, "removes it, and ends its keeper");
	if (nsm_check_mends(check, finding.mend)) {
		struct nsm_stage stage = { .store = &check->store, .dir = nsm_dup(dir), .busy = true };

		nsm_copy(stage.name, sizeof(stage.name), name);
		nsm_finding_result(check, &finding, nsm_stage_clear(&stage));
	}
	/* An owner that comes too late makes another, as after any sweep. */
	if (!new)
		nsm_check_tell(check, &finding);
}

static void check_stage(struct nsm_check *check, const char *name)
{
	char file[280];
	nsm_autoclose int dir = nsm_own_dir(check->store.stages, name);
	struct stat st;

	snprintf(file, sizeof(file), NSM_STAGE_DIR "/%s", name);
	if (dir == -ENOENT)
		return;
	if (dir == -ENOTDIR || strlen(name) >= sizeof(((struct nsm_stage *)NULL)->name))
		tell_odd(check, name, file);
	else if (dir < 0)
		nsm_check_hidden(check, file, dir);
	else if (flock(dir, LOCK_EX | LOCK_NB) == 0 && fstat(dir, &st) == 0 && st.st_nlink > 0)
		check_dead(check, name, file, dir);
}

int nsm_check_stages(struct nsm_check *check)
{
	const struct nsm_dirent *entry;
	struct nsm_dir dir;
	int r;

	check->store.stages = nsm_own_dir(check->store.root, NSM_STAGE_DIR);
	if (check->store.stages < 0) {
		if (check->store.stages != -ENOENT && check->store.stages != -ENOTDIR)
			nsm_check_hidden(check, NSM_STAGE_DIR, check->store.stages);
		return 0;
	}
	nsm_dir_begin(&dir, check->store.stages);
	while ((r = nsm_dir_next(&dir, &entry)) > 0)
		check_stage(check, entry->d_name);
	return r < 0 ? nsm_fail(check->ctx, r, "stage", NSMGR_TYPE_NONE, check->ctx->root) : 0;
}
