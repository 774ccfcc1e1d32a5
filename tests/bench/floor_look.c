/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "floor.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* What links there are may be gone the next moment. */
static void look_at_each(int process, const char *name)
{
	int fd = openat(process, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	struct stat st;

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			fstatat(dirfd(dir), entry->d_name, &st, 0);
	if (dir)
		closedir(dir);
}

int floor_processes(char **argv)
{
	bool descriptors = strcmp(argv[0], "descriptors") == 0;
	DIR *proc = opendir("/proc");
	const struct dirent *entry;

	if (!proc)
		floor_die("/proc");
	while ((entry = readdir(proc))) {
		int process = isdigit((unsigned char)entry->d_name[0])
				  ? openat(dirfd(proc), entry->d_name, O_PATH | O_DIRECTORY | O_CLOEXEC)
				  : -1;
		struct stat st;
		char link[32];

		if (process < 0)
			continue;
		for (size_t i = 0; i < floor_type_count; i++) {
			snprintf(link, sizeof(link), "ns/%s", floor_types[i].name);
			fstatat(process, link, &st, 0);
		}
		if (descriptors)
			look_at_each(process, "fd");
		close(process);
	}
	closedir(proc);
	return 0;
}

int floor_peak(char **argv)
{
	struct rusage usage;
	FILE *file;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		execv(argv[1], argv + 1);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) < 0)
		floor_die("wait");
	file = fopen(argv[0], "w");
	if (!file || fprintf(file, "%ld\n", usage.ru_maxrss) < 0 || fclose(file) != 0)
		floor_die(argv[0]);
	return status != 0;
}
