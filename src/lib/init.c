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
static enum nsm_init_state find_threads(int pidfd)
{
	nsm_autoclose int fd = ioctl(pidfd, nsm_nstypes[NSMGR_UTS].pidfd_get, 0), proc = -EBADF;
	pid_t number;

	if (fd >= 0 || errno != ESRCH)
		return NSM_INIT_ALIVE;
	proc = nsm_proc_open_pidfd(pidfd, &number);
	if (proc < 0)
		return proc == -ESRCH ? NSM_INIT_DEAD : NSM_INIT_UNKNOWN;
	number = nsm_proc_live_thread(proc);
	if (number == -ESRCH)
		return NSM_INIT_DEAD;
	return number < 0 ? NSM_INIT_UNKNOWN : NSM_INIT_ALIVE;
}

bool nsm_pidfd_has_ended(int pidfd)
{
	struct pollfd poll_fd = { .fd = pidfd, .events = POLLIN };

	return poll(&poll_fd, 1, 0) > 0;
}

/* Before Linux 6.11 the namespace does not tell its init. */
static enum nsm_init_state find_recorded(int nsfd, pid_t recorded, int *ret_pidfd, pid_t *ret_pid)
{
	nsm_autoclose int pidfd = -EBADF, link = -EBADF;
	struct nsmgr_id id;
	char path[32];
	struct nsm_text text = NSM_TEXT(path);

	if (recorded <= 0 || nsm_nsfd_id(nsfd, &id) < 0)
		return NSM_INIT_UNKNOWN;
	pidfd = nsm_sys_pidfd_open(recorded);
	if (pidfd == -ESRCH)
		return NSM_INIT_DEAD;
	nsm_text_add(&text, "/proc/%ld/ns/pid", (long)recorded);
	link = nsm_nsfd_open(AT_FDCWD, path, false);
	if (link < 0 && link != -ENOENT && link != -ESRCH)
		return NSM_INIT_UNKNOWN;
	/* A zombie has no namespaces any more; another process by now has others. */
	if (link < 0 || !nsm_nsfd_is(link, &id) || (pidfd >= 0 && nsm_pidfd_has_ended(pidfd)))
		return NSM_INIT_DEAD;
	*ret_pid = recorded;
	*ret_pidfd = take_fd(pidfd);
	return NSM_INIT_ALIVE;
}

/* An init that is not found in a namespace below ours is dead. */
static bool is_in_our_tree(int nsfd)
{
	nsm_autoclose int own = nsm_nsfd_open(AT_FDCWD, NSM_PROC_SELF "/ns/pid", false);
	struct nsmgr_id id;

	return own >= 0 && nsm_nsfd_id(own, &id) == 0 && nsm_nsfd_is_within(nsfd, &id) > 0;
}

static enum nsm_init_state find(int nsfd, pid_t recorded, int *ret_pidfd, pid_t *ret_pid)
{
	nsm_autoclose int pidfd = -EBADF;
	int again, pid = ioctl(nsfd, NSM_NS_GET_PID_FROM_PIDNS, 1);
	enum nsm_init_state state;

	if (pid < 0 && errno != ESRCH)
		return find_recorded(nsfd, recorded, ret_pidfd, ret_pid);
	if (pid < 0)
		return is_in_our_tree(nsfd) ? NSM_INIT_DEAD : NSM_INIT_UNKNOWN;
	pidfd = nsm_sys_pidfd_open(pid);
	if (pidfd < 0)
		return pidfd == -ESRCH ? NSM_INIT_DEAD : NSM_INIT_UNKNOWN;
	/* Asked again, so that the pidfd is not of a process that got the number in between. */
	again = ioctl(nsfd, NSM_NS_GET_PID_FROM_PIDNS, 1);
	if (again < 0 && errno != ESRCH)
		return NSM_INIT_UNKNOWN;
	if (again != pid || nsm_pidfd_has_ended(pidfd))
		return NSM_INIT_DEAD;
	state = find_threads(pidfd);
	if (state != NSM_INIT_ALIVE)
		return state;
	*ret_pid = pid;
	*ret_pidfd = take_fd(pidfd);
	return NSM_INIT_ALIVE;
}

enum nsm_init_state nsm_init_find(int nsfd, pid_t recorded, int *ret_pidfd, pid_t *ret_pid)
{
	nsm_autoclose int pidfd = -EBADF;
	pid_t pid = 0;
	enum nsm_init_state state = find(nsfd, recorded, &pidfd, &pid);

	if (state == NSM_INIT_ALIVE && ret_pidfd)
		*ret_pidfd = take_fd(pidfd);
	if (state == NSM_INIT_ALIVE && ret_pid)
		*ret_pid = pid;
	return state;
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
	return r > 0 ? 0 : -ETIMEDOUT;
}
