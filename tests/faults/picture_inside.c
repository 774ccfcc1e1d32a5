/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "camera.h"

#include "world.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#define TEXT_SIZE 32768

/* Where layouts have what they make. */
#define MADE "/made"

/* What is mounted where and how, without numbers and propagation: proc_pid_mountinfo(5). */
static bool describe_mount(const char *line, char *ret, size_t size)
{
	char root[512], point[512], options[512], type[64];
	const char *end = strstr(line, " - ");

	if (!end || sscanf(line, "%*s %*s %*s %511s %511s %511s", root, point, options) != 3 || sscanf(end, " - %63s", type) != 1)
		return false;
	snprintf(ret, size, "%s of %s at %s, %s\n", root, type, point, options);
	/* Those of the host are read-only, and show that the set's own lies upon them or cannot be had: setup_cgroup.c. */
	if (strcmp(type, "cgroup2") == 0 && strncmp(options, "rw", 2) == 0 && strncmp(root, "/", 2) == 0)
		return false;
	/* What cannot be made anew in a /dev is the host's. */
	if (strcmp(type, "devtmpfs") == 0 && strncmp(point, "/dev/", 5) == 0)
		return false;
	return strncmp(point, WORLD, strlen(WORLD)) != 0 && strncmp(point, NETNS, strlen(NETNS)) != 0;
}

/* Those below `dir`, a directory of /proc. With `known`: no others than are in there. */
static void tell_mounts(FILE *to, int dir, const char *known)
{
	int fd = openat(dir, "mountinfo", O_RDONLY | O_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	char line[4096], mount[2048];

	while (file && fgets(line, sizeof(line), file))
		if (describe_mount(line, mount, sizeof(mount)) && (!known || !strstr(known, mount)))
			fprintf(to, "%s%s", known ? "mount " : "", mount);
	if (file)
		fclose(file);
	else
		fputs("its mounts cannot be seen\n", to);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void tell_made(FILE *to)
{
	struct dirent **entries = NULL;
	int count = scandir(MADE, &entries, NULL, by_name);
	char path[300], text[64];
	struct stat st;

	for (int i = 0; i < count; i++) {
		ssize_t n = 0;
		int fd;

		snprintf(path, sizeof(path), MADE "/%.250s", entries[i]->d_name);
		if (lstat(path, &st) == 0 && *entries[i]->d_name != '.') {
			fd = S_ISREG(st.st_mode) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
			n = fd >= 0 ? read(fd, text, sizeof(text)) : readlink(path, text, sizeof(text));
			fprintf(to, "%s %s: %.*s\n", S_ISREG(st.st_mode) ? "file" : S_ISDIR(st.st_mode) ? "directory" : "other",
				path, n > 0 ? (int)n : 0, text);
			if (fd >= 0)
				close(fd);
		}
		free(entries[i]);
	}
	free(entries);
}

static bool join(const char *set, const char *type)
{
	char path[512];
	bool good;
	int fd;

	snprintf(path, sizeof(path), "%.250s/%s", set, type);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	good = fd >= 0 && setns(fd, 0) == 0;
	if (fd >= 0)
		close(fd);
	return good;
}

/* Of the namespaces that show something: by a child, as only a process in them sees it. */
static void tell(FILE *to, const char *set, const char *ours)
{
	int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct utsname name;

	if (join(set, "uts") && uname(&name) == 0)
		fprintf(to, "host name %s\n", name.nodename);
	if (!join(set, "mnt"))
		return;
	tell_mounts(to, self, ours);
	tell_made(to);
}

void look_inside(struct camera *camera, const char *set, struct part *part)
{
	char path[512], *text, *rest;
	int memory;
	FILE *to;
	pid_t pid;

	snprintf(path, sizeof(path), "%.250s/mnt", set);
	if (access(path, F_OK) < 0) {
		snprintf(path, sizeof(path), "%.250s/uts", set);
		if (access(path, F_OK) < 0)
			return;
	}
	if (!camera->mounts) {
		size_t size;
		int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);

		to = open_memstream(&camera->mounts, &size);
		tell_mounts(to, self, NULL);
		fclose(to);
		close(self);
	}
	memory = memfd_create("inside", MFD_CLOEXEC);
	pid = fork();
	if (pid == 0) {
		to = fdopen(memory, "w");
		tell(to, set, camera->mounts);
		fclose(to);
		_exit(0);
	}
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	text = calloc(1, TEXT_SIZE);
	if (!text || pread(memory, text, TEXT_SIZE - 1, 0) < 0)
		abort();
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		note(part, "inside: %.1000s", line);
	free(text);
	close(memory);
}
