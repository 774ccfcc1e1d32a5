/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "camera.h"

#include "world.h"

#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_MOUNTS 256
#define ENDING_SECONDS 20

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

static void look_at_mount(struct camera *camera, const char *point, const char *root)
{
	struct part *part;

	if (strcmp(point, STORE) == 0) {
		camera->picture->roots++;
		return;
	}
	if (strncmp(point, NETNS "/", sizeof(NETNS)) == 0)
		note(&camera->picture->parts[0], "mount at %s", point);
	/* Others come and go: what is unlinked anywhere takes our copies of what was mounted on it along. */
	if (strncmp(point, WORLD "/", sizeof(WORLD)) != 0)
		return;
	part = owner_of_mount(camera->picture, point);
	if (part)
		note(part, "mount of %s", root);
	else
		note(&camera->picture->parts[0], "a mount is left at %s", point);
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* proc_pid_mountinfo(5): the fifth field is the mount point, the fourth what of the file system is there. In the order of names,
 * as that of the table depends on who was mounted first. */
static bool look_at_mounts(struct camera *camera)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char line[2048], root[512], point[512], *lines[MAX_MOUNTS];
	size_t count = 0;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%*s %*s %*s %511s %511s", root, point) == 2 && strncmp(point, "/run/", 5) == 0 &&
		    (count == MAX_MOUNTS || asprintf(&lines[count++], "%s %s", point, root) < 0))
			abort();
	qsort(lines, count, sizeof(*lines), compare_lines);
	for (size_t i = 0; i < count; i++) {
		if (sscanf(lines[i], "%511s %511s", point, root) == 2)
			look_at_mount(camera, point, root);
		free(lines[i]);
	}
	if (file)
		fclose(file);
	return file;
}

static bool is_keeper(const struct camera *camera, long pid)
{
	for (size_t i = 0; i < camera->keeper_count; i++)
		if (camera->keepers[i] == pid)
			return true;
	return false;
}

/* Whether it ends already: it is a zombie, is taken apart (PF_EXITING, linux/sched.h), or has a SIGKILL to come; or it is the one that
 * a pasta clones to make its tap, and that outlives a pasta which is killed until it has made it: an orphan in pasta's session. False
 * once it is gone. */
static bool is_ending(long pid)
{
	enum { EXITING = 0x4, KILL = 1 << (SIGKILL - 1) };
	unsigned long flags = 0;
	unsigned long long pending;
	char line[512], state = 'R';
	bool killed = false, of_pasta;
	int parent = 0, session = 0;
	FILE *file;

	snprintf(line, sizeof(line), "/proc/%ld/stat", pid);
	file = fopen(line, "r");
	if (!file)
		return false;
	if (fgets(line, sizeof(line), file) && strrchr(line, ')'))
		sscanf(strrchr(line, ')'), ") %c %d %*d %d %*d %*d %lu", &state, &parent, &session, &flags);
	fclose(file);
	of_pasta = strstr(line, "(pasta") && parent == getpid() && session != pid;
	snprintf(line, sizeof(line), "/proc/%ld/status", pid);
	file = fopen(line, "r");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "SigPnd: %llx", &pending) == 1 || sscanf(line, "ShdPnd: %llx", &pending) == 1)
			killed |= !!(pending & KILL);
	if (file)
		fclose(file);
	return state == 'Z' || (flags & EXITING) || killed || of_pasta;
}

/* The kernel takes its time with some, the more so with those that have a network: a few seconds are no leak. Those whose parent has
 * ended are ours, and nobody else's to reap. */
static bool is_there(long pid)
{
	char path[32];

	for (int i = 0; i < ENDING_SECONDS * 100 && is_ending(pid); i++)
		if (waitpid((pid_t)pid, NULL, WNOHANG | __WALL) != (pid_t)pid)
			usleep(10000);
	snprintf(path, sizeof(path), "/proc/%ld", pid);
	return access(path, F_OK) == 0;
}

static void look_at_process(struct camera *camera, const char *dir, const char *name, struct part *part)
{
	long pid = strtol(name, NULL, 10);

	(void)dir;
	if (isdigit((unsigned char)*name) && !world_is_outside((pid_t)pid) && !is_keeper(camera, pid) &&
	    is_there(pid))
		note(part, "process %ld", pid);
}

bool look_around(struct camera *camera)
{
	struct part *rest = &camera->picture->parts[0];

	each_entry(camera, NETNS, look_at_file, rest);
	each_entry(camera, "/proc", look_at_process, rest);
	return look_at_mounts(camera);
}
