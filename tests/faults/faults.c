/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes each system call of each verb fail, in every process of it, and kills each process in front of each of its calls: see
 * README, "make check-faults". */
#include "calls.h"
#include "campaign.h"
#include "place.h"
#include "props.h"

#include "../bench/sandbox.h"

#include <getopt.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_JOBS 16

/* Whether we run from there. */
static bool is_ours(const char *point, const char *build)
{
	char cwd[1024] = "";
	size_t len = strlen(point);

	return strncmp(build, point, len) == 0 || (getcwd(cwd, sizeof(cwd)) && strncmp(cwd, point, len) == 0);
}

/* What others have mounted, copies of namespaces and what is below /tmp, goes away whenever they remove its place, and what reads
 * the mount table would take another course each time. */
static void forget_mounts_of_others(const char *build)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char line[4096], point[2048];

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%*s %*s %*s %*s %2047s", point) != 1)
			continue;
		if (strstr(line, " - nsfs ") || (strncmp(point, "/tmp/", 5) == 0 && !is_ours(point, build)))
			umount2(point, MNT_DETACH | UMOUNT_NOFOLLOW);
	}
	if (file)
		fclose(file);
}

static int work(void *data)
{
	const struct options *options = data;
	unsigned i;

	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		return 1;
	forget_mounts_of_others(options->build);
	place_set_up();
	if (options->only)
		do_case(options, options->only);
	else
		while ((i = options->shared->next++) < case_count)
			do_case(options, &cases[i]);
	return 0;
}

/* Mount namespaces have to look younger than the sandbox's, which on one processor they always do (KERNEL R11). */
static void stay_on_one(unsigned job)
{
	cpu_set_t all, one;
	unsigned seen = 0;

	if (sched_getaffinity(0, sizeof(all), &all) < 0)
		return;
	job %= (unsigned)CPU_COUNT(&all);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &all) || seen++ != job)
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		sched_setaffinity(0, sizeof(one), &one);
	}
}

static int run_jobs(struct options *options)
{
	int result = 0;

	for (unsigned job = 0; job < options->jobs; job++) {
		pid_t parent = getpid(), pid = fork();

		if (pid == 0) {
			if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != parent)
				_exit(1);
			stay_on_one(job);
			place_reserve();
			result = sandbox_run(work, options);
			place_release();
			exit(result);
		}
		if (pid < 0)
			return 1;
	}
	for (int status; wait(&status) > 0;)
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
			result = 1;
	return result;
}

/* WHO:N:ERRNO, or KILL. */
static bool parse_point(const char *text, struct fault *ret)
{
	char name[16] = "";

	if (sscanf(text, "%23[0-9.]:%u:%15s", ret->at.who, &ret->at.n, name) != 3)
		return false;
	ret->error = errno_number(name);
	return ret->error || strcmp(name, "KILL") == 0;
}

static bool parse(int argc, char **argv, struct options *ret)
{
	static const struct option known[] = {
		{ "build", required_argument, NULL, 'b' },  { "call", required_argument, NULL, 'n' },
		{ "case", required_argument, NULL, 'c' },   { "jobs", required_argument, NULL, 'j' },
		{ "point", required_argument, NULL, 'p' },  { "sample", required_argument, NULL, 's' },
		{ NULL, 0, NULL, 0 },
	};
	bool good = true;
	int id;

	while (good && (id = getopt_long(argc, argv, "", known, NULL)) >= 0) {
		if (id == 'b')
			ret->build = optarg;
		else if (id == 'n')
			ret->call = optarg;
		else if (id == 'c')
			good = (ret->only = find_case(optarg)) != NULL;
		else if (id == 'j')
			good = (ret->jobs = (unsigned)strtoul(optarg, NULL, 10)) > 0 && ret->jobs <= MAX_JOBS;
		else if (id == 'p')
			good = parse_point(optarg, &ret->fault);
		else if (id == 's')
			good = (ret->sample = strtoul(optarg, NULL, 10)) > 0;
		else
			good = false;
	}
	if (ret->only)
		ret->jobs = 1;
	return good && optind == argc && (!ret->fault.at.n || ret->only);
}

int main(int argc, char **argv)
{
	struct options options = { .build = ".", .jobs = (unsigned)sysconf(_SC_NPROCESSORS_ONLN) };

	if (options.jobs > MAX_JOBS)
		options.jobs = MAX_JOBS;
	if (!parse(argc, argv, &options)) {
		fputs("usage: faults [--build=DIR] [--jobs=N] [--sample=N] [--call=NAME] [--case=NAME [--point=WHO:N:ERRNO|KILL]]\n"
		      "cases:\n", stderr);
		for (size_t i = 0; i < case_count; i++)
			fprintf(stderr, "  '%s': nsmgr %s\n", cases[i].name, cases[i].line);
		return 2;
	}
	if (!can_inject()) {
		fputs("faults: the registers of this machine are not known to regs.c\n", stderr);
		return 77;
	}
	if (!programs_find(&options.programs, options.build)) {
		fprintf(stderr, "faults: no programs in '%s'\n", options.build);
		return 2;
	}
	/* Whole lines, as those of several jobs come in between each other. */
	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	setenv("NSMGR_STORE", STORE, 1);
	setenv("NSMGR_PROFILE_PATH", PROFILES, 1);
	options.shared = mmap(NULL, sizeof(*options.shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (options.shared == MAP_FAILED || run_jobs(&options) != 0)
		return 1;
	if (options.shared->skipped)
		printf("%u cases cannot be tried here\n", (unsigned)options.shared->skipped);
	printf("%lu points tried, %lu not met again, %lu bad outcomes\n", (unsigned long)options.shared->tried,
	       (unsigned long)options.shared->unmet, (unsigned long)options.shared->bad);
	return options.shared->bad || !options.shared->tried;
}
