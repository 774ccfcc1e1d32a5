/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/check_set.h"

/* Whether any of what was found is to be mended. */
static bool wants_mending(const struct nsm_look *look)
{
	for (size_t i = 0; i < look->count; i++)
		if (nsm_check_mends(look->check, look->findings[i].mend))
			return true;
	return false;
}

static void fail_all(struct nsm_look *look, int r)
{
	for (size_t i = 0; i < look->count; i++)
		if (nsm_check_mends(look->check, look->findings[i].mend))
			nsm_finding_result(look->check, &look->findings[i], r);
}

/* Looks again under the lock: what was found before may be somebody else's new set by now. */
static int mend_set(struct nsm_check *check, const char *name, struct nsm_look *look)
{
	struct nsm_store *store = &check->store;
	int r = nsm_store_open_stages(store);

	if (r == 0)
		r = nsm_store_lock(store, true);
	if (r < 0) {
		fail_all(look, r);
		return 0;
	}
	nsm_look_end(look);
	r = nsm_check_read_mounts(check);
	if (r == 0)
		r = nsm_look_at(check, name, look);
	if (r == 0 && wants_mending(look))
		nsm_look_mend(look);
	nsm_store_unlock(store);
	return r;
}

/* Some of what is seen is certain under the lock only, for who just looks as well. */
static int look_again(struct nsm_check *check, const char *name, struct nsm_look *look)
{
	int r = nsm_check_lock(check);

	if (r == -EACCES || r == -EPERM)
		return 0; /* an ordinary user sees what there is to see */
	if (r < 0)
		return r;
	nsm_look_end(look);
	r = nsm_look_at(check, name, look);
	nsm_store_unlock(&check->store);
	return r;
}

static void tell_name(struct nsm_check *check, const char *name)
{
	struct nsm_finding finding = nsm_finding(NSMGR_PROBLEM_NAME, NSMGR_MEND_BY_HAND, "", name);

	nsm_finding_say(&finding, "a directory with a name that no verb accepts");
	nsm_finding_cure(&finding, "give it another name with mv, or remove it by hand");
	nsm_check_tell(check, &finding);
}

static int check_set(struct nsm_check *check, const char *name)
{
	nsm_cleanup(nsm_look_end) struct nsm_look look;
	int r = nsm_look_at(check, name, &look);

	if (r == 0 && wants_mending(&look))
		r = mend_set(check, name, &look);
	else if (r == 0 && look.marks)
		r = look_again(check, name, &look);
	if (r == -ENOENT)
		return 0;
	if (r == -EACCES || r == -EPERM) {
		nsm_check_hidden(check, name, r);
		return 0;
	}
	for (size_t i = 0; r == 0 && i < look.count; i++)
		nsm_check_tell(check, &look.findings[i]);
	return r;
}

int nsm_check_sets(struct nsm_check *check)
{
	struct nsmgr_list *list;
	const char *name;
	int r = nsmgr_list_new(check->ctx, NSMGR_LIST_ALL, &list);

	if (r < 0)
		return r;
	while (r == 0 && nsmgr_list_next(list, &name) == 0) {
		if (nsmgr_name_is_valid(name))
			r = check_set(check, name);
		else
			tell_name(check, name);
	}
	nsmgr_list_free(list);
	return r;
}
