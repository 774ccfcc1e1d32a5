/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/procs.h"

#include "base/fd.h"
#include "base/parse.h"
#include "base/text.h"

#include <dirent.h>
#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>

/* Field 9 of proc_pid_stat(5) has the kernel's flags. */
bool process_is_exiting(const struct process *process, pid_t tid)
{
	const unsigned long pf_exiting = 0x4; /* include/linux/sched.h */
	char path[32], line[1024], *cursor;
	struct nsm_text text = NSM_TEXT(path);
	ssize_t len;

	if (tid)
		nsm_text_add(&text, "task/%ld/", (long)tid);
	nsm_text_add(&text, "stat");
	len = nsm_read_text_at(process->dir, path, line, sizeof(line));
	if (len < 0)
		return len == -ENOENT || len == -ESRCH;
	cursor = strrchr(line, ')'); /* the command, which may hold anything */
	for (int field = 2; cursor && field < 9; field++)
		nsm_token(&cursor, ' ');
	return cursor && (strtoul(cursor, NULL, 10) & pf_exiting);
}

static int find_living(void *data, const struct process *process, pid_t tid)
{
	char path[32];
	struct nsm_text text = NSM_TEXT(path);
	struct stat st;

	nsm_text_add(&text, "task/%ld/ns/uts", (long)tid);
	if (fstatat(process->dir, path, &st, 0) < 0 && errno != EACCES && errno != EPERM)
		return 0;
	*(pid_t *)data = tid;
	return 1;
}

/* The first thread of a process may have ended, and others go on: what they are in the process is in. */
static void find_thread(struct process *process)
{
	struct stat st;

	process->tid = 0;
	if (fstatat(process->dir, "ns/uts", &st, 0) < 0 && errno == ENOENT) {
		int r = threads_walk(process, find_living, &process->tid);

		process->hidden = r < 0 ? r : 0;
	}
}

void process_look(struct process *process)
{
	find_thread(process);
	for (int type = 0; type < NSMGR_TYPE_COUNT; type++) {
		char path[48];
		struct nsm_text text = NSM_TEXT(path);
		struct stat st;

		if (process->tid)
			nsm_text_add(&text, "task/%ld/", (long)process->tid);
		nsm_text_add(&text, "ns/%s", nsmgr_type_name((enum nsmgr_type)type));
		if (fstatat(process->dir, path, &st, 0) == 0)
			process->ns[type] = st.st_ino;
		else if (errno != ENOENT && errno != ESRCH)
			process->hidden = -errno;
	}
	if (process->hidden && process_is_exiting(process, process->tid))
		process->hidden = 0;
}

