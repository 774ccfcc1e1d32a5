/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/set.h"

#include "base/text.h"
#include "lib/handle.h"

#include <sched.h>

void nsmgr_set_close(struct nsmgr_set *set)
{
	if (!set)
		return;
	for NSM_EACH_TYPE (type)
		nsm_close(&set->fds[type]);
	nsm_store_close(&set->store);
	nsmgr_unref(set->ctx);
	free(set);
}

static int open_handles(struct nsmgr_set *set, const char *name, unsigned types)
{
	nsm_autosetdir struct nsm_setdir dir = NSM_SETDIR_INIT;
	int r = nsm_setdir_open(&set->store, name, &dir);

	/* The lock is for the moment between a look at the set and the entering of its pid namespace, in which rm could
	 * take it away; so the look is taken again behind it. */
	if (r == 0 && (dir.types & types & NSMGR_MASK(NSMGR_PID))) {
		nsm_setdir_close(&dir);
		r = nsm_store_lock(&set->store, false);
		/* An ordinary user may enter a set of his own; he has no lock, and meets at worst a clear failure. So does
		 * who finds a read-only store that never had one. */
		if (r == 0 || r == -EACCES || r == -EROFS)
			r = nsm_setdir_open(&set->store, name, &dir);
	}
	if (r < 0)
		return r;
	for NSM_EACH_TYPE (type) {
		if (!(dir.types & types & NSMGR_MASK(type)))
			continue;
		set->fds[type] = nsm_handle_open(&dir, type);
		if (set->fds[type] < 0)
			return set->fds[type];
	}
	if (!(dir.types & types))
		return nsm_fail_text(set->ctx, -ENOENT, "open", NSMGR_TYPE_NONE, NULL,
				     dir.types ? "the set has none of these types" : "the set is empty");
	return 0;
}

int nsmgr_set_open(struct nsmgr_ctx *ctx, const char *name, unsigned types, struct nsmgr_set **ret_set)
{
	struct nsmgr_set *set;
	int r = nsmgr_check_name(ctx, name);

	if (r < 0)
		return r;
	set = calloc(1, sizeof(*set));
	if (!set)
		return nsm_fail(ctx, -ENOMEM, "open", NSMGR_TYPE_NONE, NULL);
	set->ctx = nsmgr_ref(ctx);
	set->store = (struct nsm_store)NSM_STORE_INIT;
	nsm_copy(set->name, sizeof(set->name), name);
	for NSM_EACH_TYPE (type)
		set->fds[type] = -EBADF;
	r = nsm_store_open(ctx, &set->store);
	if (r == -ENOENT)
		r = nsm_fail_text(ctx, r, "open", NSMGR_TYPE_NONE, NULL, "no such set");
	if (r == 0)
		r = open_handles(set, name, types);
	if (r < 0) {
		nsmgr_set_close(set);
		return r;
	}
	*ret_set = set;
	return 0;
}

unsigned nsmgr_set_types(const struct nsmgr_set *set)
{
	unsigned types = 0;

	for NSM_EACH_TYPE (type)
		if (set->fds[type] >= 0)
			types |= NSMGR_MASK(type);
	return types;
}

int nsmgr_set_fd(const struct nsmgr_set *set, enum nsmgr_type type)
{
	return set->fds[type] >= 0 ? set->fds[type] : -ENOENT;
}

static int join(struct nsmgr_set *set, enum nsmgr_type type)
{
	return setns(set->fds[type], nsm_nstypes[type].flag) < 0 ? -errno : 0;
}

int nsmgr_set_enter(struct nsmgr_set *set)
{
	bool user_joined = set->fds[NSMGR_USER] < 0 || nsm_nsfd_is_own(set->fds[NSMGR_USER], NSMGR_USER);

	for (size_t i = 0; i < NSMGR_TYPE_COUNT; i++) {
		enum nsmgr_type type = nsm_join_order[i];
		int r;

		if (set->fds[type] < 0 || (type == NSMGR_USER && user_joined))
			continue;
		r = join(set, type);
		/* The privilege over this one may come only with the set's user namespace (KERNEL R24). */
		if (r == -EPERM && !user_joined) {
			r = join(set, NSMGR_USER);
			if (r < 0)
				return nsm_fail(set->ctx, r, "enter", NSMGR_USER, NULL);
			user_joined = true;
			r = join(set, type);
		}
		if (r < 0)
			return nsm_fail(set->ctx, r, "enter", type, NULL);
		user_joined |= type == NSMGR_USER;
	}
	return 0;
}
