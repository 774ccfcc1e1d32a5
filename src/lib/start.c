/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/start.h"

#include "base/fd.h"
#include "lib/edge.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void clear(struct nsm_start *start)
{
	nsm_close(&start->ours);
	nsm_close(&start->theirs);
	nsm_close(&start->spare);
	for (int fd = 0; fd < 3; fd++)
		nsm_close(&start->stdio[fd]);
	nsm_close(&start->command->parent);
	if (start->second)
		munmap(start->second, sizeof(*start->second));
	nsm_exec_clear(&start->exec);
}

static int failed(struct nsm_start *start, int r, const char *step, const char *path)
{
	return nsm_fail(start->command->ctx, r, step, NSMGR_TYPE_NONE, path);
}

/* ---- Before the clone: all that allocates or opens ---- */

static int prepare_stdio(struct nsm_start *start, struct nsmgr_child *child)
{
	for (int fd = 0; fd < 3; fd++) {
		int ends[2];

		if (start->command->stdio[fd] == NSMGR_STDIO_INHERIT)
			continue;
		if (start->command->stdio[fd] == NSMGR_STDIO_NULL) {
			start->stdio[fd] = open("/dev/null", O_RDWR | O_CLOEXEC | O_NOCTTY);
			if (start->stdio[fd] < 0)
				return failed(start, -errno, "descriptors", "/dev/null");
		} else {
			if (pipe2(ends, O_CLOEXEC) < 0)
				return failed(start, -errno, "descriptors", NULL);
			start->stdio[fd] = ends[fd != 0];
			child->pipes[fd] = ends[fd == 0];
		}
		start->exec.stdio[start->exec.stdio_count++] = (struct nsm_move){ .from = start->stdio[fd], .to = fd };
	}
	return 0;
}

/* Before anything of ours can take the number of one that is not there. */
static int check_descriptors(struct nsm_start *start)
{
	const struct nsmgr_command *command = start->command;

	for (size_t i = 0; i < command->fd_count; i++)
		if (fcntl(command->fds[i].from, F_GETFD) < 0)
			return nsm_fail_text(command->ctx, -EBADF, "descriptors", NSMGR_TYPE_NONE, NULL, "%d is not open",
					     command->fds[i].from);
	return 0;
}

static int prepare_sockets(struct nsm_start *start)
{
	int pair[2];

	if (start->command->parent_signal) {
		start->command->parent = nsm_sys_pidfd_open(getpid());
		if (start->command->parent < 0)
			return failed(start, start->command->parent, "parent death", NULL);
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return failed(start, -errno, "start", NULL);
	start->ours = pair[0];
	start->theirs = pair[1];
	start->spare = fcntl(start->ours, F_DUPFD_CLOEXEC, 0);
	return start->spare < 0 ? failed(start, -errno, "start", NULL) : 0;
}

/* The caller is told of the second process in the greeting, but has it as a child also where that does not come. */
static int prepare_second(struct nsm_start *start)
{
	void *page;

	if (!start->command->entered_pid)
		return 0;
	page = mmap(NULL, sizeof(*start->second), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return failed(start, -errno, "start", NULL);
	start->second = page;
	return 0;
}

static int prepare(struct nsm_start *start, const char *const argv[], struct nsmgr_child *child)
{
	int r = check_descriptors(start);

	nsm_command_look_at(start->command, start->set);
	if (r == 0)
		r = nsm_exec_prepare(start->command, argv, &start->exec);
	if (r == 0)
		r = prepare_stdio(start, child);
	if (r == 0)
		r = prepare_second(start);
	return r < 0 ? r : prepare_sockets(start);
}

/* ---- The conversation ---- */

static int clone_first(struct nsm_start *start, struct nsmgr_child *child)
{
	pid_t pid;

	nsm_sys_block_signals(&start->mask);
	start->exec.mask = &start->mask;
	pid = nsm_sys_clone(&child->pidfd);
	if (pid == 0)
		nsm_start_run(start);
	nsm_sys_restore_signals(&start->mask);
	if (pid < 0)
		return failed(start, pid, "fork", NULL);
	child->pid = pid;
	return 0;
}

static int ended_early(struct nsm_start *start)
{
	return nsm_fail_text(start->command->ctx, -ECHILD, "start", NSMGR_TYPE_NONE, NULL,
			     "the new process ended before its execve(2)");
}

/* Takes the descriptors out of a message, as many as are expected. */
static int take_descriptors(struct msghdr *message, size_t count, int *ret_fds)
{
	struct cmsghdr *header = CMSG_FIRSTHDR(message);
	size_t have = 0;

	if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
		have = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	if (have > count)
		have = count;
	if (have)
		memcpy(ret_fds, CMSG_DATA(header), have * sizeof(int));
	/* Those for which there was no number are gone. */
	return have < count ? -EMFILE : 0;
}

/* The greeting: waits for it, or for an end without one. fds[0] is of the second process, fds[1] the channel. */
static int receive_greeting(struct nsm_start *start, const struct nsmgr_child *child, struct nsm_start_report *ret, int fds[2])
{
	struct pollfd events[] = { { .fd = start->ours, .events = POLLIN }, { .fd = child->pidfd, .events = POLLIN } };
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(2 * sizeof(int))];
	struct iovec data = { .iov_base = ret, .iov_len = sizeof(*ret) };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control) };
	bool second = start->command->entered_pid;
	int r;

	while (poll(events, 2, -1) < 0)
		if (errno != EINTR)
			return failed(start, -errno, "start", NULL);
	nsm_close(&start->theirs);
	nsm_close(&start->spare);
	if (recvmsg(start->ours, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) != (ssize_t)sizeof(*ret))
		return ended_early(start);
	if (ret->phase == NSM_START_FAILED)
		return nsm_failure_take(start->command->ctx, &ret->failure);
	r = take_descriptors(&message, second ? 2 : 1, second ? fds : fds + 1);
	return r < 0 ? failed(start, r, "start", NULL) : 0;
}

