/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes a set, enters it and removes it, over and over, and sees that nothing grows: see tests/endurance/Makefile.inc. */
#include "measure.h"

#include "../bench/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PLACE "/run/endurance"
#define STORE PLACE "/store"
#define WARM_UP 200 /* cycles until everything has its size */
/* Namespaces are freed some time after their last holder: for at most so many tenths of a second. */
#define SETTLE_ROUNDS 600
#define SETTLE_FIRST 50
#define MAX_WORDS 16

extern char **environ;

struct job {
	const char *build;
	unsigned long cycles, every;
	const char *types; /* options of create, parted by blanks */
	char front[512], full[512];
	pid_t keeper, monitor;
	struct measures first;
};

static pid_t start(const char *program, const char *const argv[], const char *output)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int r;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	if (output)
		posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY, 0);
	r = posix_spawn(&pid, program, &actions, NULL, (char *const *)(uintptr_t)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	errno = r;
	return r == 0 ? pid : -1;
}

static bool run(const char *program, const char *const argv[])
{
	pid_t pid = start(program, argv, NULL);
	int status = -1;

	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status != 0)
		fprintf(stderr, "endurance: '%s' ended with %#x\n", argv[1], (unsigned)status);
	return status == 0;
}

static bool create(const struct job *job, const char *name, const char *types)
{
	const char *argv[MAX_WORDS + 1] = { "nsmgr", "create", name };
	char text[256], *rest;
	size_t count = 3;

	snprintf(text, sizeof(text), "%s", types);
	for (char *word = strtok_r(text, " ", &rest); word && count < MAX_WORDS; word = strtok_r(NULL, " ", &rest))
		argv[count++] = word;
	return run(job->front, argv);
}

static bool cycle(const struct job *job)
{
	static const char *const enter[] = { "nsmgr", "exec", "e", "/bin/true", NULL }, *const end[] = { "nsmgr", "rm", "e", NULL };

	return create(job, "e", job->types) && run(job->front, enter) && run(job->front, end);
}

/* What it begins with: what the warm-up had may still be on its way out, and would make room for what is lost later. */
static void measure_first(struct job *job)
{
	struct measures now;

	measure(PLACE, job->keeper, job->monitor, &job->first);
	for (int round = 0; round < SETTLE_FIRST; round++) {
		usleep(100000); /* there is no event for it */
		measure(PLACE, job->keeper, job->monitor, &now);
		measures_keep_least(&job->first, &now);
	}
}

/* Measures again and again until nothing is too many, if that comes to pass. */
static int settle(const struct job *job, struct measures *ret)
{
	int grown = -1;

	for (int round = 0; round < SETTLE_ROUNDS; round++) {
		measure(PLACE, job->keeper, job->monitor, ret);
		grown = measures_find_growth(&job->first, ret);
		if (grown < 0)
			break;
		usleep(100000); /* likewise */
	}
	return grown;
}

static bool look(const struct job *job, unsigned long cycles)
{
	struct measures now;
	int grown = settle(job, &now);

	measures_print(stdout, cycles, &now);
	if (grown < 0)
		return true;
	fprintf(stderr, "endurance: %s grew from %ld to %ld within %lu cycles\n", measure_names[grown],
		job->first.value[grown], now.value[grown], cycles);
	return false;
}

/* A set that stays, with a keeper, and somebody who watches. */
static bool begin(struct job *job)
{
	static const char *const watch[] = { "nsmgr", "monitor", NULL };
	char line[256];
	FILE *file;

	if ((mkdir(PLACE, 0755) < 0 && errno != EEXIST) || mount("endurance", PLACE, "tmpfs", 0, "mode=0755") < 0) {
		perror("endurance: " PLACE);
		return false;
	}
	if (!create(job, "stays", "--pid --uts"))
		return false;
	file = fopen(STORE "/stays/.set", "re");
	while (file && fgets(line, sizeof(line), file))
		sscanf(line, "keeper %d", &job->keeper);
	if (file)
		fclose(file);
	job->monitor = start(job->full, watch, "/dev/null");
	return job->keeper > 0 && job->monitor > 0;
}

static int work(void *data)
{
	struct job *job = data;
	bool good = begin(job);

	for (unsigned long i = 0; good && i < WARM_UP; i++)
		good = cycle(job);
	if (!good)
		return 1;
	measure_first(job);
	measures_print(stdout, 0, &job->first);
	for (unsigned long i = 1; good && i <= job->cycles; i++) {
		good = cycle(job);
		if (good && (i % job->every == 0 || i == job->cycles))
			good = look(job, i);
	}
	printf("%lu cycles of %s: %s\n", job->cycles, job->types, good ? "nothing grew" : "FAILED");
	fflush(stdout);
	return !good;
}

static bool find_programs(struct job *job)
{
	snprintf(job->front, sizeof(job->front), "%s/nsmgr", job->build);
	/* The program itself, not libtool's script in front of it. */
	snprintf(job->full, sizeof(job->full), "%s/.libs/nsmgr-full", job->build);
	if (access(job->full, X_OK) < 0)
		snprintf(job->full, sizeof(job->full), "%s/nsmgr-full", job->build);
	return access(job->front, X_OK) == 0 && access(job->full, X_OK) == 0;
}

int main(int argc, char **argv)
{
	static const struct option known[] = {
		{ "build", required_argument, NULL, 'b' }, { "cycles", required_argument, NULL, 'c' },
		{ "every", required_argument, NULL, 'e' }, { "types", required_argument, NULL, 't' },
		{ NULL, 0, NULL, 0 },
	};
	struct job job = { .build = ".", .cycles = 100000, .every = 1000, .types = "--uts" };
	int id;

	while ((id = getopt_long(argc, argv, "", known, NULL)) >= 0) {
		if (id == 'b')
			job.build = optarg;
		else if (id == 'c')
			job.cycles = strtoul(optarg, NULL, 10);
		else if (id == 'e')
			job.every = strtoul(optarg, NULL, 10);
		else if (id == 't')
			job.types = optarg;
		else
			job.cycles = 0;
	}
	if (!job.cycles || !job.every || optind != argc || !find_programs(&job)) {
		fputs("usage: endurance [--build=DIR] [--cycles=N] [--every=N] [--types='--uts --net ...']\n", stderr);
		return 2;
	}
	setenv("NSMGR_STORE", STORE, 1);
	return sandbox_run(work, &job);
}
