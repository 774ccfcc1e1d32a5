/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/removal.h"

#include "base/fd.h"
#include "base/text.h"
#include "lib/glance.h"
#include "lib/inhabitants.h"
#include "lib/init.h"
#include "lib/ip_netns_set.h"
#include "lib/sys.h"

#include <limits.h>
#include <poll.h>
#include <unistd.h>

#define SHOWN_PIDS 16

/* ---- who is there ---- */

/* Those in the pid namespace that the set made, but for its init, and those in its cgroup, who may be elsewhere. */
static int add_members(const struct nsm_removal *removal, pid_t pids[], int count)
{
	pid_t members[256], init = 0;
	int found = nsm_cgroup_pids(removal->cgroup, members, NSM_ARRAY_SIZE(members));
	int r = found < 0 || removal->pidns < 0 ? 0 : nsm_init_number(removal->pidns, removal->keeper, &init);

	if (found < 0)
		return found == -ENODEV ? count : found;
	if (r < 0)
		return r;
	for (int i = 0; i < found && i < (int)NSM_ARRAY_SIZE(members); i++) {
		bool known = members[i] == init;

		for (int j = 0; j < count && j < SHOWN_PIDS; j++)
			known |= pids[j] == members[i];
		if (known || (removal->pidns >= 0 && members[i] > 0 && nsm_is_inhabitant(removal->pidns, members[i])))
			continue;
		if (count < SHOWN_PIDS)
			pids[count] = members[i];
		count++;
	}
	return count;
}

static int find_members(const struct nsm_removal *removal, pid_t pids[])
{
	int count = removal->pidns < 0 ? 0 : nsm_inhabitants(removal->pidns, removal->keeper, pids, SHOWN_PIDS);

	return count < 0 || removal->cgroup < 0 ? count : add_members(removal, pids, count);
}

static bool is_member(const struct nsm_removal *removal, pid_t pid)
{
	pid_t members[256];
	int found;

	if (removal->pidns >= 0 && nsm_is_inhabitant(removal->pidns, pid))
		return true;
	found = removal->cgroup < 0 ? 0 : nsm_cgroup_pids(removal->cgroup, members, NSM_ARRAY_SIZE(members));
	for (int i = 0; i < found && i < (int)NSM_ARRAY_SIZE(members); i++)
		if (members[i] == pid)
			return true;
	return false;
}

static int refuse_busy(const struct nsm_removal *removal, int r, const pid_t pids[], int count)
{
	char list[192] = "";
	struct nsm_text text = NSM_TEXT(list);

	for (int i = 0; i < count && i < SHOWN_PIDS; i++)
		nsm_text_add(&text, " %ld", (long)pids[i]);
	if (count > SHOWN_PIDS)
		nsm_text_add(&text, " ...");
	return nsm_fail_text(removal->store->ctx, r, "remove", removal->pidns >= 0 ? NSMGR_PID : NSMGR_TYPE_NONE, NULL,
			     "%d process%s still in it:%s%s", count,
			     count == 1 ? "" : "es", list,
			     r == -EBUSY ? " (cure: --kill ends them, --wait waits)" : "");
}

/* Waits for one of the processes to end. 0, or -ETIMEDOUT. */
static int wait_for_one(const struct nsm_removal *removal, pid_t pid)
{
	struct pollfd fd = { .events = POLLIN };
	nsm_autoclose int pidfd = nsm_sys_pidfd_open(pid);
	int left, r;

	if (pidfd == -ESRCH)
		return 0;
	if (pidfd < 0)
		return nsm_fail(removal->store->ctx, pidfd, "wait", NSMGR_PID, NULL);
	/* The number may be somebody else's by now (LESSONS 11). */
	if (!is_member(removal, pid))
		return 0;
	fd.fd = pidfd;
	/* A signal may end us here: nothing has been touched. */
	nsm_stage_close(removal->stage);
	do {
		struct timespec time;

		left = nsm_deadline_left(&removal->deadline);
		time = (struct timespec){ .tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000L };
		r = ppoll(&fd, 1, left < 0 ? NULL : &time, &removal->signals);
	} while ((r < 0 && errno == EINTR) || (r == 0 && left == INT_MAX));
	return r == 0 ? -ETIMEDOUT : 0;
}

/* Nobody knows whose it is, and so it is let be. */
static void tell_of_init(const struct nsm_setdir *set, int nsfd)
{
	pid_t pid;

	if (nsm_init_find(nsfd, 0, NULL, &pid) > 0)
		nsm_log(set->store->ctx, "no record tells whether '%s' made its pid namespace: that lives on, with process %ld as its init",
			set->name, (long)pid);
}

