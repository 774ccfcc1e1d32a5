/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/handle.h"

#include "lib/init.h"

#include <sys/sysmacros.h>

const char *nsmgr_state_name(enum nsmgr_state state)
{
	static const char *const names[] = {
		[NSMGR_LIVE] = "live",	     [NSMGR_STALE] = "stale",	  [NSMGR_DEAD] = "dead",
		[NSMGR_UNKNOWN] = "unknown", [NSMGR_FOREIGN] = "foreign", [NSMGR_ELSEWHERE] = "elsewhere",
	};

	return (size_t)state < NSM_ARRAY_SIZE(names) ? names[state] : NULL;
}

static void fill_from_fd(struct nsm_setdir *set, int fd, struct nsmgr_handle *handle)
{
	struct nsmgr_id id;
	int r;

	if (nsm_nsfd_id(fd, &id) < 0) {
		handle->state = NSMGR_UNKNOWN;
		return;
	}
	handle->dev = id.dev;
	handle->ino = id.ino;
	handle->id = id.id;
	if (handle->type != NSMGR_PID || handle->state != NSMGR_LIVE)
		return;
	r = nsm_init_find(fd, set->meta.keeper, NULL, &handle->keeper);
	if (r <= 0)
		handle->state = r == 0 ? NSMGR_DEAD : NSMGR_UNKNOWN;
	else if (handle->origin != NSMGR_MADE)
		handle->keeper = 0; /* somebody's init, but no keeper of ours */
}

/* A handle was lost, and the keeper goes on. */
static pid_t find_lost_keeper(const struct nsm_setdir *set, const struct nsmgr_handle *handle)
{
	nsm_autoclose int fd = -EBADF;
	pid_t keeper = 0;

	if (handle->type == NSMGR_PID && handle->state == NSMGR_STALE && handle->origin == NSMGR_MADE)
		fd = nsm_setdir_open_by_keeper(set);
	return fd >= 0 && nsm_init_find(fd, set->meta.keeper, NULL, &keeper) > 0 ? keeper : 0;
}

bool nsm_handle_glance(const struct nsm_setdir *set, enum nsmgr_type type, int dir, const char *path, struct nsmgr_handle *ret)
{
	const struct nsm_record *record = &set->meta.types[type];
	struct nsm_statx st;

	if (!nsm_handle_is_ours(set, type, dir, path, &st))
		return false;
	*ret = (struct nsmgr_handle){
		.type = type, .state = NSMGR_LIVE, .dev = makedev(st.stx_dev_major, st.stx_dev_minor), .ino = st.stx_ino,
		.id = record->id.id, .origin = record->origin, .created = set->meta.created,
	};
	return true;
}

int nsm_handle_describe(struct nsm_setdir *set, enum nsmgr_type type, bool owner, struct nsmgr_handle *ret)
{
	const struct nsm_record *record = &set->meta.types[type];
	struct nsmgr_handle handle = { .type = type };
	nsm_autoclose int fd = -EBADF;
	int state;

	/* It need not be opened where neither an owner nor an init is to be asked for. */
	if (!owner && type != NSMGR_PID && !set->elsewhere &&
	    nsm_handle_glance(set, type, set->fd, nsm_nstypes[type].name, ret))
		return 0;
	state = nsm_handle_probe(set, type, &fd);
	if (state < 0)
		return state;
	handle.state = (enum nsmgr_state)state;
	if (set->has_meta) {
		handle.origin = record->origin;
		handle.created = set->meta.created;
	}
	if (fd >= 0) {
		fill_from_fd(set, fd, &handle);
		if (owner)
			handle.owner = nsm_nsfd_owner(fd);
	} else if (handle.state == NSMGR_ELSEWHERE) {
		handle.ino = record->id.ino; /* what it is where it is mounted */
		handle.id = record->id.id;
	}
	if (fd < 0)
		handle.keeper = find_lost_keeper(set, &handle);
	*ret = handle;
	return 0;
}
