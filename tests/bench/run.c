/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench.h"

#include "base/macro.h"

#include <errno.h>
#include <math.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

const struct row *bench_row(const struct bench *bench, const char *group, const char *who)
{
	for (size_t i = 0; i < bench->row_count; i++)
		if (nsm_streq(bench->rows[i].group, group) && nsm_streq(bench->rows[i].who, who))
			return &bench->rows[i];
	return NULL;
}

struct row *bench_add_row(struct bench *bench, const char *group, const char *who, const char *unit, unsigned count)
{
	struct row *rows = realloc(bench->rows, (bench->row_count + 1) * sizeof(*rows));
	struct row *row;

	if (!rows)
		_exit(1);
	bench->rows = rows;
	row = &rows[bench->row_count++];
	*row = (struct row){.unit = unit, .count = count, .samples = calloc(count + 1, sizeof(double))};
	if (!row->samples)
		_exit(1);
	for (unsigned i = 0; i < count; i++)
		row->samples[i] = NAN;
	snprintf(row->group, sizeof(row->group), "%s", group);
	snprintf(row->who, sizeof(row->who), "%s", who);
	return row;
}

/* posix_spawn, as it shares our memory until the exec: a fork of a process that grew would be part of every figure. */
int bench_run(const char *const *argv, char *const *envp, double *ret_us)
{
	struct timespec begin, end;
	int status, r;
	pid_t pid;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	r = posix_spawn(&pid, argv[0], NULL, NULL, (char *const *)(void *)(size_t)argv, envp);
	if (r != 0) {
		errno = r;
		return -1;
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	clock_gettime(CLOCK_MONOTONIC, &end);
	if (ret_us)
		*ret_us = (double)(end.tv_sec - begin.tv_sec) * 1e6 + (double)(end.tv_nsec - begin.tv_nsec) / 1e3;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int run_contender(struct contender *contender, unsigned round, double *ret_us)
{
	int status = -1;

	if (contender->warm)
		bench_run(contender->argv, contender->envp, NULL);
	if (!contender->before || contender->before(contender, round) == 0)
		status = bench_run(contender->argv, contender->envp, ret_us);
	if (contender->after && contender->after(contender, round) < 0)
		return -1;
	return status;
}

/* A round of its own, numbered beyond the others. */
static void try_contender(struct contender *contender, struct row *row, unsigned rounds)
{
	int status;

	if (contender->program && !*contender->program) {
		snprintf(row->missing, sizeof(row->missing), "%s", contender->absent ? contender->absent : "not installed");
		return;
	}
	status = run_contender(contender, rounds, NULL);
	if (status != 0)
		snprintf(row->missing, sizeof(row->missing), "cannot do it here (status %d)", status);
}

/* Another order for each round, the same ones in each run: in a mere rotation everyone would always come behind the
 * same one, and pay for the traces that it left. */
static void shuffle(size_t *order, size_t count, unsigned *state)
{
	for (size_t i = count; i > 1; i--) {
		size_t other, kept = order[i - 1];

		*state = *state * 1103515245U + 12345U;
		other = (*state >> 16) % i;
		order[i - 1] = order[other];
		order[other] = kept;
	}
}

int bench_compare(struct bench *bench, const char *group, struct contender *list, size_t count, unsigned rounds)
{
	size_t first = bench->row_count, order[16];
	unsigned state = 1;

	for (size_t i = 0; i < count; i++)
		order[i] = i;
	for (size_t i = 0; i < count; i++)
		try_contender(&list[i], bench_add_row(bench, group, list[i].who, "us", rounds), rounds);
	for (unsigned round = 0; round < rounds; round++) {
		shuffle(order, count, &state);
		for (size_t turn = 0; turn < count; turn++) {
			size_t i = order[turn];
			struct row *row = &bench->rows[first + i];
			double us;

			if (*row->missing)
				continue;
			if (run_contender(&list[i], round, &us) != 0) {
				/* A peer may fail now and then, as unshare(1) does when it binds its mount namespace
				 * too early. */
				if (list[i].program) {
					row->failures++;
					continue;
				}
				fprintf(stderr, "bench: %s: %s failed in round %u\n", group, list[i].who, round);
				return -1;
			}
			row->samples[round] = us;
		}
	}
	for (size_t i = first; i < bench->row_count; i++)
		if (bench->rows[i].failures == rounds)
			snprintf(bench->rows[i].missing, sizeof(bench->rows[i].missing), "fails each time");
	for (size_t i = first; i < bench->row_count; i++)
		if (*bench->rows[i].missing)
			bench->rows[i].count = 0;
	return 0;
}
