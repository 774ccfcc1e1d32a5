/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/hunt.h"

#include "base/fd.h"
#include "cmd/hunt_fds.h"
#include "cmd/sys.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int explore_link(struct hunt *hunt, const struct process *process, const char *path)
{
	nsm_autoclose int ns = openat(process->dir, path, O_RDONLY | O_CLOEXEC);

	return ns < 0 ? 0 : hunt_explore(hunt, ns, process);
}

/* One link below a ns directory. */
static int look_at_link(struct hunt *hunt, struct holder *holder, const char *path, ino_t ino)
{
	const struct wanted *wanted = hunt_match(hunt, ino);

	if (!inodes_have(&hunt->explored, ino)) {
		int r = explore_link(hunt, holder->process, path);

		if (r < 0)
			return r;
	}
	if (!wanted)
		return 0;
	holder->type = wanted->type;
	holder->ino = ino;
	return hunt->found(hunt->data, holder);
}

/* What the children of a thread will be in, where that is not what the thread is in itself. */
static int look_at_children(struct hunt *hunt, const struct process *process, pid_t tid, const char *prefix)
{
	static const struct {
		enum nsmgr_type type;
		const char *name;
	} links[] = { { NSMGR_PID, "pid_for_children" }, { NSMGR_TIME, "time_for_children" } };
	int r = 0;

	for (size_t i = 0; r == 0 && i < NSM_ARRAY_SIZE(links); i++) {
		struct holder holder = { .kind = HOLDER_CHILDREN, .process = process, .tid = tid, .fd = -1 };
		char path[64];
		struct nsm_text text = NSM_TEXT(path);
		struct stat st;

		if (!(hunt->types & (NSMGR_MASK(links[i].type) | NSMGR_MASK(NSMGR_USER))))
			continue;
		nsm_text_add(&text, "%sns/%s", prefix, links[i].name);
		if (fstatat(process->dir, path, &st, 0) == 0 && st.st_ino != process->ns[links[i].type])
			r = look_at_link(hunt, &holder, path, st.st_ino);
	}
	return r;
}

static int look_at_own(struct hunt *hunt, const struct process *process)
{
	struct process_details details;
	int r = 0;

	for (int type = 0; r == 0 && type < NSMGR_TYPE_COUNT; type++) {
		struct holder holder = { .kind = HOLDER_PROCESS, .process = process, .fd = -1 };
		char path[48];
		struct nsm_text text = NSM_TEXT(path);

		if (!process->ns[type])
			continue;
		if (process->tid)
			nsm_text_add(&text, "task/%ld/", (long)process->tid);
		nsm_text_add(&text, "ns/%s", nsmgr_type_name((enum nsmgr_type)type));
		if (hunt_match(hunt, process->ns[type]) && process_read(process, &details) == 0 && details.ended)
			holder.kind = HOLDER_ZOMBIE;
		r = look_at_link(hunt, &holder, path, process->ns[type]);
	}
	return r == 0 ? look_at_children(hunt, process, 0, "") : r;
}

/* setns(2) and unshare(2) move a thread, not its process. */
static int look_at_thread(struct hunt *hunt, const struct process *process, pid_t tid)
{
	char prefix[32];
	struct nsm_text prefix_text = NSM_TEXT(prefix);
	int r = 0;

	nsm_text_add(&prefix_text, "task/%ld/", (long)tid);
	for (int type = 0; r == 0 && type < NSMGR_TYPE_COUNT; type++) {
		struct holder holder = { .kind = HOLDER_THREAD, .process = process, .tid = tid, .fd = -1 };
		char path[64];
		struct nsm_text text = NSM_TEXT(path);
		struct stat st;

		nsm_text_add(&text, "%sns/%s", prefix, nsmgr_type_name((enum nsmgr_type)type));
		if (fstatat(process->dir, path, &st, 0) == 0 && st.st_ino != process->ns[type])
			r = look_at_link(hunt, &holder, path, st.st_ino);
	}
	return r == 0 ? look_at_children(hunt, process, tid, prefix) : r;
}

struct threads {
	struct hunt *hunt;
	pid_t last; /* whose table of descriptors was looked at */
};

static int visit_thread(void *data, const struct process *process, pid_t tid)
{
	struct threads *threads = data;
	struct hunt *hunt = threads->hunt;
	int r = look_at_thread(hunt, process, tid);

	if (r == 0 && hunt->numbers_are_ours && sys_compare_files(threads->last, tid) > 0) {
		threads->last = tid;
		r = hunt_fds(hunt, process, tid);
	}
	return r == -EACCES && process_is_exiting(process, tid) ? 0 : r;
}

static int look_at_threads(struct hunt *hunt, const struct process *process)
{
	struct threads threads = { hunt, process->pid };

	return threads_walk(process, visit_thread, &threads);
}

int hunt_process(void *data, const struct process *process)
{
	struct hunt *hunt = data;
	bool hidden = process->hidden;
	int r;

	if (process->pid == getpid())
		return 0;
	r = look_at_own(hunt, process);
	if (r == 0)
		r = hunt_fds(hunt, process, 0);
	hidden |= r == -EACCES;
	if (r == 0 || r == -EACCES)
		r = look_at_threads(hunt, process);
	hidden |= r == -EACCES;
	if (r == 0 || r == -EACCES)
		r = hunt_mounts(hunt, process);
	hidden |= r == -EACCES;
	if (hidden && !process_is_exiting(process, process->tid)) {
		hunt->hidden++;
		hunt->why = process->hidden ? process->hidden : -EACCES;
	}
	return r == -EACCES ? 0 : r;
}
