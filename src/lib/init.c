/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/init.h"

#include "base/fd.h"
#include "base/text.h"
#include "lib/nsfd.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>

bool nsm_pidfd_has_ended(int pidfd)
{
	struct pollfd poll_fd = { .fd = pidfd, .events = POLLIN };

	return poll(&poll_fd, 1, 0) != 0;
}

/* Before Linux 6.11 the namespace does not tell its init. */
static enum nsm_init_state find_recorded(int nsfd, pid_t recorded, int *ret_pidfd, pid_t *ret_pid)
{
	nsm_autoclose int pidfd = -EBADF, link = -EBADF;
	struct nsm_nsid id;
	char path[32];
	struct nsm_text text = NSM_TEXT(path);

	if (recorded <= 0 || nsm_nsfd_id(nsfd, &id) < 0)
		return NSM_INIT_UNKNOWN;
	pidfd = nsm_sys_pidfd_open(recorded);
	if (pidfd == -ESRCH)
		return NSM_INIT_DEAD;
	nsm_text_add(&text, "/proc/%ld/ns/pid", (long)recorded);
	link = nsm_nsfd_open(AT_FDCWD, path, false);
	if (link == -EACCES || link == -EPERM)
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
	nsm_autoclose int own = nsm_nsfd_open(AT_FDCWD, "/proc/self/ns/pid", false);
	struct nsm_nsid id;

	return own >= 0 && nsm_nsfd_id(own, &id) == 0 && nsm_nsfd_is_within(nsfd, &id);
}

static enum nsm_init_state find(int nsfd, pid_t recorded, int *ret_pidfd, pid_t *ret_pid)
{
	nsm_autoclose int pidfd = -EBADF;
	int pid = ioctl(nsfd, NSM_NS_GET_PID_FROM_PIDNS, 1);

	if (pid < 0 && errno != ESRCH)
		return find_recorded(nsfd, recorded, ret_pidfd, ret_pid);
	if (pid < 0)
		return is_in_our_tree(nsfd) ? NSM_INIT_DEAD : NSM_INIT_UNKNOWN;
	pidfd = nsm_sys_pidfd_open(pid);
	/* Asked again, so that the pidfd is not of a process that got the number in between. */
	if (pidfd < 0 || ioctl(nsfd, NSM_NS_GET_PID_FROM_PIDNS, 1) != pid || nsm_pidfd_has_ended(pidfd))
		return NSM_INIT_DEAD;
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

void nsm_pidfd_end(int pidfd)
{
	struct pollfd poll_fd = { .fd = pidfd, .events = POLLIN };

	if (nsm_sys_pidfd_kill(pidfd, SIGKILL) < 0)
		return;
	while (poll(&poll_fd, 1, -1) < 0 && errno == EINTR)
		;
}

void nsm_init_end(int nsfd, pid_t recorded)
{
	nsm_autoclose int pidfd = -EBADF;

	if (nsm_init_find(nsfd, recorded, &pidfd, NULL) == NSM_INIT_ALIVE && pidfd >= 0)
		nsm_pidfd_end(pidfd);
}
