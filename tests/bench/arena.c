/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int arena_make(const char *path)
{
	if (mkdir(path, 0755) == 0 && mount("bench", path, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755") == 0)
		return 0;
	fprintf(stderr, "bench: cannot make %s: %m\n", path);
	return -1;
}

/* The keeper that the metadata of a set names, or 0. It is a pid of our own pid namespace, where there is nobody
 * else whom a wrong one could hit. */
static pid_t keeper_of(int arena, const char *name)
{
	char path[300], text[1024];
	const char *line;
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "%s/.set", name);
	fd = openat(arena, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[len > 0 ? len : 0] = '\0';
	line = strstr(text, "\nkeeper ");
	return line ? (pid_t)strtol(line + strlen("\nkeeper "), NULL, 10) : 0;
}

static void end_keepers(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		pid_t keeper = entry->d_name[0] == '.' ? 0 : keeper_of(dirfd(dir), entry->d_name);

		if (keeper > 1)
			kill(keeper, SIGKILL);
	}
	if (dir)
		closedir(dir);
}

int arena_drop(const char *path)
{
	end_keepers(path);
	/* The store is mounted on itself, so there is more than one. */
	while (umount2(path, MNT_DETACH) == 0)
		;
	if (errno == EINVAL && rmdir(path) == 0)
		return 0;
	fprintf(stderr, "bench: cannot take %s away: %m\n", path);
	return -1;
}

/* How many network namespaces there are, as far as the kernel shows that; 0 where it does not. */
static unsigned long count_networks(void)
{
	FILE *file = fopen("/proc/slabinfo", "re");
	unsigned long count = 0;
	char line[512];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "net_namespace %lu", &count) == 1)
			break;
	if (file)
		fclose(file);
	return count;
}

/* There is no event to wait for: the kernel tells nobody when it has freed a network namespace. */
void arena_settle(void)
{
	const struct timespec moment = {.tv_nsec = 60 * 1000 * 1000};
	unsigned long before, now = count_networks();

	for (int still = 0, rounds = 0; still < 3 && rounds < 200; rounds++) {
		nanosleep(&moment, NULL);
		before = now;
		now = count_networks();
		still = now == before ? still + 1 : 0;
	}
}
