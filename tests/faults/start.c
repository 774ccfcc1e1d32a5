/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "start.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#define OPTIONS (PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | \
		 PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)

static void become(char *const argv[], int go, int output)
{
	int null = open("/dev/null", O_RDONLY);
	char byte;

	if (null < 0 || read(go, &byte, 1) != 1 || dup2(null, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0)
		_exit(99);
	if (null > 2)
		close(null);
	execv(argv[0], argv);
	_exit(99);
}

/* Seized while it waits for a byte, then stopped, so that whoever lets it go on sees its next call. */
pid_t start_seized(char *const argv[], int output)
{
	int go[2], status;
	bool good;
	pid_t pid;

	if (pipe2(go, O_CLOEXEC) < 0)
		return -1;
	pid = fork();
	if (pid == 0)
		become(argv, go[0], output);
	good = pid > 0 && ptrace(PTRACE_SEIZE, pid, NULL, (void *)(uintptr_t)OPTIONS) == 0 &&
	       ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) == 0 && waitpid(pid, &status, __WALL) == pid &&
	       write(go[1], "g", 1) == 1;
	close(go[0]);
	close(go[1]);
	return good ? pid : -1;
}
