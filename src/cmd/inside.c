/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/inside.h"

#include "base/fd.h"
#include "base/text.h"
#include "cmd/devices.h"
#include "cmd/procs.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/utsname.h>

int inside_new(struct inside **ret)
{
	const int flags = MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE;
	struct inside *inside = mmap(NULL, sizeof(*inside), PROT_READ | PROT_WRITE, flags, -1, 0);

	if (inside == MAP_FAILED)
		return -errno;
	inside->proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	*ret = inside;
	return 0;
}

void inside_free(struct inside **inside)
{
	if (*inside) {
		nsm_close(&(*inside)->proc);
		munmap(*inside, sizeof(**inside));
	}
	*inside = NULL;
}

/* ---- names, and files of /proc ---- */

static int look_at_names(struct inside *inside)
{
	struct utsname names;

	if (uname(&names) < 0)
		return -errno;
	nsm_copy(inside->hostname, sizeof(inside->hostname), names.nodename);
	nsm_copy(inside->domainname, sizeof(inside->domainname), names.domainname);
	return 0;
}

static int read_file(const char *process, const char *file, char *buf, size_t size)
{
	char path[64];
	struct nsm_text text = NSM_TEXT(path);
	ssize_t len;

	nsm_text_add(&text, "/proc/%s/%s", process, file);
	len = nsm_read_text_at(AT_FDCWD, path, buf, size);
	return len < 0 ? (int)len : 0;
}

static int read_maps(const char *process, struct inside *inside)
{
	static const char *const files[] = { "uid_map", "gid_map", "projid_map" };
	int r = read_file(process, "setgroups", inside->setgroups, sizeof(inside->setgroups));

	for (size_t i = 0; r == 0 && i < NSM_ARRAY_SIZE(files); i++)
		r = read_file(process, files[i], inside->maps[i], sizeof(inside->maps[i]));
	return r;
}

static int look_in_proc(const char *process, enum nsmgr_type type, struct inside *inside)
{
	if (type == NSMGR_USER)
		return read_maps(process, inside);
	return read_file(process, "timens_offsets", inside->offsets, sizeof(inside->offsets));
}

int look_at_process(pid_t pid, enum nsmgr_type type, struct inside *inside)
{
	char process[16];
	struct nsm_text text = NSM_TEXT(process);

	nsm_text_add(&text, "%ld", (long)pid);
	return look_in_proc(process, type, inside);
}

int read_cgroup(pid_t pid, char *buf, size_t size)
{
	char process[16], file[8192];
	const char *path;
	struct nsm_text text = NSM_TEXT(process);
	int r;

	nsm_text_add(&text, "%ld", (long)pid);
	r = read_file(process, "cgroup", file, sizeof(file));
	if (r < 0)
		return r;
	path = process_cgroup(file);
	if (!path)
		return -ENOENT;
	return nsm_copy(buf, size, path) ? 0 : -ENAMETOOLONG;
}

/* Of the process that it comes from, with paths from the root of that: the set may have no /proc. */
static int look_at_mounts(struct inside *inside)
{
	ssize_t len = nsm_read_text_at(inside->proc, "self/mountinfo", inside->mounts, sizeof(inside->mounts));

	return len < 0 ? (int)len : 0;
}

static int look_at_cgroups(struct inside *inside)
{
	for (size_t i = 0; i < INSIDE_PIDS; i++)
		if (inside->pids[i] && read_cgroup(inside->pids[i], inside->cgroups[i], sizeof(inside->cgroups[i])) < 0)
			inside->cgroups[i][0] = '\0';
	return 0;
}

/* ---- the child ---- */

struct look {
	enum nsmgr_type type;
	struct inside *inside;
};

static int look_at(const struct look *job)
{
	switch (job->type) {
	case NSMGR_CGROUP:
		return look_at_cgroups(job->inside);
	case NSMGR_MNT:
		return look_at_mounts(job->inside);
	case NSMGR_NET:
		return look_at_devices(job->inside);
	case NSMGR_UTS:
		return look_at_names(job->inside);
	default:
		return look_in_proc("self", job->type, job->inside);
	}
}

static int look(void *data)
{
	const struct look *job = data;

	job->inside->error = -look_at(job);
	return 0;
}

static int call(struct nsmgr_ctx *ctx, const char *name, unsigned types, struct look *job)
{
	struct nsmgr_status status;
	struct nsmgr_set *set;
	int r = nsmgr_set_open(ctx, name, types, 0, &set);

	job->inside->error = 0;
	if (r < 0)
		return r;
	r = nsmgr_call(set, types, look, job, &status);
	nsmgr_set_close(set);
	if (r == 0 && status.signal)
		job->inside->error = EINTR; /* killed by somebody */
	return r < 0 ? r : -job->inside->error;
}

int look_inside(struct nsmgr_ctx *ctx, const char *name, enum nsmgr_type type, bool user, struct inside *inside)
{
	struct look job = { type, inside };
	int r = call(ctx, name, NSMGR_MASK(type), &job);

	if (r == -EPERM && !inside->error && user && type != NSMGR_USER)
		r = call(ctx, name, NSMGR_MASK(type) | NSMGR_MASK(NSMGR_USER), &job);
	return r;
}
