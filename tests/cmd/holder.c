/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Holds a namespace in a way that no shell can, for tests/cmd/holders.sh and pids.sh: says "TID FD" and stays until it is killed.
 *
 * usage: holder socket|thread|descriptor|children|headless PATH
 *   socket      of the network namespace at PATH, in a process that is not in it
 *   thread      a thread in the namespace, the process not
 *   descriptor  of the namespace, in a thread with descriptors of its own
 *   children    will be in a new time namespace; PATH does not matter
 *   headless    a process whose first thread has ended; PATH does not matter */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NEWTIME 0x80 /* CLONE_NEWTIME, which C libraries may lack */

static int stay(int fd)
{
	if (fd < 0)
		return 1;
	printf("%ld %d\n", syscall(SYS_gettid), fd);
	fflush(stdout);
	for (;;)
		pause();
}

static int hold_socket(const char *path)
{
	int own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), other = open(path, O_RDONLY | O_CLOEXEC), fd;

	if (own < 0 || other < 0 || setns(other, CLONE_NEWNET) < 0)
		return -1;
	fd = socket(AF_INET, SOCK_STREAM, 0);
	return setns(own, CLONE_NEWNET) < 0 || close(own) < 0 || close(other) < 0 ? -1 : fd;
}

static void *in_thread(void *data)
{
	int fd = open(data, O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && (setns(fd, 0) < 0 || close(fd) < 0))
		fd = -1;
	_exit(stay(fd));
}

static void *with_descriptor(void *data)
{
	_exit(unshare(CLONE_FILES) < 0 || stay(open(data, O_RDONLY | O_CLOEXEC)));
}

static void *alone(void *data)
{
	(void)data;
	_exit(stay(0));
}

int main(int argc, char **argv)
{
	pthread_t thread;

	if (argc != 3)
		return 2;
	if (strcmp(argv[1], "socket") == 0)
		return stay(hold_socket(argv[2]));
	if (strcmp(argv[1], "children") == 0)
		return unshare(NEWTIME) < 0 || stay(0);
	if (strcmp(argv[1], "headless") == 0 && pthread_create(&thread, NULL, alone, NULL) == 0)
		pthread_exit(NULL);
	if (pthread_create(&thread, NULL, strcmp(argv[1], "thread") == 0 ? in_thread : with_descriptor, argv[2]) != 0)
		return 1;
	pthread_join(thread, NULL);
	return 1;
}
