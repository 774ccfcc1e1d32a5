/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/check_set.h"

#include "lib/ip_netns.h"

/* A set that is being renamed has two names in /run/netns for a moment, and one that is being removed has lost its own: what is seen
 * here is certain under the lock only. */
void nsm_look_at_mark(struct nsm_look *look, const char *mark)
{
	struct nsmgr_ctx *ctx = look->check->ctx;
	const char *name = nsm_ip_netns_name(mark);
	struct nsm_finding *finding;
	int r = nsm_streq(name, look->set.name) ? nsm_ip_netns_is_placed(ctx, look->set.fd, mark) : 0;

	if (r != 0) {
		if (r < 0)
			nsm_check_hidden(look->check, mark, r);
		return;
	}
	look->marks = true;
	finding = nsm_look_add(look, NSMGR_PROBLEM_NAME, NSMGR_NET, mark);
	if (!finding)
		return;
	finding->mend = NSMGR_MEND_BY_REPAIR;
	if (nsm_streq(name, look->set.name)) {
		nsm_finding_say(finding, "'" NSMGR_IP_NETNS_DIR "/%s' is gone", name);
		nsm_finding_cure(finding, "gives its network namespace that name again");
	} else {
		nsm_finding_say(finding, "'" NSMGR_IP_NETNS_DIR "/%s' is not the set's name: a rename was killed", name);
		nsm_finding_cure(finding, "takes it away");
	}
}

bool nsm_finding_is_mark(const struct nsm_finding *finding)
{
	const char *slash = strrchr(finding->file, '/');

	return finding->problem == NSMGR_PROBLEM_NAME && slash && nsm_ip_netns_is_mark(slash + 1);
}

/* As nsmgr_ip_netns_add() does. */
int nsm_look_mend_marks(struct nsm_look *look)
{
	struct nsmgr_ctx *ctx = look->check->ctx;
	nsm_autoclose int net = look->set.types & NSMGR_MASK(NSMGR_NET) ? nsm_handle_open(&look->set, NSMGR_NET) : -EBADF;
	int r = 0;

	if (net >= 0) {
		r = nsm_ip_netns_prepare(ctx);
		for (size_t i = 0; r == 0 && i < look->count; i++) {
			const char *mark = strrchr(look->findings[i].file, '/') + 1;

			if (nsm_finding_is_mark(&look->findings[i]) && nsm_streq(nsm_ip_netns_name(mark), look->set.name))
				r = nsm_ip_netns_add(ctx, look->set.fd, look->set.name, net);
		}
	}
	/* Without a namespace it has no name either. */
	return r < 0 ? r : nsm_ip_netns_remove_all(ctx, look->set.fd, net >= 0 ? look->set.name : NULL);
}
