/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/hunt.h"

#include "base/fd.h"
#include "cmd/sys.h"

#include <sys/stat.h>

/* Everything has an owner, but only these have a parent. */
bool hunt_wants_relations(const struct hunt *hunt, enum nsmgr_type type)
{
	return hunt->types & NSMGR_MASK(NSMGR_USER) || (hunt->types & NSMGR_MASK(NSMGR_PID) && type == NSMGR_PID);
}

/* One that is held by `ns`, which holds its parent or owner. */
static int look_up(struct hunt *hunt, int other, enum holder_kind kind, const char *path, const struct process *process)
{
	const struct wanted *wanted;
	struct stat st;

	if (other < 0 || fstat(other, &st) < 0)
		return 0; /* the first of all, or outside what we may see */
	wanted = hunt_match(hunt, st.st_ino);
	if (wanted) {
		const struct holder holder = { .type = wanted->type, .ino = wanted->ino, .kind = kind,
					       .process = process, .fd = -1, .path = path };
		int r = hunt->found(hunt->data, &holder);

		if (r < 0)
			return r;
	}
	return hunt_explore(hunt, other, process);
}

int hunt_explore(struct hunt *hunt, int ns, const struct process *process)
{
	enum nsmgr_type type = sys_ns_type(ns);
	nsm_autoclose int parent = -EBADF, owner = -EBADF;
	char path[NSMGR_ID_TEXT_SIZE];
	struct nsmgr_id id = { 0 };
	struct stat st;
	int r;

	if (type == NSMGR_TYPE_NONE || !hunt_wants_relations(hunt, type) || fstat(ns, &st) < 0)
		return 0;
	r = inodes_add(&hunt->explored, st.st_ino);
	if (r <= 0)
		return r;
	id.ino = st.st_ino;
	nsmgr_id_text(type, &id, path);
	if (type == NSMGR_PID || type == NSMGR_USER)
		parent = sys_ns_parent(ns);
	/* The owner of a user namespace is its parent. */
	if (type != NSMGR_USER)
		owner = sys_ns_owner(ns);
	r = look_up(hunt, parent, HOLDER_CHILD, path, process);
	return r < 0 ? r : look_up(hunt, owner, HOLDER_OWNED, path, process);
}
