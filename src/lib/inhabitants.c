/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/inhabitants.h"

#include "base/fd.h"
#include "base/parse.h"
#include "base/text.h"
#include "lib/dir.h"
#include "lib/init.h"
#include "lib/nsfd.h"
#include "lib/proc.h"

#include <fcntl.h>
#include <sys/stat.h>

/* What has ended keeps its pid namespace until it is reaped. */
static bool is_zombie(int proc, const char *name)
{
	nsm_autoclose int dir = openat(proc, name, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return dir < 0 ? errno == ENOENT : nsm_proc_live_thread(dir) == -ESRCH;
}

int nsm_inhabitants(int pidns, pid_t keeper, pid_t *ret_pids, size_t size)
{
	nsm_autoclose int proc = openat(AT_FDCWD, "/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct nsm_dirent *entry;
	struct stat own, st;
	struct nsmgr_id wanted;
	struct nsm_dir dir;
	pid_t init = 0;
	size_t count = 0;
	int r;

	if (proc < 0)
		return -errno;
	r = nsm_proc_is_ours();
	if (r <= 0)
		return r < 0 ? r : -EXDEV;
	r = stat(NSM_PROC_SELF "/ns/pid", &own) < 0 ? -errno : nsm_nsfd_id(pidns, &wanted);
	/* Who is the init must be known, or it would be one to wait for. */
	if (r == 0)
		r = nsm_init_number(pidns, keeper, &init);
	if (r < 0)
		return r;
	nsm_dir_begin(&dir, proc);
	while ((r = nsm_dir_next(&dir, &entry)) > 0) {
		nsm_autoclose int ns = -EBADF;
		char path[32];
		struct nsm_text text = NSM_TEXT(path);
		uint32_t pid;

		if (nsm_parse_u32(entry->d_name, &pid) < 0 || (pid_t)pid == init)
			continue;
		nsm_text_add(&text, "%u/ns/pid", pid);
		/* Most live where we do, and are told from the rest by one call. */
		if (fstatat(proc, path, &st, 0) < 0 || (st.st_ino == own.st_ino && own.st_ino != wanted.ino))
			continue;
		ns = nsm_nsfd_open(proc, path, false);
		r = ns < 0 ? ns : nsm_nsfd_is_within(ns, &wanted);
		/* Gone by now, or not ours to look at. What else hinders us from looking must not be taken for nobody. */
		if (r == -ENOENT || r == -ESRCH || r == -EACCES || r == -EPERM)
			continue;
		if (r < 0)
			return r;
		if (r == 0 || is_zombie(proc, entry->d_name))
			continue;
		if (count < size)
			ret_pids[count] = (pid_t)pid;
		count++;
	}
	return r < 0 ? r : (int)count;
}

bool nsm_is_inhabitant(int pidns, pid_t pid)
{
	char path[32];
	struct nsm_text text = NSM_TEXT(path);
	nsm_autoclose int ns = -EBADF;
	struct nsmgr_id wanted;

	nsm_text_add(&text, "/proc/%ld/ns/pid", (long)pid);
	ns = nsm_nsfd_open(AT_FDCWD, path, false);
	return ns >= 0 && nsm_nsfd_id(pidns, &wanted) == 0 && nsm_nsfd_is_within(ns, &wanted) > 0;
}
