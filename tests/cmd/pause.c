/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* pause [--inside] CALL UP GO COMMAND...: runs a command, and holds the first process of it that is about to make a system call, until
 * it is told to go on: its pid is written to the fifo UP, and a line is read from the fifo GO. With --inside only a process that is in
 * another user namespace than we are counts. So what others can do in the midst of it is tried without a race. */

#include "../lib/denial.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* linux/seccomp.h, where it is older than 5.5 */
#ifndef SECCOMP_USER_NOTIF_FLAG_CONTINUE
#define SECCOMP_USER_NOTIF_FLAG_CONTINUE 1
#endif

struct options {
	bool inside;
	unsigned call;
	int up, go;
};

static int die(const char *what)
{
	fprintf(stderr, "pause: %s: %s\n", what, strerror(errno));
	return 99;
}

/* A descriptor that tells of the calls of this process and its descendants. */
static int listen_for(unsigned call)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { .len = sizeof(code) / sizeof(*code), .filter = code };

	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter);
}

static _Noreturn void become(char **argv, unsigned call, int tell)
{
	/* Everything of ours goes at the execve, which ends our sharing of descriptors first. */
	int listener = listen_for(call);

	if (write(tell, &listener, sizeof(listener)) == (ssize_t)sizeof(listener) && listener >= 0)
		execvp(*argv, argv);
	_exit(die(*argv));
}

static bool is_elsewhere(pid_t pid)
{
	struct stat own, theirs;
	char path[48];

	snprintf(path, sizeof(path), "/proc/%ld/ns/user", (long)pid);
	return stat("/proc/self/ns/user", &own) == 0 && stat(path, &theirs) == 0 && own.st_ino != theirs.st_ino;
}

static bool hold(const struct options *options, pid_t pid)
{
	char line;

	dprintf(options->up, "%ld\n", (long)pid);
	do
		if (read(options->go, &line, 1) != 1)
			return false;
	while (line != '\n');
	return true;
}

/* Answers one call; false at the end of all who could make one. */
static bool answer(const struct options *options, int listener, bool *held)
{
	struct seccomp_notif call = { 0 };
	struct seccomp_notif_resp response = { 0 };

	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) < 0)
		return errno == ENOENT || errno == EINTR; /* killed meanwhile */
	if (!*held && (!options->inside || is_elsewhere((pid_t)call.pid)))
		*held = hold(options, (pid_t)call.pid);
	response.id = call.id;
	response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	return ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response) == 0 || errno == ENOENT;
}

static int attend(const struct options *options, pid_t child, int pidfd, int listener)
{
	struct pollfd events[] = { { .fd = pidfd, .events = POLLIN }, { .fd = listener, .events = POLLIN } };
	bool held = false;
	int status;

	while (!(events[0].revents & POLLIN))
		if (poll(events, 2, -1) < 0 || ((events[1].revents & POLLIN) && !answer(options, listener, &held)))
			return die("waiting");
	if (waitpid(child, &status, 0) != child)
		return die("wait");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static bool parse(const struct denied_call *calls, char **argv, struct options *ret)
{
	for (; calls->name; calls++)
		if (strcmp(calls->name, argv[0]) == 0)
			break;
	ret->call = calls->number;
	ret->up = open(argv[1], O_RDWR | O_CLOEXEC);
	ret->go = open(argv[2], O_RDWR | O_CLOEXEC);
	return calls->name && ret->up >= 0 && ret->go >= 0;
}

int main(int argc, char **argv)
{
	struct options options = { .inside = argc > 1 && strcmp(argv[1], "--inside") == 0 };
	int tell[2], listener, pidfd;
	pid_t child;

	argv += 1 + options.inside;
	if (argc < 5 + options.inside || !parse(denied_calls, argv, &options) || pipe2(tell, O_CLOEXEC) < 0)
		return die("usage");
	/* The listener is ours as well as the child's. */
	child = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
	if (child == 0)
		become(argv + 3, options.call, tell[1]);
	pidfd = child < 0 ? -1 : (int)syscall(434 /* pidfd_open */, child, 0);
	if (pidfd < 0 || read(tell[0], &listener, sizeof(listener)) != (ssize_t)sizeof(listener) || listener < 0)
		return die("seccomp");
	return attend(&options, child, pidfd, listener);
}
