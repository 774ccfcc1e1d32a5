/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "picture.h"

#include "world.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define NSFS_MAGIC 0x6e736673
#define MAX_KEEPERS 16

struct camera {
	struct picture *picture;
	long keepers[MAX_KEEPERS]; /* that belong to sets */
	size_t keeper_count;
};

/* Adds a line to a part: as it is, and with "#" for each number. */
__attribute__((format(printf, 2, 3))) static void note(struct part *part, const char *fmt, ...)
{
	char line[1200], alike[1200], *exact_text, *alike_text;
	size_t len = 0;
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	for (const char *p = line; *p; p++) {
		bool is_number = isxdigit((unsigned char)*p) && isdigit((unsigned char)p[strspn(p, "abcdef")]);

		if (!is_number) {
			alike[len++] = *p;
			continue;
		}
		alike[len++] = '#';
		p += strspn(p, "0123456789abcdef-") - 1;
	}
	alike[len] = '\0';
	if (asprintf(&exact_text, "%s%s\n", part->exact ? part->exact : "", line) < 0 ||
	    asprintf(&alike_text, "%s%s\n", part->alike ? part->alike : "", alike) < 0)
		abort();
	free(part->exact);
	free(part->alike);
	part->exact = exact_text;
	part->alike = alike_text;
}

static struct part *add_part(struct picture *picture, const char *prefix, const char *name)
{
	struct part *part = &picture->parts[picture->count++];

	if (picture->count > MAX_PARTS || asprintf(&part->name, "%s%s", prefix, name) < 0)
		abort();
	return part;
}

