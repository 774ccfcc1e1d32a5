/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/init.h"

#include "base/fd.h"
#include "base/text.h"
#include "lib/nsfd.h"
#include "lib/nstype.h"
#include "lib/proc.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>

/* An init goes last: it waits until all others are reaped, also by parents outside, who may be stopped. */
#define END_MILLISECONDS 10000

/* Whether it is on its way out: its namespaces are gone before the others are waited for. Those of its first thread are gone as well
 * when that alone has ended, so that the others are asked. */
static int find_threads(int pidfd)
{
	nsm_autoclose int fd = ioctl(pidfd, nsm_nstypes[NSMGR_UTS].pidfd_get, 0), proc = -EBADF;
	pid_t number;

	if (fd >= 0 || errno != ESRCH)
		return 1;
	proc = nsm_proc_open_pidfd(pidfd, &number);
	if (proc < 0)
		return proc == -ESRCH ? 0 : proc;
	number = nsm_proc_live_thread(proc);
	if (number == -ESRCH)
		return 0;
	return number < 0 ? number : 1;
}

bool nsm_pidfd_has_ended(int pidfd)
{
	struct pollfd poll_fd = { .fd = pidfd, .events = POLLIN };

	return poll(&poll_fd, 1, 0) > 0;
}

/* An init that is not found in a namespace below ours is dead. */
static int find_none(int nsfd)
{
	nsm_autoclose int own = nsm_nsfd_open(AT_FDCWD, NSM_PROC_SELF "/ns/pid", false);
	struct nsmgr_id id;
	int r = own < 0 ? own : nsm_nsfd_id(own, &id);

	if (r == 0)
		r = nsm_nsfd_is_within(nsfd, &id);
	if (r < 0)
		return r;
	return r > 0 ? 0 : -EXDEV;
}

/* Before Linux 6.11 the namespace does not tell its init. */
static int find_recorded(int nsfd, pid_t recorded, int *ret_pidfd, pid_t *ret_pid)
{
	nsm_autoclose int pidfd = -EBADF, link = -EBADF;
	struct nsmgr_id id;
	char path[32];
	struct nsm_text text = NSM_TEXT(path);
	int r = recorded > 0 ? nsm_proc_is_ours() : 0;

	if (r <= 0)
		return r < 0 ? r : -EXDEV;
	r = nsm_nsfd_id(nsfd, &id);
	if (r < 0)
		return r;
	pidfd = nsm_sys_pidfd_open(recorded);
	if (pidfd < 0)
		return pidfd == -ESRCH ? find_none(nsfd) : pidfd;
	nsm_text_add(&text, "/proc/%ld/ns/pid", (long)recorded);
	link = nsm_nsfd_open(AT_FDCWD, path, false);
	if (link < 0 && link != -ENOENT && link != -ESRCH)
		return link;
	/* A zombie has no namespaces any more; another process by now has others. */
	if (link < 0 || !nsm_nsfd_is(link, &id) || nsm_pidfd_has_ended(pidfd))
		return find_none(nsfd);
	*ret_pid = recorded;
	*ret_pidfd = take_fd(pidfd);
	return 1;
}

static int find(int nsfd, pid_t recorded, int *ret_pidfd, pid_t *ret_pid)
{
	nsm_autoclose int pidfd = -EBADF;
	int r, again, pid = ioctl(nsfd, NSM_NS_GET_PID_FROM_PIDNS, 1);

	if (pid < 0 && errno != ESRCH)
		return find_recorded(nsfd, recorded, ret_pidfd, ret_pid);
	if (pid < 0)
		return find_none(nsfd);
	pidfd = nsm_sys_pidfd_open(pid);
	if (pidfd < 0)
		return pidfd == -ESRCH ? 0 : pidfd;
	/* Asked again, so that the pidfd is not of a process that got the number in between. */
	again = ioctl(nsfd, NSM_NS_GET_PID_FROM_PIDNS, 1);
	if (again < 0 && errno != ESRCH)
		return -errno;
	if (again != pid || nsm_pidfd_has_ended(pidfd))
		return 0;
	r = find_threads(pidfd);
	if (r <= 0)
		return r;
	*ret_pid = pid;
	*ret_pidfd = take_fd(pidfd);
	return 1;
}

int nsm_init_find(int nsfd, pid_t recorded, int *ret_pidfd, pid_t *ret_pid)
{
	nsm_autoclose int pidfd = -EBADF;
	pid_t pid = 0;
	int r = find(nsfd, recorded, &pidfd, &pid);

	/* Without /proc nothing can be told. */
	if (r == -ENOENT)
		return -EXDEV;
	if (r > 0 && ret_pidfd)
		*ret_pidfd = take_fd(pidfd);
	if (r > 0 && ret_pid)
		*ret_pid = pid;
	return r;
}

int nsm_init_number(int nsfd, pid_t recorded, pid_t *ret_pid)
{
	int r;

	*ret_pid = 0;
	r = nsm_init_find(nsfd, recorded, NULL, ret_pid);
	return r == -EXDEV ? -EAGAIN : r < 0 ? r : 0;
}

int nsm_pidfd_end(int pidfd)
{
	struct pollfd poll_fd = { .fd = pidfd, .events = POLLIN };
	int r = nsm_sys_pidfd_kill(pidfd, SIGKILL);

	if (r < 0)
		return r == -ESRCH ? 0 : r;
	do
		r = poll(&poll_fd, 1, END_MILLISECONDS);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return -errno;
	return r > 0 ? 0 : -ETIMEDOUT;
}
