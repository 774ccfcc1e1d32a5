/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "floor.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

_Noreturn void floor_die(const char *step)
{
	fprintf(stderr, "floor: %s: %m\n", step);
	exit(1);
}

static int run_child(char *const *command)
{
	int status = 0;

	if (vfork() == 0) {
		execv(command[0], command);
		_exit(127);
	}
	return wait(&status) < 0 || status != 0;
}

/* HANDLE... -- COMMAND. All are opened first: behind a mount namespace the others may be out of sight. */
int floor_enter(char **argv)
{
	int fds[8], count = 0;
	bool child = false;

	for (; *argv && strcmp(*argv, "--") != 0 && count < 8; argv++) {
		size_t len = strlen(*argv);

		fds[count] = open(*argv, O_RDONLY | O_CLOEXEC);
		if (fds[count++] < 0)
			floor_die(*argv);
		child = child || (len > 4 && strcmp(*argv + len - 4, "/pid") == 0);
	}
	if (!*argv || !argv[1])
		return 2;
	for (int i = 0; i < count; i++)
		if (setns(fds[i], 0) < 0)
			floor_die("setns");
	return child ? run_child(argv + 1) : execv(argv[1], argv + 1);
}

/* DIR: what a list of names with one fact about each needs. */
static int floor_list(char **argv)
{
	/* musl's headers may lack struct statx; nothing of it is read. */
	char statx_buf[256];
	DIR *dir = opendir(argv[0]);
	const struct dirent *entry;

	if (!dir)
		floor_die(argv[0]);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		if (syscall(SYS_statx, dirfd(dir), entry->d_name, 0x100, 0x7ff, statx_buf) < 0)
			floor_die("statx");
		puts(entry->d_name);
	}
	closedir(dir);
	return 0;
}

/* TYPE DIR NAME...: sets of that one type. */
static int floor_remove(char **argv)
{
	char handle[32];

	snprintf(handle, sizeof(handle), ".removed/%s", argv[0]);
	if (chdir(argv[1]) < 0)
		floor_die(argv[1]);
	for (char **name = argv + 2; *name; name++) {
		if (rename(*name, ".removed") < 0)
			floor_die("rename");
		if (umount2(handle, MNT_DETACH | UMOUNT_NOFOLLOW) < 0 || unlink(handle) < 0)
			floor_die("umount");
		unlink(".removed/.set");
		if (rmdir(".removed") < 0)
			floor_die("rmdir");
	}
	return 0;
}

static const struct {
	const char *name;
	int (*run)(char **argv);
	int args;
} commands[] = {
    {"enter", floor_enter, 3},
    {"create", floor_create, 3},
    {"ls", floor_list, 1},
    {"rm", floor_remove, 3},
    {"processes", floor_processes, 1},
    {"peak", floor_peak, 2},
};

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (argc > 1 && strcmp(argv[1], commands[i].name) == 0 && argc - 2 >= commands[i].args)
			return commands[i].run(argv + 2);
	return 2;
}
