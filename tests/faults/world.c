/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "world.h"

#include "place.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define SITTER "@SITTER"
#define HANGS_SECONDS 20

static pid_t sitter;

bool programs_find(struct programs *ret, const char *build)
{
	snprintf(ret->front, sizeof(ret->front), "%s/nsmgr", build);
	/* The program itself, not libtool's script in front of it. */
	snprintf(ret->full, sizeof(ret->full), "%s/.libs/nsmgr-full", build);
	if (access(ret->full, X_OK) < 0)
		snprintf(ret->full, sizeof(ret->full), "%s/nsmgr-full", build);
	return access(ret->front, X_OK) == 0 && access(ret->full, X_OK) == 0;
}

bool world_is_outside(pid_t pid)
{
	return pid == 1 || pid == getpid();
}

/* Kills all there are, and says whether there was one. */
static bool kill_all(void)
{
	DIR *dir = opendir("/proc");
	const struct dirent *entry;
	bool found = false;

	while (dir && (entry = readdir(dir))) {
		pid_t pid = isdigit((unsigned char)*entry->d_name) ? (pid_t)strtol(entry->d_name, NULL, 10) : 0;

		if (pid > 0 && !world_is_outside(pid))
			found |= kill(pid, SIGKILL) == 0;
	}
	if (dir)
		closedir(dir);
	return found;
}

/* Whether it is a zombie, or will be one: proc_pid_status(5). */
static bool is_ending(pid_t pid)
{
	char path[64], line[256];
	unsigned long long own = 0, shared = 0;
	bool ending = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		ending |= strncmp(line, "State:\tZ", 8) == 0 || strncmp(line, "State:\tX", 8) == 0;
		if (sscanf(line, "SigPnd: %llx", &own) == 1 || sscanf(line, "ShdPnd: %llx", &shared) == 1)
			ending |= (own | shared) & (1ull << (SIGKILL - 1));
	}
	if (file)
		fclose(file);
	return ending;
}

void world_settle(void)
{
	DIR *dir = opendir("/proc");
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		pid_t pid = isdigit((unsigned char)*entry->d_name) ? (pid_t)strtol(entry->d_name, NULL, 10) : 0;

		/* ECHILD: somebody in the world is its parent. */
		if (pid > 0 && !world_is_outside(pid) && is_ending(pid))
			while (waitpid(pid, NULL, __WALL) < 0 && errno == EINTR)
				;
	}
	if (dir)
		closedir(dir);
}

/* With each mount of the directory on itself what is mounted in it goes too. */
static void clear_netns(void)
{
	const struct dirent *entry;
	DIR *dir;

	while (umount2(NETNS, MNT_DETACH) == 0)
		;
	dir = opendir(NETNS);
	while (dir && (entry = readdir(dir)))
		unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir)
		closedir(dir);
	rmdir(NETNS);
}

/* Orphans become ours, who are a subreaper, so that one wait after the other meets all. */
void world_end(void)
{
	while (kill_all())
		while (waitpid(-1, NULL, __WALL) > 0 || errno == EINTR)
			;
	sitter = 0;
	place_clear();
	while (umount2(WORLD, MNT_DETACH) == 0)
		;
	clear_netns();
	place_settle();
}

/* A process with namespaces of its own, which stays; the end of file tells that it has them. */
static bool make_sitter(void)
{
	int ready[2];
	char byte;
	bool good;

	if (pipe2(ready, O_CLOEXEC) < 0)
		return false;
	sitter = fork();
	if (sitter == 0) {
		good = unshare(CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC) == 0 && write(ready[1], "r", 1) == 1;
		close(ready[1]);
		while (good)
			pause();
		_exit(1);
	}
	close(ready[1]);
	good = sitter > 0 && read(ready[0], &byte, 1) == 1;
	close(ready[0]);
	return good;
}

bool world_make(const struct programs *programs, const struct a_case *of)
{
	char said[512];

	world_end();
	if ((mkdir(WORLD, 0755) < 0 && errno != EEXIST) ||
	    mount("world", WORLD, of->on_ramfs ? "ramfs" : "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755") < 0 ||
	    (of->has_sitter && !make_sitter()) || (of->prop && !of->prop())) {
		perror("faults: making the world");
		return false;
	}
	for (size_t i = 0; i < MAX_SETUP && of->setup[i]; i++) {
		if (world_run(programs->front, of->setup[i], said, sizeof(said)) == 0)
			continue;
		fprintf(stderr, "faults: '%s' of '%s' failed: %s\n", of->setup[i], of->name, said);
		return false;
	}
	for (size_t i = 0; i < MAX_DAMAGE && of->damage[i]; i++)
		if (!of->damage[i]()) {
			fprintf(stderr, "faults: damage %zu of '%s' cannot be done: %s\n", i + 1, of->name, strerror(errno));
			return false;
		}
	return true;
}

void world_words(const char *program, const char *line, struct words *ret)
{
	size_t count = 0;
	char *rest;

	snprintf(ret->text, sizeof(ret->text), "%s", line);
	ret->argv[count++] = (char *)(uintptr_t)program;
	for (char *word = strtok_r(ret->text, " ", &rest); word && count <= MAX_WORDS; word = strtok_r(NULL, " ", &rest)) {
		if (strcmp(word, SITTER) == 0) /* as long as any number */
			snprintf(word, sizeof(SITTER), "%d", (int)sitter);
		ret->argv[count++] = word;
	}
	ret->argv[count] = NULL;
}

/* As from waitpid(2). What is stuck is in no state to be looked at any more, but is told of by its signal. */
static int wait_for(pid_t pid)
{
	struct pollfd end = { .fd = pid > 0 ? (int)syscall(SYS_pidfd_open, pid, 0) : -1, .events = POLLIN };
	int status = -1;

	if (end.fd >= 0 && poll(&end, 1, HANGS_SECONDS * 1000) == 0)
		kill(pid, SIGKILL);
	if (end.fd >= 0)
		close(end.fd);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

int world_run(const char *program, const char *line, char *ret, size_t size)
{
	int output = memfd_create("said", MFD_CLOEXEC), status;
	struct words words;
	ssize_t n = 0;
	pid_t pid;

	world_words(program, line, &words);
	pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

		if (null >= 0 && dup2(null, 0) == 0 && dup2(output, 1) == 1 && dup2(output, 2) == 2)
			execv(program, words.argv);
		_exit(99);
	}
	status = wait_for(pid);
	if (ret) {
		n = pread(output, ret, size - 1, 0);
		ret[n > 0 ? n : 0] = '\0';
	}
	close(output);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool world_mend(const struct programs *programs, char *ret, size_t size)
{
	return world_run(programs->full, "check --repair -rn -o KIND,PATH,STATE", ret, size) == 0;
}

bool world_is_of_use(const struct programs *programs)
{
	return world_run(programs->front, "create mender --uts", NULL, 0) == 0 &&
	       world_run(programs->front, "rm mender", NULL, 0) == 0;
}

const char *world_program(const struct programs *programs, const struct a_case *of)
{
	return of->full ? programs->full : programs->front;
}
