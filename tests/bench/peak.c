/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The most memory that a command had: entering a set, and listing 10,000. */
#include "bench.h"

#include "base/macro.h"
#include "names.h"
#include "sandbox.h"

#define STORE "/run/peak"
#define RESULT "/run/peak.kib"
#define SETS 10000
#define SAMPLES 5

static int sample(const char *const *argv, char **envp, double *ret_kib)
{
	FILE *file;
	int r;

	if (bench_run(argv, envp, NULL) != 0)
		return -1;
	file = fopen(RESULT, "re");
	r = file && fscanf(file, "%lf", ret_kib) == 1 ? 0 : -1;
	if (file)
		fclose(file);
	return r;
}

/* A command, behind the program that watches it. */
static int add(struct bench *bench, const char *group, const char *who, const char *const *command, char **envp)
{
	const char *argv[16] = {bench->programs.floor, "peak", RESULT};
	struct row *row = bench_add_row(bench, group, who, "KiB", SAMPLES);
	size_t used = 3;

	for (size_t i = 0; command[i] && used < NSM_ARRAY_SIZE(argv) - 1; i++)
		argv[used++] = command[i];
	if (!*command[0]) {
		snprintf(row->missing, sizeof(row->missing), "not installed");
		row->count = 0;
		return 0;
	}
	for (unsigned i = 0; i < SAMPLES; i++)
		if (sample(argv, envp, &row->samples[i]) < 0) {
			fprintf(stderr, "bench: %s: %s failed\n", group, who);
			return -1;
		}
	return 0;
}

static int measure(struct bench *bench)
{
	const struct programs *p = &bench->programs;
	char **env = programs_environment(p, STORE, false), **env_full = programs_environment(p, STORE, true);
	const char *const exec[] = {p->front, "exec", NAME_FIRST, p->bare, NULL};
	const char *const nsenter[] = {p->nsenter, "--uts=" STORE "/" NAME_FIRST "/uts", p->bare, NULL};
	const char *const ls[] = {p->front, "ls", NULL};
	const char *const quiet[] = {p->front, "ls", "-q", NULL};
	const char *const lsns[] = {p->lsns, "--persistent", NULL};
	int r = add(bench, "peak of exec", "nsmgr", exec, env);

	if (r == 0)
		r = add(bench, "peak of exec", "nsenter", nsenter, env);
	if (r == 0)
		r = add(bench, "peak of ls, 10000 sets", "nsmgr ls -q", quiet, env);
	if (r == 0)
		r = add(bench, "peak of ls, 10000 sets", "nsmgr ls", ls, env_full);
	return r < 0 || !*p->lsns_files ? r : add(bench, "peak of ls, 10000 sets", "lsns", lsns, env);
}

int scenario_peak(struct bench *bench)
{
	int r = arena_make(STORE);

	if (r == 0)
		r = names_fill(&bench->programs, STORE, 0, SETS);
	if (r == 0)
		r = measure(bench);
	return r < 0 ? r : arena_drop(STORE);
}
