/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/check_set.h"

#include "lib/helper.h"

void nsm_look_at_helper(struct nsm_look *look)
{
	nsm_autoclose int pidfd = -EBADF;
	struct nsm_finding *finding;
	struct nsm_helper helper;
	int r = nsm_helper_read(look->check->store.root, look->set.fd, &helper);

	if (r < 0 && r != -EBADMSG)
		return;
	/* Of an older boot all is gone, and the set has that finding. */
	if (r == 0 && (!look->current || nsm_helper_find(&helper, &pidfd) != 0))
		return;
	finding = nsm_look_add(look, NSMGR_PROBLEM_HELPER, NSMGR_TYPE_NONE, NSM_HELPER_FILE);
	if (!finding)
		return;
	if (r < 0)
		nsm_finding_say(finding, "damaged: nothing tells which helper the set has");
	else
		nsm_finding_say(finding, "its %s, %ld, has ended", helper.kind, (long)helper.pid);
	nsm_finding_cure(finding, "remove the set with rm, and create it again");
}
