/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/check_set.h"

#include "lib/labels.h"
#include "lib/profile.h"

/* Whether anybody could use anything of the set, now or after a repair. What is foreign is somebody's namespace all the same. */
static bool is_usable(const struct nsm_look *look)
{
	for NSM_EACH_TYPE (type) {
		int state = look->state[type];

		if (look->restorable[type] || (state >= 0 && state != NSMGR_STALE && state != NSMGR_DEAD))
			return true;
	}
	return false;
}

/* Whether all that has a file can be recorded as it is. */
static bool is_recordable(const struct nsm_look *look)
{
	for NSM_EACH_TYPE (type)
		if (look->state[type] >= 0 && look->state[type] != NSMGR_LIVE && !look->restorable[type])
			return false;
	return true;
}

static void judge_removable(struct nsm_look *look)
{
	/* Without a record it may be one that somebody is making by hand just now. */
	enum nsmgr_mend mend = look->meta_error == 0 ? NSMGR_MEND_BY_GC : NSMGR_MEND_BY_REPAIR;

	for (size_t i = 0; i < look->count; i++) {
		struct nsm_finding *finding = &look->findings[i];

		finding->mend = mend;
		nsm_finding_cure(finding, "removes the set, of which nothing can be used");
	}
}

static void judge_one(struct nsm_look *look, struct nsm_finding *finding)
{
	const char *root = look->check->ctx->root;

	switch (finding->problem) {
	case NSMGR_PROBLEM_STALE:
	case NSMGR_PROBLEM_MISSING:
	case NSMGR_PROBLEM_FOREIGN:
	case NSMGR_PROBLEM_STACKED:
		if (look->restorable[finding->type]) {
			finding->mend = NSMGR_MEND_BY_REPAIR;
			nsm_finding_cure(finding, "mounts the right namespace there, once");
		} else if (finding->problem == NSMGR_PROBLEM_STACKED) {
			nsm_finding_cure(finding, "umount %s/%s until the right one is on top and alone, or rm", root, finding->file);
		} else {
			nsm_finding_cure(finding, "remove the set with rm, and create it again");
		}
		break;
	case NSMGR_PROBLEM_DEAD:
		nsm_finding_cure(finding, "remove the set with rm, and create it again");
		break;
	case NSMGR_PROBLEM_CGROUP:
		finding->mend = NSMGR_MEND_BY_REPAIR;
		nsm_finding_cure(finding, "makes it anew, without the limits that it had");
		break;
	case NSMGR_PROBLEM_METADATA:
	case NSMGR_PROBLEM_OLD:
		if (nsm_streq(strrchr(finding->file, '/') + 1, NSM_LABELS_FILE) ||
		    nsm_streq(strrchr(finding->file, '/') + 1, NSM_PROFILE_FILE))
			break; /* no repair gives these back */
		if (is_recordable(look)) {
			finding->mend = NSMGR_MEND_BY_REPAIR;
			nsm_finding_cure(finding, "records what is there, as pinned");
		} else {
			nsm_finding_cure(finding, "remove the set with rm, and create it again");
		}
		break;
	default:
		break; /* said where it was found */
	}
}

void nsm_look_judge(struct nsm_look *look)
{
	for NSM_EACH_TYPE (type) {
		nsm_autoclose int fd = -EBADF;
		bool wrong = look->stacked[type] || look->state[type] == NSMGR_STALE || look->state[type] == NSMGR_FOREIGN ||
			     look->state[type] < 0;

		if (wrong)
			fd = nsm_look_open(look, type);
		look->restorable[type] = fd >= 0 && !nsm_look_is_upon_another(look, type, fd);
	}
	look->removable = !look->odd && !is_usable(look);
	if (look->removable) {
		judge_removable(look);
		return;
	}
	for (size_t i = 0; i < look->count; i++)
		judge_one(look, &look->findings[i]);
}
