/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* imp MODE [ARG]: whoever lives in a set and means harm, until he is killed.
 *   rage FILE  signals, traces and opens all whom he sees, over and over; writes a line "MET HOW PID" to the file for each process of
 *              nsmgr's that he could look into, which he tells by its program
 *   forks      chains of processes, each of which ends as soon as it has made the next one
 *   moves DIR  moves the root of his mount namespace to a copy of it at DIR, over and over
 *   holds PID  stops a process by tracing it
 * Each writes "up" on standard output when it has begun. */

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void up(void)
{
	if (write(1, "up\n", 3) != 3)
		_exit(1);
}

/* ---- rage ---- */

static void told(int log, const char *how, const char *pid)
{
	char line[64];
	int len = snprintf(line, sizeof(line), "MET %s %s\n", how, pid);

	if (write(log, line, (size_t)len) != len)
		_exit(1);
}

/* A command shows its own program, and is nothing of nsmgr's. */
static int is_nsmgr(const char *pid)
{
	char path[64], program[512];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%s/exe", pid);
	n = readlink(path, program, sizeof(program) - 1);
	if (n < 0)
		return 0;
	program[n] = '\0';
	return strstr(program, "/nsmgr") != NULL && strstr(program, "/tests/") == NULL;
}

static void open_one(int log, const char *pid, const char *file, int flags)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/%s", pid, file);
	fd = open(path, flags | O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0 && is_nsmgr(pid))
		told(log, file, pid);
	if (fd >= 0)
		close(fd);
}

static void hurt(int log, const char *pid)
{
	pid_t number = (pid_t)strtol(pid, NULL, 10);
	int status;

	if (number == getpid())
		return;
	if (is_nsmgr(pid))
		told(log, "exe", pid);
	open_one(log, pid, "mem", O_RDWR);
	open_one(log, pid, "environ", O_RDONLY);
	open_one(log, pid, "exe", O_WRONLY);
	open_one(log, pid, "fd", O_RDONLY | O_DIRECTORY);
	open_one(log, pid, "cwd", O_RDONLY | O_DIRECTORY);
	if (ptrace(PTRACE_SEIZE, number, NULL, NULL) == 0) {
		if (is_nsmgr(pid))
			told(log, "trace", pid);
		/* Commands are let go, so that they end. */
		ptrace(PTRACE_INTERRUPT, number, NULL, NULL);
		waitpid(number, &status, __WALL);
		ptrace(PTRACE_DETACH, number, NULL, NULL);
	}
	kill(number, number == 1 ? SIGKILL : SIGUSR1);
}

static int rage(const char *file)
{
	static const int signals[] = { SIGTERM, SIGHUP, SIGUSR2, SIGCONT };
	int log = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);

	if (log < 0)
		return 1;
	signal(SIGUSR1, SIG_IGN);
	up();
	for (size_t round = 0;; round++) {
		DIR *proc = opendir("/proc");
		const struct dirent *entry;

		while (proc && (entry = readdir(proc)))
			if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
				hurt(log, entry->d_name);
		if (proc)
			closedir(proc);
		if (round % 64 == 0)
			kill(-1, signals[round / 64 % 4]);
	}
}

/* ---- forks ---- */

static int forks(void)
{
	signal(SIGCHLD, SIG_IGN);
	for (int chain = 0; chain < 3; chain++)
		if (fork() == 0)
			break;
	up();
	for (;;)
		if (fork() > 0)
			_exit(0);
}

/* ---- moves ---- */

static int move(const char *dir)
{
	if (mount("/", dir, NULL, MS_BIND | MS_REC, NULL) < 0 || chdir(dir) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
	    umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return -1;
	return 0;
}

static int moves(const char *dir)
{
	if (move(dir) < 0) {
		perror("imp: moves");
		return 1;
	}
	up();
	while (move(dir) == 0)
		;
	perror("imp: moves");
	return 1;
}

static int holds(pid_t pid)
{
	int status;

	if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0 || ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) < 0 ||
	    waitpid(pid, &status, __WALL) < 0) {
		perror("imp: ptrace");
		return 1;
	}
	up();
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "forks") == 0)
		return forks();
	if (argc != 3)
		return 2;
	if (strcmp(argv[1], "rage") == 0)
		return rage(argv[2]);
	if (strcmp(argv[1], "moves") == 0)
		return moves(argv[2]);
	if (strcmp(argv[1], "holds") == 0)
		return holds((pid_t)strtol(argv[2], NULL, 10));
	return 2;
}
