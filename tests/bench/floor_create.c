/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "floor.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif
#ifndef CLONE_NEWCGROUP
#define CLONE_NEWCGROUP 0x02000000
#endif

#define STAGE ".stage"

const struct floor_type floor_types[] = {
    {"cgroup", "cgroup", CLONE_NEWCGROUP},
    {"ipc", "ipc", CLONE_NEWIPC},
    {"mnt", "mnt", CLONE_NEWNS},
    {"net", "net", CLONE_NEWNET},
    {"pid", "pid_for_children", CLONE_NEWPID},
    {"time", "time_for_children", CLONE_NEWTIME},
    {"user", "user", CLONE_NEWUSER},
    {"uts", "uts", CLONE_NEWUTS},
};
const size_t floor_type_count = sizeof(floor_types) / sizeof(floor_types[0]);

static void write_file(const char *path, int flags, const char *text)
{
	size_t len = strlen(text);
	int fd = open(path, flags | O_WRONLY | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, text, len) != (ssize_t)len)
		floor_die(path);
	close(fd);
}

static void bind_handle(pid_t pid, const struct floor_type *type)
{
	char source[48], target[32];

	if (pid)
		snprintf(source, sizeof(source), "/proc/%d/ns/%s", (int)pid, type->link);
	else
		snprintf(source, sizeof(source), "/proc/self/ns/%s", type->link);
	snprintf(target, sizeof(target), STAGE "/%s", type->name);
	if (mknod(target, S_IFREG, 0) < 0 || mount(source, target, NULL, MS_BIND, NULL) < 0)
		floor_die(target);
}

/* As much metadata as a set has; the keeper in a form that the bench reads back to end it. */
static void write_meta(const char *types, pid_t keeper)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "boot 01234567-89ab-cdef-0123-456789abcdef\nkeeper %d\n%s 4026531840 1234567 made\nend\n", (int)keeper,
		 types);
	write_file(STAGE "/.set", O_CREAT | O_EXCL, text);
}

static void publish(const char *name)
{
	if (rename(STAGE, name) < 0)
		floor_die("rename");
}

static void create_one_type(const struct floor_type *type, const char *name)
{
	if (mkdir(STAGE, 0755) < 0)
		floor_die("mkdir");
	if (unshare(type->flag) < 0)
		floor_die("unshare");
	bind_handle(0, type);
	write_meta(type->name, 0);
	publish(name);
}

/* The creator of all types: user first, whose maps come from outside, and a child that keeps the pid namespace. */
static void creator(int to_parent, int from_parent)
{
	int flags = 0;
	pid_t keeper;
	char byte;

	if (unshare(CLONE_NEWUSER) < 0 || write(to_parent, "u", 1) != 1 || read(from_parent, &byte, 1) != 1)
		_exit(1);
	for (size_t i = 0; i < floor_type_count; i++)
		flags |= floor_types[i].flag;
	if (unshare(flags & ~CLONE_NEWUSER) < 0)
		_exit(1);
	keeper = fork();
	if (keeper == 0) {
		close(to_parent);
		close(from_parent);
		for (;;)
			pause();
	}
	if (keeper < 0 || write(to_parent, &keeper, sizeof(keeper)) != sizeof(keeper))
		_exit(1);
	for (;;)
		pause();
}

static void create_all_types(const char *name)
{
	int up[2], down[2];
	pid_t pid, keeper;
	char path[48], byte;

	if (mkdir(STAGE, 0755) < 0 || pipe2(up, O_CLOEXEC) < 0 || pipe2(down, O_CLOEXEC) < 0)
		floor_die("prepare");
	pid = fork();
	if (pid == 0)
		creator(up[1], down[0]);
	close(up[1]);
	close(down[0]);
	if (pid < 0 || read(up[0], &byte, 1) != 1)
		floor_die("unshare");
	snprintf(path, sizeof(path), "/proc/%d/uid_map", (int)pid);
	write_file(path, 0, "0 0 4294967295\n");
	snprintf(path, sizeof(path), "/proc/%d/gid_map", (int)pid);
	write_file(path, 0, "0 0 4294967295\n");
	if (write(down[1], "m", 1) != 1 || read(up[0], &keeper, sizeof(keeper)) != sizeof(keeper))
		floor_die("unshare");
	for (size_t i = 0; i < floor_type_count; i++)
		bind_handle(pid, &floor_types[i]);
	write_meta("all", keeper);
	publish(name);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(up[0]);
	close(down[1]);
}

int floor_create(char **argv)
{
	const struct floor_type *type = NULL;

	for (size_t i = 0; i < floor_type_count; i++)
		if (strcmp(argv[0], floor_types[i].name) == 0)
			type = &floor_types[i];
	if (chdir(argv[1]) < 0)
		floor_die(argv[1]);
	for (char **name = argv + 2; *name; name++) {
		if (type)
			create_one_type(type, *name);
		else
			create_all_types(*name);
	}
	return 0;
}
