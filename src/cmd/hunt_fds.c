/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/hunt_fds.h"

#include "base/fd.h"
#include "base/parse.h"
#include "cmd/sys.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

struct table {
	struct hunt *hunt;
	const struct process *process;
	pid_t tid;
	int dir;    /* /proc/PID/fd */
	int pidfd;  /* opened when it is needed */
	bool hidden;
};

/* Whether a file may belong to a network namespace other than by being it: sockets do, and the queues of
 * tap devices, which are opened from one file. */
static bool is_of_network(const struct stat *st)
{
	return S_ISSOCK(st->st_mode) || (S_ISCHR(st->st_mode) && st->st_rdev == makedev(10, 200));
}

/* The number still leads to the process whose directory we have: then so does the pidfd that was opened before. */
static int open_pidfd(struct table *table)
{
	pid_t tid = table->tid ? table->tid : table->process->pid;
	struct stat st;

	if (!table->hunt->numbers_are_ours)
		return -EACCES;
	table->pidfd = sys_pidfd_open(tid, table->tid != 0);
	if (table->pidfd < 0)
		return table->pidfd == -ESRCH ? 0 : -EACCES;
	if (fstatat(table->dir, ".", &st, 0) < 0)
		nsm_close(&table->pidfd);
	return 0;
}

static int report(struct table *table, enum holder_kind kind, ino_t ino, int fd)
{
	const struct wanted *wanted = hunt_match(table->hunt, ino);
	const struct holder holder = { .type = wanted ? wanted->type : NSMGR_TYPE_NONE, .ino = ino, .kind = kind,
				       .process = table->process, .tid = table->tid, .fd = fd };

	return wanted ? table->hunt->found(table->hunt->data, &holder) : 0;
}

static int look_at_socket(struct table *table, int fd)
{
	nsm_autoclose int copy = -EBADF, netns = -EBADF;
	struct stat st;

	if (table->pidfd < 0 && open_pidfd(table) < 0)
		table->hidden = true;
	if (table->pidfd < 0)
		return 0;
	copy = sys_pidfd_getfd(table->pidfd, fd);
	table->hidden |= copy == -EPERM;
	if (copy < 0)
		return copy == -EMFILE || copy == -ENFILE ? copy : 0;
	netns = sys_socket_netns(copy);
	table->hidden |= netns == -EPERM;
	if (netns < 0 || fstat(netns, &st) < 0 || st.st_ino == table->process->ns[NSMGR_NET])
		return 0;
	return report(table, HOLDER_SOCKET, st.st_ino, fd);
}

static int look_at_namespace(struct table *table, const char *name, const struct stat *st, int fd)
{
	nsm_autoclose int ns = -EBADF;
	int r = report(table, HOLDER_FD, st->st_ino, fd);

	if (r < 0)
		return r;
	ns = openat(table->dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (ns < 0)
		return 0;
	if (sys_ns_type(ns) == NSMGR_MNT)
		r = hunt_postpone(table->hunt, ns);
	return r < 0 ? r : hunt_explore(table->hunt, ns, table->process);
}

/* What is open is told by the file itself, not by the text of the link. */
static int look_at_fd(struct table *table, const char *name)
{
	struct stat st;
	uint32_t fd;

	if (nsm_parse_u32(name, &fd) < 0)
		return 0;
	if (fstatat(table->dir, name, &st, 0) < 0) {
		table->hidden |= errno == EACCES || errno == EPERM;
		return 0;
	}
	if (st.st_dev == table->hunt->nsfs)
		return look_at_namespace(table, name, &st, (int)fd);
	if (is_of_network(&st) && table->hunt->types & NSMGR_MASK(NSMGR_NET))
		return look_at_socket(table, (int)fd);
	return 0;
}

int hunt_fds(struct hunt *hunt, const struct process *process, pid_t tid)
{
	struct table table = { .hunt = hunt, .process = process, .tid = tid, .pidfd = -EBADF };
	char path[48] = "fd";
	struct nsm_text text = NSM_TEXT(path);
	struct dirent *entry;
	DIR *dir;
	int r = 0;

	if (tid)
		nsm_text_add(&text, "task/%ld/fd", (long)tid);
	table.dir = openat(process->dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (table.dir < 0)
		return errno == EACCES || errno == EPERM ? -EACCES : 0;
	dir = fdopendir(table.dir);
	if (!dir) {
		/* That of a process that has just gone is no directory any more. */
		r = errno == ENOMEM ? -ENOMEM : 0;
		nsm_close(&table.dir);
		return r;
	}
	while (r == 0 && (errno = 0, entry = readdir(dir)))
		r = look_at_fd(&table, entry->d_name);
	table.hidden |= r == 0 && errno == EACCES;
	closedir(dir);
	nsm_close(&table.pidfd);
	return r == 0 && table.hidden ? -EACCES : r;
}