/* The first process is over; from now on the child is the second, which nobody else can have reaped: it has no exit signal
 * before its execve. */
static void adopt(struct nsmgr_child *child, pid_t pid, int pidfd)
{
	struct nsm_pidfd_info info = { .mask = NSM_PIDFD_INFO_PID };

	nsm_sys_reap(child->pid, NULL);
	nsm_close(&child->pidfd);
	child->pidfd = pidfd;
	/* The number as the first one saw it, who is in another pid namespace if the caller's children are. */
	child->pid = nsm_sys_pidfd_info(pidfd, &info) == 0 && info.pid ? (pid_t)info.pid : pid;
}

/* Without a greeting: the first process is over before we look whether there is a second, which ends too, as nobody has the channel
 * any more. As a zombie of ours it would keep the pid namespace's init from ending (pid_namespaces(7)). Never one of the program's
 * own: it has no exit signal. */
static void forget_second(struct nsm_start *start, struct nsmgr_child *child)
{
	siginfo_t info;

	/* A greeting that was sent meanwhile goes with them, and the second's channel that is in it. */
	nsm_close(&start->ours);
	nsm_close(&start->theirs);
	nsm_close(&start->spare);
	nsm_sys_pidfd_kill(child->pidfd, SIGKILL);
	while (waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOWAIT | __WALL) < 0 && errno == EINTR)
		;
	while (*start->second > 0 && waitpid(*start->second, NULL, __WCLONE) < 0 && errno == EINTR)
		;
}

static int meet(struct nsm_start *start, struct nsmgr_child *child, int *ret_channel)
{
	struct nsm_start_report greeting = { .pid = 0 };
	int fds[2] = { -EBADF, -EBADF };
	int r = receive_greeting(start, child, &greeting, fds);

	if (fds[0] >= 0)
		adopt(child, greeting.pid, fds[0]);
	else if (r < 0 && start->second)
		forget_second(start, child);
	*ret_channel = fds[1];
	if (r == 0 && fds[0] >= 0 && send(fds[1], "g", 1, MSG_NOSIGNAL) < 0)
		r = ended_early(start);
	return r;
}

/* The channel is closed by the execve, or by an end right before it, which sends nobody a signal: that is waited for here, so that
 * whoever looks at the child before he waits for signals sees it. */
static void see_end(const struct nsmgr_child *child)
{
	siginfo_t info;

	/* After the execve it is no child of that kind any more. Whoever traces it may have its end before us. */
	while (waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOWAIT | __WCLONE) < 0 && errno == EINTR)
		;
}

/* Until the execve closes the channel. */
static int see_off(struct nsm_start *start, const struct nsmgr_child *child, int channel)
{
	nsm_autoclose int renewed = -EBADF;
	bool ready = false;

	for (;;) {
		_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
		struct nsm_start_report report;
		struct iovec data = { .iov_base = &report, .iov_len = sizeof(report) };
		struct msghdr message = {
			.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control),
		};
		ssize_t n = recvmsg(renewed < 0 ? channel : renewed, &message, MSG_CMSG_CLOEXEC);

		if (n < 0 && errno == EINTR)
			continue;
		if (n != (ssize_t)sizeof(report)) {
			see_end(child);
			return ready ? 0 : ended_early(start);
		}
		if (report.phase == NSM_START_FAILED)
			return nsm_failure_take(start->command->ctx, &report.failure);
		if (start->command->hook && take_descriptors(&message, 1, &renewed) < 0)
			return failed(start, -EMFILE, "start", NULL);
		ready = true;
	}
}

static int start_child(struct nsm_start *start, const char *const argv[], struct nsmgr_child *child)
{
	nsm_autoclose int channel = -EBADF;
	int r = prepare(start, argv, child);

	if (r == 0)
		r = clone_first(start, child);
	if (r == 0)
		r = meet(start, child, &channel);
	return r < 0 ? r : see_off(start, child, channel);
}

int nsmgr_command_start(struct nsmgr_command *command, struct nsmgr_set *set, const char *const argv[],
			struct nsmgr_child **ret_child)
{
	nsm_cleanup(clear) struct nsm_start start = { .command = command, .set = set, .exec = NSM_EXEC_INIT, .ours = -EBADF,
						      .theirs = -EBADF, .spare = -EBADF,
						      .stdio = { -EBADF, -EBADF, -EBADF } };
	struct nsmgr_child *child = NULL;
	int r = nsm_child_new(command->ctx, &child);

	if (r == 0)
		r = start_child(&start, argv, child);
	if (r < 0) {
		struct nsm_failure failure = command->ctx->failure;

		nsmgr_child_free(child);
		command->ctx->failure = failure;
		return nsm_edge(command->ctx, NSM_EDGE_command_start, r);
	}
	*ret_child = child;
	return 0;
}