/* Finds out whether the set made a pid namespace that lives, which is then the removal's to look into. */
static int inspect_pid(struct nsm_removal *removal, struct nsm_setdir *set)
{
	struct nsmgr_ctx *ctx = removal->store->ctx;
	bool made = set->has_meta && set->meta.types[NSMGR_PID].origin == NSMGR_MADE;
	nsm_autoclose int fd = -EBADF;
	int r = nsm_handle_probe(set, NSMGR_PID, &fd);

	if (r < 0)
		return r;
	if (!made && (removal->flags & NSMGR_REMOVE_KILL) && !(removal->flags & NSM_REMOVE_KILL_OWN))
		return nsm_fail_text(ctx, -EINVAL, "remove", NSMGR_PID, NULL, "%s made by this set: --kill does not touch it",
				     set->has_meta ? "pinned, not" : "not recorded as");
	if (!set->has_meta && fd >= 0)
		tell_of_init(set, fd);
	if (r != NSMGR_LIVE) {
		nsm_close(&fd);
		fd = nsm_setdir_open_by_keeper(set);
	}
	if (!made || fd < 0)
		return 0;
	r = nsm_init_find(fd, set->meta.keeper, NULL, NULL);
	if (r > 0) {
		removal->pidns = take_fd(fd);
		removal->keeper = set->meta.keeper;
	}
	if (r >= 0 || (removal->flags & NSMGR_REMOVE_FORCE))
		return 0;
	if (r != -EXDEV)
		return nsm_fail(ctx, r, "init", NSMGR_PID, NULL);
	return nsm_fail_text(ctx, r, "remove", NSMGR_PID, NULL,
			     "cannot see who lives in it from this pid namespace (cure: remove it from where it was made)");
}

/* The types of a set that has nothing but handles, all of them mounted, a record and perhaps labels; 0 where that is not sure. */
static unsigned glance_types(const struct nsm_removal *removal)
{
	struct nsmgr_handle handles[NSMGR_TYPE_COUNT];
	int count = nsm_glance(removal->store, removal->name, handles);
	unsigned types = 0;

	for (int i = 0; i < count; i++)
		types |= NSMGR_MASK(handles[i].type);
	return types;
}

static int inspect(struct nsm_removal *removal)
{
	struct nsmgr_ctx *ctx = removal->store->ctx;
	nsm_autosetdir struct nsm_setdir set = NSM_SETDIR_INIT;
	int r;

	nsm_close(&removal->pidns);
	nsm_close(&removal->cgroup);
	removal->has_marks = false;
	removal->types = removal->plain = glance_types(removal);
	if (removal->plain)
		return 0;
	r = nsm_setdir_open(removal->store, removal->name, &set);
	removal->missing = r == -ENOENT;
	if (r < 0)
		return r;
	removal->has_marks = set.has_marks;
	removal->types = set.types;
	if (*set.odd)
		return nsm_fail_text(ctx, -ENOTEMPTY, "remove", NSMGR_TYPE_NONE, NULL,
				     "'%s' in it is no handle: remove it by hand", set.odd);
	if (set.elsewhere && !(removal->flags & NSMGR_REMOVE_FORCE))
		return nsm_store_refuse_elsewhere(removal->store);
	if (set.meta.cgroup.origin == NSMGR_MADE)
		removal->cgroup = nsm_cgroup_open(&set.meta.cgroup);
	return set.types & NSMGR_MASK(NSMGR_PID) ? inspect_pid(removal, &set) : 0;
}

/* Takes the lock that keeps others from entering, looks who is inside, and hides the set if that is nobody, or if they
 * are to be killed. 1 with the pid of somebody to wait for. */
static int try_hide(struct nsm_removal *removal, pid_t *ret_pid)
{
	pid_t pids[SHOWN_PIDS];
	int r;

	r = nsm_store_try_lock(removal->store);
	if (r == -EWOULDBLOCK) {
		/* Nothing is begun, and nothing held: who waits for a lock can be interrupted. */
		nsm_stage_close(removal->stage);
		nsm_sys_restore_signals(&removal->signals);
		r = nsm_store_lock(removal->store, true);
		nsm_sys_block_signals(&removal->signals);
	}
	if (r < 0)
		return r;
	r = inspect(removal);
	if (r == 0 && (removal->pidns >= 0 || removal->cgroup >= 0) && !(removal->flags & NSMGR_REMOVE_KILL)) {
		int count = find_members(removal, pids);

		if (count == -EXDEV)
			r = nsm_fail_text(removal->store->ctx, count, "remove", NSMGR_PID, NULL,
					  "/proc is not of our pid namespace (cure: mount -t proc proc /proc)");
		else if (count == -ELOOP)
			r = nsm_fail_text(removal->store->ctx, count, "remove", NSMGR_TYPE_NONE, NULL,
					  "processes are in cgroups more than 64 below its own (cure: --kill ends them)");
		else if (count < 0)
			r = nsm_fail(removal->store->ctx, count, "remove", NSMGR_PID, "/proc");
		else if (count > 0 && !(removal->flags & NSMGR_REMOVE_WAIT))
			r = refuse_busy(removal, -EBUSY, pids, count);
		else if (count > 0 && nsm_deadline_left(&removal->deadline) == 0)
			r = refuse_busy(removal, -ETIMEDOUT, pids, count);
		else if (count > 0) {
			*ret_pid = pids[0];
			r = 1;
		}
	}
	/* Before its name is free: who makes a set of that name next, with ip netns, is not to meet this one's. */
	if (r == 0 && removal->has_marks)
		r = nsm_store_remove_ip_netns(removal->store, removal->name);
	if (r == 0) {
		r = nsm_stage_hide(removal->stage, removal->name);
		removal->missing = r == -ENOENT;
	}
	nsm_store_unlock(removal->store);
	return r;
}

int nsm_removal_hide(struct nsm_removal *removal)
{
	pid_t pid = 0;
	int r;

	while ((r = try_hide(removal, &pid)) > 0) {
		r = wait_for_one(removal, pid);
		if (r < 0 && r != -ETIMEDOUT)
			return r;
	}
	return r;
}
