/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "camera.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define NSFS_MAGIC 0x6e736673
#define NS_GET_NSTYPE 0xb703 /* ioctl_nsfs(2) */

/* A keeper is shown with its set, and is alive when it is in the pid namespace of that set. */
static void look_at_keeper(struct camera *camera, struct part *part, const char *set, long pid)
{
	char path[512];
	struct stat its, ours;

	snprintf(path, sizeof(path), "%.250s/pid", set);
	if (stat(path, &ours) < 0)
		ours.st_ino = 0;
	snprintf(path, sizeof(path), "/proc/%ld/ns/pid", pid);
	if (stat(path, &its) == 0 && its.st_ino == ours.st_ino) {
		note(part, "keeper %ld lives", pid);
		if (camera->keeper_count < MAX_KEEPERS)
			camera->keepers[camera->keeper_count++] = pid;
	} else {
		note(part, "keeper is gone");
	}
}

/* A helper is alive when the process has its number and started when it did: field 22 of proc_pid_stat(5). */
static void look_at_helper(struct camera *camera, struct part *part, const char *line)
{
	unsigned long long recorded = 0, start = 1;
	char path[64], text[1024] = "", *p;
	long pid = 0;
	FILE *file;

	sscanf(line, "helper %*s %ld %llu", &pid, &recorded);
	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	file = fopen(path, "re");
	p = file && fgets(text, sizeof(text), file) ? strrchr(text, ')') : NULL;
	for (int field = 2; p && field < 22; field++)
		p = strchr(p + 1, ' ');
	if (p)
		start = strtoull(p, NULL, 10);
	if (file)
		fclose(file);
	note(part, "helper %ld %s", pid, start == recorded ? "lives" : "is gone");
	if (start == recorded && camera->keeper_count < MAX_KEEPERS)
		camera->keepers[camera->keeper_count++] = pid;
}

/* Which mount a handle is, behind what it is, only spares a look, and may be missing. */
static void forget_mount(const char *name, char *line)
{
	char *origin = strstr(line, " made ");

	if (!origin)
		origin = strstr(line, " pinned ");
	if (origin && strcmp(name, ".set") == 0 && strncmp(line, "cgroup2 ", 8) != 0)
		origin[strcspn(origin + 1, " ") + 1] = '\0';
}

/* The lines of .set, .labels and their like. */
static void look_at_lines(struct camera *camera, struct part *part, const char *set, const char *name)
{
	char path[512], text[1024], *rest;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%.250s/%.250s", set, name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		forget_mount(name, line);
		if (strcmp(name, ".profile") == 0)
			note_exactly(part, "%s: %s", name, line);
		else
			note(part, "%s: %s", name, line);
		if (strncmp(line, "keeper ", 7) == 0 && strtol(line + 7, NULL, 10) > 0)
			look_at_keeper(camera, part, set, strtol(line + 7, NULL, 10));
		else if (strncmp(line, "helper ", 7) == 0)
			look_at_helper(camera, part, line);
	}
}

static const char *type_of(const char *path)
{
	static const struct {
		int flag;
		const char *name;
	} types[] = {
		{ 0x02000000, "cgroup" }, { 0x08000000, "ipc" },  { 0x00020000, "mnt" }, { 0x40000000, "net" },
		{ 0x20000000, "pid" },	  { 0x00000080, "time" }, { 0x10000000, "user" }, { 0x04000000, "uts" },
	};
	int fd = open(path, O_RDONLY | O_CLOEXEC), flag = fd < 0 ? -1 : ioctl(fd, NS_GET_NSTYPE);

	if (fd >= 0)
		close(fd);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].flag == flag)
			return types[i].name;
	return "no";
}

/* As ls(1) shows it: a text without digits. */
static const char *show_mode(mode_t mode, char ret[12])
{
	for (int i = 0; i < 9; i++)
		ret[i + 1] = mode & (0400u >> i) ? "rwx"[i % 3] : '-';
	ret[0] = S_ISDIR(mode) ? 'd' : S_ISREG(mode) ? '-' : '?';
	ret[10] = '\0';
	return ret;
}

void look_at_file(struct camera *camera, const char *dir, const char *name, struct part *part)
{
	char path[512], mode[12];
	struct statfs fs = { 0 };
	struct stat st;

	snprintf(path, sizeof(path), "%.250s/%.250s", dir, name);
	if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode))
		note(part, "%s is a link", name);
	else if (lstat(path, &st) < 0 || statfs(path, &fs) < 0)
		note(part, "%s cannot be looked at", name);
	else if (fs.f_type == NSFS_MAGIC)
		note(part, "%s is %s namespace %lu", name, type_of(path), (unsigned long)st.st_ino);
	else
		note(part, "%s is a file, %s", name, show_mode(st.st_mode, mode));
	if (strcmp(name, "net") == 0 && fs.f_type == NSFS_MAGIC)
		look_at_nsid(part, path);
	if (strcmp(name, ".set") == 0 || strcmp(name, ".labels") == 0 || strcmp(name, ".profile") == 0 ||
	    strcmp(name, ".helper") == 0)
		look_at_lines(camera, part, dir, name);
}