static int compare_names(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_no_dot(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

/* Calls for each entry but dots, in the order of names. */
static void each_entry(struct camera *camera, const char *path,
		       void (*look)(struct camera *camera, const char *path, const char *name, struct part *part),
		       struct part *part)
{
	struct dirent **entries = NULL;
	int count = scandir(path, &entries, is_no_dot, compare_names);

	for (int i = 0; i < count; i++) {
		look(camera, path, entries[i]->d_name, part);
		free(entries[i]);
	}
	free(entries);
}

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

static void look_at_metadata(struct camera *camera, struct part *part, const char *set)
{
	char path[512], text[1024], *rest;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%.250s/.set", set);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		note(part, ".set: %s", line);
		if (strncmp(line, "keeper ", 7) == 0 && strtol(line + 7, NULL, 10) > 0)
			look_at_keeper(camera, part, set, strtol(line + 7, NULL, 10));
	}
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

static void look_at_file(struct camera *camera, const char *dir, const char *name, struct part *part)
{
	char path[512], mode[12];
	struct statfs fs;
	struct stat st;

	snprintf(path, sizeof(path), "%.250s/%.250s", dir, name);
	if (lstat(path, &st) < 0 || statfs(path, &fs) < 0)
		note(part, "%s cannot be looked at", name);
	else if (fs.f_type == NSFS_MAGIC)
		note(part, "%s is namespace %lu", name, (unsigned long)st.st_ino);
	else
		note(part, "%s is a file, %s", name, show_mode(st.st_mode, mode));
	if (strcmp(name, ".set") == 0)
		look_at_metadata(camera, part, dir);
}

static void look_at_ready_set(struct camera *camera, const char *dir, const char *name, struct part *part)
{
	char path[512];

	if (strcmp(name, ".config.new") == 0)
		camera->picture->drafts++;
	else if (*name == '.' && strcmp(name, ".config") != 0)
		note(part, "odd file %s", name);
	if (*name == '.')
		return;
	snprintf(path, sizeof(path), "%.250s/%.250s", dir, name);
	each_entry(camera, path, look_at_file, add_part(camera->picture, "pool/", name));
}

static void look_at_pool(struct camera *camera, const char *dir, const char *name, struct part *part)
{
	char path[512];

	snprintf(path, sizeof(path), "%.250s/%.250s", dir, name);
	each_entry(camera, path, look_at_ready_set, part);
}

static void look_at_stage(struct camera *camera, const char *dir, const char *name, struct part *part)
{
	char path[512];
	DIR *stage;
	unsigned count = 0;

	(void)camera;
	snprintf(path, sizeof(path), "%.250s/%.250s", dir, name);
	stage = opendir(path);
	for (const struct dirent *entry; stage && (entry = readdir(stage));)
		count++;
	if (stage)
		closedir(stage);
	/* It alone is hidden from who compares, if the verb is none the worse for it. */
	if (count == 2)
		camera->picture->empty_stages++;
	else
		note(part, "a stage is left: %s", name);
}

static void look_at_entry(struct camera *camera, const char *dir, const char *name, struct part *part)
{
	char path[512];

	snprintf(path, sizeof(path), "%.250s/%.250s", dir, name);
	if (strcmp(name, ".lock") == 0 || strcmp(name, ".store") == 0)
		return;
	if (strcmp(name, ".stage") == 0)
		each_entry(camera, path, look_at_stage, part);
	else if (strcmp(name, ".pool") == 0)
		each_entry(camera, path, look_at_pool, part);
	else if (*name == '.')
		note(part, "odd file %s", name);
	else
		each_entry(camera, path, look_at_file, add_part(camera->picture, "", name));
}

/* The part that a mount belongs to: a handle of a set that is there. NULL: to none. */
static struct part *owner_of_mount(struct picture *picture, const char *path)
{
	for (size_t i = 1; i < picture->count; i++) {
		const char *last = strrchr(picture->parts[i].name, '/');
		char piece[300];

		snprintf(piece, sizeof(piece), "/%s/", last ? last + 1 : picture->parts[i].name);
		if (strstr(path, piece))
			return &picture->parts[i];
	}
	return NULL;
}

/* proc_pid_mountinfo(5): the fifth field is the mount point, the fourth what of the file system is there. */
static bool look_at_mounts(struct camera *camera)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char line[2048], root[512], point[512];

	while (file && fgets(line, sizeof(line), file)) {
		struct part *part;

		if (sscanf(line, "%*s %*s %*s %511s %511s", root, point) != 2)
			continue;
		if (strcmp(point, STORE) == 0) {
			camera->picture->roots++;
			continue;
		}
		/* Others come and go: what is unlinked anywhere takes our copies of what was mounted on it along. */
		if (strncmp(point, WORLD "/", sizeof(WORLD)) != 0)
			continue;
		part = owner_of_mount(camera->picture, point);
		if (part)
			note(part, "mount of %s", root);
		else
			note(&camera->picture->parts[0], "a mount is left at %s", point);
	}
	if (!file)
		return false;
	fclose(file);
	return true;
}

static bool is_keeper(const struct camera *camera, long pid)
{
	for (size_t i = 0; i < camera->keeper_count; i++)
		if (camera->keepers[i] == pid)
			return true;
	return false;
}

static void look_at_process(struct camera *camera, const char *dir, const char *name, struct part *part)
{
	long pid = strtol(name, NULL, 10);

	(void)dir;
	if (isdigit((unsigned char)*name) && !world_is_outside((pid_t)pid) && !is_keeper(camera, pid))
		note(part, "process %ld", pid);
}

bool picture_take(struct picture *ret)
{
	struct camera camera = { .picture = ret };
	struct part *rest;

	world_settle();
	*ret = (struct picture){ 0 };
	rest = add_part(ret, "", "");
	each_entry(&camera, STORE, look_at_entry, rest);
	each_entry(&camera, "/proc", look_at_process, rest);
	return look_at_mounts(&camera);
}

void picture_free(struct picture *picture)
{
	for (size_t i = 0; i < picture->count; i++) {
		free(picture->parts[i].name);
		free(picture->parts[i].exact);
		free(picture->parts[i].alike);
	}
	*picture = (struct picture){ 0 };
}