static int visit_process(int proc, const char *name, process_fn *visit, void *data)
{
	nsm_autoclose int dir = openat(proc, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct process process = { .dir = dir };
	uint32_t pid;

	if (dir < 0)
		return errno == ENOENT || errno == ESRCH ? 0 : -errno;
	if (nsm_parse_u32(name, &pid) < 0)
		return 0;
	process.pid = (pid_t)pid;
	process_look(&process);
	return visit(data, &process);
}

static void close_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

int procs_walk(process_fn *visit, void *data)
{
	nsm_cleanup(close_dir) DIR *dir = opendir("/proc");
	struct dirent *entry;
	int r = 0;

	if (!dir)
		return -errno;
	while (r == 0 && (errno = 0, entry = readdir(dir)))
		if (nsm_is_digits(entry->d_name))
			r = visit_process(dirfd(dir), entry->d_name, visit, data);
	return r != 0 ? r : -errno;
}

int threads_walk(const struct process *process, thread_fn *visit, void *data)
{
	nsm_cleanup(close_dir) DIR *dir = NULL;
	struct dirent *entry;
	struct stat st;
	int fd, r = 0;

	/* A directory for each, besides "." and "..": most processes have one thread. */
	if (fstatat(process->dir, "task", &st, 0) < 0 || st.st_nlink <= 3)
		return 0;
	fd = openat(process->dir, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT || errno == ESRCH ? 0 : -errno;
	dir = fdopendir(fd);
	if (!dir) {
		nsm_close(&fd);
		return -ENOMEM;
	}
	while (r == 0 && (errno = 0, entry = readdir(dir))) {
		uint32_t tid;

		if (nsm_parse_u32(entry->d_name, &tid) == 0 && (pid_t)tid != process->pid)
			r = visit(data, process, (pid_t)tid);
	}
	return r != 0 || errno == ENOENT || errno == ESRCH ? r : -errno;
}

const char *process_status_value(const char *status, const char *key)
{
	const char *at = strstr(status, key);

	return at ? at + strlen(key) + strspn(at + strlen(key), " \t") : "";
}

char *process_cgroup(char *text)
{
	char *line;

	while ((line = nsm_token(&text, '\n')))
		if (nsm_after(line, "0::/"))
			return line + strlen("0::");
	return NULL;
}

static int read_command(int dir, const char *status, char *buf, size_t size)
{
	nsm_autoclose int fd = openat(dir, "cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -errno : nsm_read_text(fd, buf, size);
	const char *name = process_status_value(status, "Name:");

	if (len == -EFBIG)
		len = (ssize_t)size - 1;
	while (len > 0 && !buf[len - 1])
		len--;
	if (len <= 0) {
		struct nsm_text text = { .buf = buf, .size = size };

		nsm_text_add(&text, "[%.*s]", (int)strcspn(name, "\n"), name);
		return (int)len;
	}
	for (ssize_t i = 0; i < len; i++)
		if (!buf[i] || buf[i] == '\n')
			buf[i] = ' ';
	buf[len] = '\0';
	return 0;
}

static int read_details(int dir, struct process_details *ret)
{
	char status[4096];
	ssize_t len = nsm_read_lines_at(dir, "status", status, sizeof(status));
	const char *uids, *state;

	if (len < 0)
		return len == -ENOENT ? -ESRCH : (int)len;
	state = process_status_value(status, "\nState:");
	uids = process_status_value(status, "\nUid:");
	ret->parent = (pid_t)strtol(process_status_value(status, "\nPPid:"), NULL, 10);
	ret->uid = (uid_t)strtoul(uids + strcspn(uids, "\t\n"), NULL, 10);
	/* The first thread of a process may have ended, and others go on. */
	ret->ended = (*state == 'Z' || *state == 'X') && strtol(process_status_value(status, "\nThreads:"), NULL, 10) <= 1;
	ret->command_error = read_command(dir, status, ret->command, sizeof(ret->command));
	return 0;
}

int process_read(const struct process *process, struct process_details *ret)
{
	return read_details(process->dir, ret);
}

int process_read_pid(pid_t pid, struct process_details *ret)
{
	char path[32];
	struct nsm_text text = NSM_TEXT(path);
	nsm_autoclose int dir = -EBADF;

	nsm_text_add(&text, "/proc/%ld", (long)pid);
	dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return dir < 0 ? -errno : read_details(dir, ret);
}

const char *user_name(uid_t uid, char buf[64])
{
	struct nsm_text text = { .buf = buf, .size = 64 };
	const struct passwd *passwd = getpwuid(uid);

	buf[0] = '\0';
	if (passwd)
		nsm_text_add(&text, "%s", passwd->pw_name);
	if (!buf[0])
		nsm_text_add(&text, "%lu", (unsigned long)uid);
	return buf;
}

int procs_are_ours(void)
{
	char status[4096];
	const char *pids;
	int r = (int)nsm_read_lines_at(AT_FDCWD, "/proc/self/status", status, sizeof(status));

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	/* Our numbers from the namespace of this /proc downwards to ours: one means that they are the same. */
	pids = process_status_value(status, "\nNSpid:");
	return *pids && pids[strspn(pids, "0123456789")] == '\n';
}

ino_t ns_inode(const char *pid, const char *name)
{
	char path[64];
	struct nsm_text text = NSM_TEXT(path);
	struct stat st;

	nsm_text_add(&text, "/proc/%s/ns/%s", pid, name);
	return stat(path, &st) == 0 ? st.st_ino : 0;
}
