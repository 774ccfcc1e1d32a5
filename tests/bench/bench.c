/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * make bench: what nsmgr costs beside its neighbours and beside the least that it could cost, all in one run and in
 * turns. It shows figures; only with --check does it compare ratios with the budgets. */
#include "bench.h"

#include "base/macro.h"
#include "report.h"
#include "sandbox.h"

#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <unistd.h>

#define USAGE 2

struct job {
	struct bench bench;
	const char *build, *front;
	FILE *json;
	bool check;
};

static const struct {
	const char *name;
	int (*run)(struct bench *bench);
} scenarios[] = {
    {"exec", scenario_exec}, {"create", scenario_create}, {"bulk", scenario_bulk},
    {"ls", scenario_ls},     {"rm", scenario_rm},         {"crowd", scenario_crowd},
    {"peak", scenario_peak}, {"memory", scenario_memory},
};

static const struct option options[] = {
    {"build", required_argument, NULL, 'b'},
    {"front", required_argument, NULL, 'f'},
    {"json", required_argument, NULL, 'j'},
    {"rounds", required_argument, NULL, 'r'},
    {"only", required_argument, NULL, 'o'},
    {"quick", no_argument, NULL, 'q'},
    {"check", no_argument, NULL, 'c'},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static int usage(FILE *file)
{
	fputs("Usage: bench [--quick] [--rounds=N] [--only=exec|create|bulk|ls|rm|crowd|peak|memory] [--json=FILE] [--check]\n"
	      "             [--build=DIR] [--front=musl|static|dynamic:PATH]\n",
	      file);
	return file == stdout ? 0 : USAGE;
}

static bool is_scenario(const char *name)
{
	for (size_t i = 0; i < NSM_ARRAY_SIZE(scenarios); i++)
		if (nsm_streq(name, scenarios[i].name))
			return true;
	return false;
}

static int parse(int argc, char **argv, struct job *job)
{
	unsigned long rounds = 0;
	char *end = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		switch (c) {
		case 'b':
			job->build = optarg;
			break;
		case 'f':
			job->front = optarg;
			break;
		case 'j':
			/* Now, for the sandbox may hide the directory. */
			job->json = fopen(optarg, "we");
			if (!job->json) {
				fprintf(stderr, "bench: %s: %m\n", optarg);
				return USAGE;
			}
			break;
		case 'r':
			rounds = strtoul(optarg, &end, 10);
			if (*end || rounds < 1 || rounds > 100000)
				return usage(stderr);
			break;
		case 'o':
			job->bench.only = optarg;
			if (!is_scenario(optarg))
				return usage(stderr);
			break;
		case 'q':
			job->bench.quick = true;
			break;
		case 'c':
			job->check = true;
			break;
		case 'h':
			exit(usage(stdout));
		default:
			return usage(stderr);
		}
	}
	job->bench.rounds = rounds ? (unsigned)rounds : job->bench.quick ? 32 : 200;
	return optind == argc ? 0 : usage(stderr);
}

/* Commands write to nowhere; what they complain of is shown. */
static int hide_output(struct bench *bench)
{
	int out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3), null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (out < 0 || null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
		return -1;
	bench->out = fdopen(out, "w");
	return bench->out ? 0 : -1;
}

static int measure(struct bench *bench)
{
	if (memory_begin(bench) < 0)
		return -1;
	for (size_t i = 0; i < NSM_ARRAY_SIZE(scenarios); i++) {
		if (bench->only && !nsm_streq(bench->only, scenarios[i].name))
			continue;
		fprintf(stderr, "bench: %s ...\n", scenarios[i].name);
		if (scenarios[i].run(bench) < 0)
			return -1;
	}
	return memory_end(bench);
}

static int work(void *data)
{
	struct job *job = data;
	struct bench *bench = &job->bench;
	unsigned missed;

	if (hide_output(bench) < 0 || measure(bench) < 0)
		return 1;
	report_table(bench);
	missed = budgets_report(bench, job->check);
	if (fclose(bench->out) != 0 || (job->json && report_json(bench, job->json) < 0)) {
		fprintf(stderr, "bench: cannot write: %m\n");
		return 1;
	}
	return job->check && missed ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct job job = {.build = "."};
	char build[PATH_MAX];
	int r = parse(argc, argv, &job);

	if (r != 0)
		return r;
	if (!realpath(job.build, build) || programs_find(&job.bench.programs, build, job.front) < 0)
		return 1;
	return sandbox_run(work, &job);
}
