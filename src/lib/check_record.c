/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/check_set.h"

#include "lib/labels.h"
#include "lib/profile.h"

#include <fcntl.h>
#include <sys/stat.h>

/* What is recorded of a set: whether it can be read, and speaks of now. */

/* What is no plain file has its finding. */
static void add_damaged(struct nsm_look *look, const char *file, const char *what, const char *cure)
{
	struct nsm_finding *finding;
	struct stat st;

	if (fstatat(look->set.fd, file, &st, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG(st.st_mode))
		return;
	finding = nsm_look_add(look, NSMGR_PROBLEM_METADATA, NSMGR_TYPE_NONE, file);
	if (!finding)
		return;
	nsm_finding_say(finding, "%s", what);
	nsm_finding_cure(finding, "%s: %s/%s", cure, look->check->ctx->root, finding->file);
}

static void look_at_texts(struct nsm_look *look)
{
	struct nsm_labels labels;
	nsm_autofree char *profile = NULL;
	int r = nsm_profile_read(look->check->store.root, look->set.fd, look->set.meta.defaults, &profile);

	if (nsm_labels_read(look->set.fd, &labels) == -EBADMSG)
		add_damaged(look, NSM_LABELS_FILE, "damaged: nothing tells which labels the set has", "delete the file");
	if (r == -EBADMSG || (r == -ENODATA && look->set.meta.defaults))
		add_damaged(look, NSM_PROFILE_FILE, "damaged: nothing tells what commands have as defaults",
			    "create the set again, for there is no other");
}

static void look_at_meta(struct nsm_look *look)
{
	struct nsm_finding *finding = NULL;

	if (look->meta_error == -EACCES) {
		nsm_check_hidden(look->check, look->set.name, -EACCES);
	} else if (look->meta_error == -ENOENT && look->set.types) {
		finding = nsm_look_add(look, NSMGR_PROBLEM_METADATA, NSMGR_TYPE_NONE, NSM_META_FILE);
		if (finding)
			nsm_finding_say(finding, "made by hand, or its record is lost: nothing tells whether its handles are right");
	} else if (look->meta_error < 0 && look->meta_error != -ENOENT) {
		finding = nsm_look_add(look, NSMGR_PROBLEM_METADATA, NSMGR_TYPE_NONE, NSM_META_FILE);
		if (finding)
			nsm_finding_say(finding, "damaged: nothing tells whether its handles are right");
	} else if (look->meta_error == 0 && !look->current) {
		finding = nsm_look_add(look, NSMGR_PROBLEM_OLD, NSMGR_TYPE_NONE, NSM_META_FILE);
		if (finding)
			nsm_finding_say(finding, "recorded by an older boot");
	}
}

void nsm_look_for_unrecorded(struct nsm_look *look)
{
	for NSM_EACH_TYPE (type) {
		struct nsm_finding *finding;

		if (!look->current || look->state[type] != NSMGR_LIVE ||
		    look->set.meta.types[type].origin != NSMGR_ORIGIN_UNKNOWN)
			continue;
		finding = nsm_look_add(look, NSMGR_PROBLEM_METADATA, type, NSM_META_FILE);
		if (finding)
			nsm_finding_say(finding, "a handle that was not recorded: nothing tells whether it is right");
	}
}

void nsm_look_at_record(struct nsm_look *look)
{
	look_at_meta(look);
	look_at_texts(look);
}
