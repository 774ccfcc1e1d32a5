/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/set.h"

#include "base/text.h"
#include "lib/edge.h"
#include "lib/glance.h"
#include "lib/handle.h"

int nsm_set_new(struct nsmgr_ctx *ctx, struct nsmgr_set **ret_set)
{
	struct nsmgr_set *set = calloc(1, sizeof(*set));

	if (!set)
		return nsm_fail(ctx, -ENOMEM, "set", NSMGR_TYPE_NONE, NULL);
	set->ctx = nsmgr_ref(ctx);
	set->store = (struct nsm_store)NSM_STORE_INIT;
	set->dir = -EBADF;
	for NSM_EACH_TYPE (type)
		set->fds[type] = -EBADF;
	*ret_set = set;
	return 0;
}

int nsmgr_set_new(struct nsmgr_ctx *ctx, struct nsmgr_set **ret_set)
{
	return nsm_edge(ctx, NSM_EDGE_set_new, nsm_set_new(ctx, ret_set));
}

void nsmgr_set_close(struct nsmgr_set *set)
{
	if (!set)
		return;
	for NSM_EACH_TYPE (type)
		nsm_close(&set->fds[type]);
	nsm_close(&set->dir);
	nsm_leash_unref(set->leash);
	nsm_store_close(&set->store);
	nsmgr_unref(set->ctx);
	free(set);
}

static int refuse_types(const struct nsmgr_set *set, unsigned has, unsigned types)
{
	const char *only = "";

	for NSM_EACH_TYPE (type)
		if (types == NSMGR_MASK(type))
			only = nsm_nstypes[type].name;
	if (has && *only)
		return nsm_fail_text(set->ctx, -ENOENT, "open", NSMGR_TYPE_NONE, NULL, "the set has no %s namespace", only);
	return nsm_fail_text(set->ctx, -ENOENT, "open", NSMGR_TYPE_NONE, NULL,
			     has ? "the set has none of these types" : "the set is empty");
}

/* Whether it has a pid namespace, whose init may have ended, or a cgroup: rm could take these away between a look and the entering. */
static bool is_perishable(const struct nsm_setdir *dir, unsigned types)
{
	return (dir->types & types & NSMGR_MASK(NSMGR_PID)) || dir->meta.cgroup.origin == NSMGR_MADE;
}

/* Looks at it behind the lock, anew. An ordinary user may enter a set of his own; he has no lock, and meets at worst a clear
 * failure. So does who finds a read-only store that never had one. */
static int look_and_hold(struct nsmgr_set *set, const char *name, struct nsm_setdir *dir)
{
	int r;

	nsm_setdir_close(dir);
	r = nsm_store_lock(&set->store, false);
	return r == 0 || r == -EACCES || r == -EROFS ? nsm_setdir_open(&set->store, name, dir) : r;
}

static int open_handles(struct nsmgr_set *set, const char *name, unsigned types, bool hold)
{
	nsm_autosetdir struct nsm_setdir dir = NSM_SETDIR_INIT;
	bool seen = nsm_glance_record(&set->store, name, &dir);
	unsigned wanted;
	int r = 0;

	if (seen && !is_perishable(&dir, types) && nsm_glance_open(&dir, types, set->fds)) {
		set->cgroup = dir.meta.cgroup;
		return 0;
	}
	if (!seen || !hold || !is_perishable(&dir, types))
		r = nsm_setdir_open(&set->store, name, &dir);
	if (r == 0 && hold && is_perishable(&dir, types))
		r = look_and_hold(set, name, &dir);
	if (r < 0)
		return r;
	/* Whoever entered the rest of a set that has lost one would be where he is for that type, and not know. */
	wanted = types & (dir.types | nsm_meta_types(&dir.meta));
	for NSM_EACH_TYPE (type) {
		if (!(wanted & NSMGR_MASK(type)))
			continue;
		set->fds[type] = nsm_handle_open(&dir, type);
		if (set->fds[type] < 0)
			return set->fds[type];
	}
	set->cgroup = dir.meta.cgroup;
	if (!(dir.types & types))
		return refuse_types(set, dir.types, types);
	if (dir.has_meta && dir.meta.defaults) {
		set->dir = take_fd(dir.fd);
		set->defaults = dir.meta.defaults;
	}
	return 0;
}

