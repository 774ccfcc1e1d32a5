/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/start.h"

#include "base/fd.h"
#include "lib/sys.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Cloned from a program that may have threads: nothing here allocates, locks or prints. */

static void send_report(int socket, struct nsm_start_report *report, const int *fds, size_t fd_count)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(2 * sizeof(int))] = { 0 };
	struct iovec data = { .iov_base = report, .iov_len = sizeof(*report) };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1 };

	if (fd_count) {
		struct cmsghdr *header;

		message.msg_control = control;
		message.msg_controllen = CMSG_SPACE(fd_count * sizeof(int));
		header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(fd_count * sizeof(int));
		memcpy(CMSG_DATA(header), fds, fd_count * sizeof(int));
	}
	/* Nobody there: the caller was killed, and nobody has any use for the command. */
	if (sendmsg(socket, &message, MSG_NOSIGNAL) < 0)
		_exit(1);
}

static _Noreturn void fail(const struct nsm_start *start, int socket)
{
	struct nsm_start_report report = { .phase = NSM_START_FAILED, .failure = start->command->ctx->failure };

	send_report(socket, &report, NULL, 0);
	_exit(1);
}

/* A handler of the program's may not run here, nor be pending when signals are let in. What is ignored stays so. */
static void drop_handlers(void)
{
	for (int i = 1; i <= NSM_SIGNAL_COUNT; i++) {
		void (*disposition)(int);

		if (nsm_sys_get_disposition(i, &disposition) == 0 && disposition != SIG_DFL && disposition != SIG_IGN)
			nsm_sys_set_disposition(i, SIG_DFL);
	}
}

/* What a hook left running has a copy of the channel, whose end would not come before its own. */
static void renew_channel(struct nsm_start *start, struct nsm_start_report *ready)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
		nsm_fail(start->command->ctx, -errno, "start", NSMGR_TYPE_NONE, NULL);
		fail(start, start->exec.report);
	}
	send_report(start->exec.report, ready, pair, 1);
	close(pair[0]);
	start->exec.report = pair[1];
}

/* Once the channel is there. */
static _Noreturn void run_command(struct nsm_start *start, int channel)
{
	struct nsm_start_report ready = { .phase = NSM_START_READY };

	start->exec.report = channel;
	prctl(PR_SET_PDEATHSIG, 0);
	if (nsm_command_settle(start->command, &start->exec) < 0)
		fail(start, start->exec.report);
	if (start->command->hook)
		renew_channel(start, &ready);
	else
		send_report(start->exec.report, &ready, NULL, 0);
	nsm_command_execute(start->command, &start->exec);
	fail(start, start->exec.report);
}

/* In the pid namespace; the caller's, who lets it go on when it is ready to be reaped. */
static _Noreturn void run_second(struct nsm_start *start, int channel)
{
	char go;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (recv(channel, &go, 1, 0) != 1)
		_exit(1);
	run_command(start, channel);
}

static int go_there(struct nsm_start *start)
{
	struct nsmgr_command *command = start->command;

	/* From here its number is the one that the caller means. */
	if (command->entered_pid && command->group > 0) {
		if (setpgid(0, command->group) < 0)
			return nsm_fail(command->ctx, -errno, "process group", NSMGR_TYPE_NONE, NULL);
		command->group = -1;
	}
	return nsm_command_go_to(command, start->set);
}

void nsm_start_run(struct nsm_start *start)
{
	struct nsm_start_report greeting = { .phase = NSM_START_GREETING };
	struct nsmgr_ctx *ctx = start->command->ctx;
	int pair[2], fds[2];

	ctx->log = NULL;
	/* A caller that is killed on the way leaves nothing half done. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	drop_handlers();
	nsm_close(&start->ours);
	nsm_close(&start->spare);
	if (go_there(start) < 0)
		fail(start, start->theirs);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
		nsm_fail(ctx, -errno, "start", NSMGR_TYPE_NONE, NULL);
		fail(start, start->theirs);
	}
	fds[0] = fds[1] = pair[0];
	if (start->command->entered_pid) {
		greeting.pid = nsm_sys_clone_sibling(&fds[0]);
		if (greeting.pid < 0) {
			nsm_fail(ctx, greeting.pid, "fork", NSMGR_PID, NULL);
			fail(start, start->theirs);
		}
		if (greeting.pid > 0) {
			*start->second = greeting.pid;
			send_report(start->theirs, &greeting, fds, 2);
			_exit(0);
		}
		close(pair[0]);
		close(start->theirs);
		run_second(start, pair[1]);
	}
	send_report(start->theirs, &greeting, fds, 1);
	close(pair[0]);
	close(start->theirs);
	run_command(start, pair[1]);
}
