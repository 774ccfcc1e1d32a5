/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/proc.h"

#include "base/fd.h"
#include "base/parse.h"
#include "base/text.h"
#include "lib/dir.h"
#include "lib/init.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

/* The text behind "KEY:" and blanks in a file of such lines, or NULL. */
static char *find_value(char *text, const char *key)
{
	char *line;

	while ((line = nsm_token(&text, '\n'))) {
		const char *value = nsm_after(line, key);

		if (value)
			return line + strlen(key) + strspn(value, " \t");
	}
	return NULL;
}

int nsm_proc_is_ours(void)
{
	char text[4096];
	const char *pids;
	int r = (int)nsm_read_lines_at(AT_FDCWD, "/proc/self/status", text, sizeof(text));

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	/* Our numbers from the namespace of this /proc downwards to ours: one means that they are the same. */
	pids = find_value(text, "NSpid:");
	return pids && !pids[strspn(pids, "0123456789")];
}

pid_t nsm_proc_pid(int pidfd)
{
	char path[40], text[512];
	struct nsm_text path_text = NSM_TEXT(path);
	const char *value;
	uint32_t pid;
	ssize_t len;

	nsm_text_add(&path_text, NSM_PROC_SELF "/fdinfo/%d", pidfd);
	len = nsm_read_text_at(AT_FDCWD, path, text, sizeof(text));
	if (len < 0)
		return len == -ENOENT ? -ESRCH : (pid_t)len;
	value = find_value(text, "Pid:");
	/* 0 and -1 stand for a process that is not shown, or that has ended. */
	if (!value || nsm_parse_u32(value, &pid) < 0 || pid == 0 || pid > INT32_MAX)
		return -ESRCH;
	return (pid_t)pid;
}

/* Whether a thread has any namespaces left; one of which we may not know lives. */
static bool has_namespaces(int dir, const char *path)
{
	struct stat st;

	return fstatat(dir, path, &st, 0) == 0 || (errno != ENOENT && errno != ESRCH);
}

pid_t nsm_proc_live_thread(int proc)
{
	nsm_autoclose int tasks = -EBADF;
	const struct nsm_dirent *entry;
	struct nsm_dir dir;
	int r;

	if (has_namespaces(proc, "ns/uts"))
		return 0;
	tasks = openat(proc, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (tasks < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	nsm_dir_begin(&dir, tasks);
	while ((r = nsm_dir_next(&dir, &entry)) > 0) {
		char path[32];
		struct nsm_text text = NSM_TEXT(path);
		uint32_t tid;

		nsm_text_add(&text, "%s/ns/uts", entry->d_name);
		if (nsm_parse_u32(entry->d_name, &tid) == 0 && has_namespaces(tasks, path))
			return (pid_t)tid;
	}
	return r < 0 && r != -ENOENT ? r : -ESRCH;
}

int nsm_proc_open(pid_t pid)
{
	char path[32] = "/proc/self";
	struct nsm_text text = NSM_TEXT(path);
	nsm_autoclose int fd = -EBADF;
	struct statfs fs;

	if (pid)
		nsm_text_add(&text, "/proc/%ld", (long)pid);
	fd = openat(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fstatfs(fd, &fs) < 0)
		return -errno;
	return fs.f_type == NSM_PROC_MAGIC ? take_fd(fd) : -ENOSYS;
}

int nsm_proc_pidfd(pid_t pid)
{
	int pidfd = nsm_sys_pidfd_open(pid);

	/* EINVAL and ENOENT: a number below 1, or of a thread that leads no process. */
	return pidfd == -EINVAL || pidfd == -ENOENT ? -ESRCH : pidfd;
}

int nsm_proc_open_pidfd(int pidfd, pid_t *ret_number)
{
	nsm_autoclose int proc = -EBADF;
	pid_t number = nsm_proc_pid(pidfd);

	proc = number < 0 ? number : nsm_proc_open(number);
	if (nsm_pidfd_has_ended(pidfd))
		return -ESRCH;
	if (proc == -ESRCH)
		return -ENOENT;
	if (proc >= 0)
		*ret_number = number;
	return take_fd(proc);
}