static int open_named(struct nsmgr_ctx *ctx, const char *name, unsigned types, bool hold, struct nsmgr_set **ret_set)
{
	nsm_autoset struct nsmgr_set *set = NULL;
	int r = nsmgr_check_name(ctx, name);

	if (r == 0)
		r = nsm_set_new(ctx, &set);
	if (r < 0)
		return r;
	nsm_copy(set->name, sizeof(set->name), name);
	r = nsm_store_open(ctx, &set->store);
	if (r == -ENOENT)
		r = nsm_fail_text(ctx, r, "open", NSMGR_TYPE_NONE, NULL, "no such set");
	if (r == 0)
		r = open_handles(set, name, types, hold);
	if (r == 0)
		*ret_set = take_ptr(set);
	return r;
}

int nsmgr_set_open(struct nsmgr_ctx *ctx, const char *name, unsigned types, unsigned flags, struct nsmgr_set **ret_set)
{
	int r = flags & ~NSMGR_OPEN_HOLD ? nsm_refuse_flags(ctx) : open_named(ctx, name, types, flags, ret_set);

	return nsm_edge(ctx, NSM_EDGE_set_open, r);
}

int nsm_set_add_copy(struct nsmgr_set *set, enum nsmgr_type type, int fd)
{
	set->fds[type] = nsm_dup(fd);
	return set->fds[type] < 0 ? nsm_fail(set->ctx, set->fds[type], "set", type, NULL) : 0;
}

static int add(struct nsmgr_set *set, int fd)
{
	enum nsmgr_type type;
	int r = nsm_nsfd_type(fd, &type);

	if (r == -ENOTTY)
		return nsm_fail_text(set->ctx, -EINVAL, "set", NSMGR_TYPE_NONE, NULL, "not a namespace");
	if (r < 0)
		return nsm_fail(set->ctx, r, "set", NSMGR_TYPE_NONE, NULL);
	if (set->fds[type] >= 0)
		return nsm_fail_text(set->ctx, -EEXIST, "set", type, NULL, "the set has one of this type");
	return nsm_set_add_copy(set, type, fd);
}

int nsmgr_set_add(struct nsmgr_set *set, int fd)
{
	return nsm_edge(set->ctx, NSM_EDGE_set_add, add(set, fd));
}

static int duplicate(const struct nsmgr_set *set, unsigned types, struct nsmgr_set **ret_set)
{
	nsm_autoset struct nsmgr_set *copy = NULL;
	int r;

	if (!(nsmgr_set_types(set) & types))
		return nsm_fail_text(set->ctx, -ENOENT, "set", NSMGR_TYPE_NONE, NULL, "the set has none of these types");
	r = nsm_set_new(set->ctx, &copy);
	for NSM_EACH_TYPE (type)
		if (r == 0 && set->fds[type] >= 0 && (types & NSMGR_MASK(type)))
			r = nsm_set_add_copy(copy, type, set->fds[type]);
	if (r < 0)
		return r;
	if (copy->fds[NSMGR_PID] >= 0) {
		copy->keeper = set->keeper;
		copy->leash = nsm_leash_ref(set->leash);
	}
	nsm_copy(copy->name, sizeof(copy->name), set->name);
	copy->cgroup = set->cgroup;
	*ret_set = take_ptr(copy);
	return 0;
}

int nsmgr_set_dup(const struct nsmgr_set *set, unsigned types, struct nsmgr_set **ret_set)
{
	return nsm_edge(set->ctx, NSM_EDGE_set_dup, duplicate(set, types, ret_set));
}

unsigned nsmgr_set_types(const struct nsmgr_set *set)
{
	unsigned types = 0;

	for NSM_EACH_TYPE (type)
		if (set->fds[type] >= 0)
			types |= NSMGR_MASK(type);
	return types;
}

static int refuse_missing(const struct nsmgr_set *set, enum nsmgr_type type)
{
	return nsm_fail_text(set->ctx, -ENOENT, "set", type, NULL, "the set has no such namespace");
}

int nsmgr_set_fd(const struct nsmgr_set *set, enum nsmgr_type type)
{
	return nsmgr_type_name(type) && set->fds[type] >= 0 ? set->fds[type] : refuse_missing(set, type);
}

int nsmgr_set_take_fd(struct nsmgr_set *set, enum nsmgr_type type)
{
	return nsmgr_type_name(type) && set->fds[type] >= 0 ? take_fd(set->fds[type]) : refuse_missing(set, type);
}

int nsmgr_set_id(const struct nsmgr_set *set, enum nsmgr_type type, struct nsmgr_id *ret_id)
{
	int fd = nsmgr_set_fd(set, type), r = fd < 0 ? fd : nsm_nsfd_id(fd, ret_id);

	if (r < 0 && fd >= 0)
		nsm_fail(set->ctx, r, "set", type, NULL);
	return nsm_edge(set->ctx, NSM_EDGE_set_id, r);
}

pid_t nsmgr_set_keeper(const struct nsmgr_set *set)
{
	return set->keeper;
}
