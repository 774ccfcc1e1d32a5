/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* ThreadSanitizer has a thread of its own, from some time on. */
#ifdef __SANITIZE_THREAD__
#define WATCHED_THREADS
#else
#define WATCHED_THREADS "Threads:",
#endif

/* What is stable in proc_pid_status(5). */
static const char *const lines[] = {
	"Umask:",  "Uid:",    "Gid:",	 "Groups:", "SigBlk:",	   "SigIgn:", WATCHED_THREADS
	"SigCgt:", "CapInh:", "CapPrm:", "CapEff:", "CapBnd:",	   "CapAmb:", "NoNewPrivs:",
	"Seccomp:", "Cpus_allowed:",
};

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Each link of a directory of /proc and where it leads, sorted. */
static void add_links(FILE *out, const char *path)
{
	DIR *dir = opendir(path);
	char *entries[256];
	size_t count = 0;
	struct dirent *entry;

	ck_assert_ptr_nonnull(dir);
	while ((entry = readdir(dir))) {
		char target[PATH_MAX], line[PATH_MAX + 300];
		ssize_t len = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);

		/* The directory that is being read is not of the caller's. *_for_children may be unreadable. */
		if (len < 0 || (strcmp(path, "/proc/self/fd") == 0 && atoi(entry->d_name) == dirfd(dir)))
			continue;
		target[len] = '\0';
		/* Check's own messages, which it opens anew for each test when it does not fork. */
		if (strstr(target, "/check_") && strstr(target, " (deleted)"))
			continue;
		snprintf(line, sizeof(line), "%s/%s %s\n", path, entry->d_name, target);
		ck_assert_uint_lt(count, 256);
		entries[count++] = strdup(line);
	}
	closedir(dir);
	qsort(entries, count, sizeof(*entries), compare);
	for (size_t i = 0; i < count; i++) {
		fputs(entries[i], out);
		free(entries[i]);
	}
}

static void add_link(FILE *out, const char *path)
{
	char target[PATH_MAX];
	ssize_t len = readlink(path, target, sizeof(target) - 1);

	target[len < 0 ? 0 : len] = '\0';
	fprintf(out, "%s %s\n", path, target);
}

/* The signals that a C library keeps for its threads, 32 and 33, are caught from the first pthread_create(3) on, and then no
 * longer ignored where whoever started us left them so. */
#define OF_THREADS 0x180000000ull

static void add_status_line(FILE *out, const char *line)
{
	static const char *const sets[] = { "SigCgt:", "SigIgn:" };

	for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++) {
		const char *signals = nsm_after(line, sets[i]);

		if (signals) {
			fprintf(out, "%s %llx\n", sets[i], strtoull(signals, NULL, 16) & ~OF_THREADS);
			return;
		}
	}
	fputs(line, out);
}

static void add_status(FILE *out)
{
	FILE *status = fopen("/proc/self/status", "re");
	char line[4096];

	ck_assert_ptr_nonnull(status);
	while (fgets(line, sizeof(line), status))
		for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
			if (strncmp(line, lines[i], strlen(lines[i])) == 0)
				add_status_line(out, line);
	fclose(status);
}

void portrait_take(char *buf, size_t size)
{
	char *text = NULL;
	size_t len = 0;
	int death_signal = 0;
	FILE *out = open_memstream(&text, &len);

	ck_assert_ptr_nonnull(out);
	add_links(out, "/proc/self/ns");
	add_links(out, "/proc/self/fd");
	add_link(out, "/proc/self/root");
	add_link(out, "/proc/self/cwd");
	add_status(out);
	prctl(PR_GET_PDEATHSIG, &death_signal);
	fprintf(out, "dumpable %d, death signal %d, group %d, session %d\n", prctl(PR_GET_DUMPABLE), death_signal,
		(int)getpgrp(), (int)getsid(0));
	fclose(out);
	ck_assert_uint_lt(len, size);
	memcpy(buf, text, len + 1);
	free(text);
}

bool has_no_children(void)
{
	return waitpid(-1, NULL, WNOHANG | __WALL) < 0 && errno == ECHILD;
}
