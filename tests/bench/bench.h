/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_BENCH_H
#define NSM_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The words: a group is what is measured in turns with each other, "exec net 3000"; each contender of it has a row of
 * samples. Everything happens inside the sandbox. */

#define BENCH_BASE "bare" /* the row that stands for the start of the command alone */
#define BENCH_FLOOR "floor"

struct row {
	char group[48];
	char who[32];
	const char *unit;
	double *samples; /* one a round, in the order of the rounds; NAN where a contender sat out */
	unsigned count;
	unsigned failures; /* rounds in which a peer failed; of our own none may */
	char missing[64];  /* why there are none */
};

/* ---- programs: programs.c ---- */

#define FRONT_KINDS 3
extern const char *const front_kinds[FRONT_KINDS]; /* musl, static, dynamic */

struct programs {
	char front[512];
	const char *front_kind;
	char fronts[FRONT_KINDS][512]; /* linked in each way; empty where that cannot be done here */
	char full_dir[512];     /* where the front finds nsmgr-full: NSMGR_LIBEXEC */
	char library_dir[512];  /* its library before it is installed, or empty */
	char floor[512];        /* linked as the front is */
	char floor_dyn[512];
	char bare[512];
	/* empty where not installed */
	char ip[128];
	char nsenter[128];
	char unshare[128];
	char lsns[128];
	char lsns_files[128]; /* the same, if it lists namespaces that only a file keeps: util-linux 2.39 */
	char true_[128];
};

/* Finds them all; `build` is the top build directory, `front` NULL or "KIND:PATH" of another build's. Says what is
 * wrong and returns -1 if one of our own is not there. */
int programs_find(struct programs *programs, const char *build, const char *front);

/* The environment for a store: nothing of the caller's, for its size is part of what a start costs. full: with what
 * an nsmgr-full that is not installed needs, which would make every other dynamic program search for longer. Valid
 * until the process ends. */
char **programs_environment(const struct programs *programs, const char *store, bool full);

/* A command that prepares something, run with the plain environment of `store`. 0, or -1 after having said that it
 * failed. */
int programs_run(const struct programs *programs, const char *store, const char *const *argv);

/* ---- the run ---- */

struct bench {
	struct programs programs;
	bool quick;
	unsigned rounds;  /* of single processes; scenarios with big steps take a part of them */
	const char *only; /* scenario, or NULL */
	FILE *out;
	struct row *rows;
	size_t row_count;
};

const struct row *bench_row(const struct bench *bench, const char *group, const char *who);

/* A row of `count` samples, NAN at first. Ends the process without memory. */
struct row *bench_add_row(struct bench *bench, const char *group, const char *who, const char *unit, unsigned count);

#define CONTENDER_ARGS 24

struct contender {
	const char *who;
	const char *program;     /* what it is when it is installed: an empty text means that it is not */
	const char *absent;      /* what to say then, if not that it is not installed */
	const char *const *argv; /* of one process, argv[0] its path */
	char **envp;
	bool warm; /* runs untimed right before, so that everyone comes behind itself and not behind what another one
		      left */
	/* Not timed; NULL for none. before: what it needs in this round, after: taking it away again. */
	int (*before)(struct contender *contender, unsigned round);
	int (*after)(struct contender *contender, unsigned round);
	void *data;
};

/* Runs all contenders once untimed, which also tells those that cannot do it, and then `rounds` times in turns, each
 * round in another order. At most 16. */
int bench_compare(struct bench *bench, const char *group, struct contender *list, size_t count, unsigned rounds);

/* Runs a command; its exit status, or -1. ret_us (or NULL): from before its start to after its end. */
int bench_run(const char *const *argv, char *const *envp, double *ret_us);

/* The scenarios, each in a file of its name. 0, or -1 after having said what failed. */
int scenario_exec(struct bench *bench);
int scenario_create(struct bench *bench);
int scenario_bulk(struct bench *bench);
int scenario_ls(struct bench *bench);
int scenario_rm(struct bench *bench);
int scenario_crowd(struct bench *bench);
int scenario_peak(struct bench *bench);
int scenario_memory(struct bench *bench);
int memory_begin(struct bench *bench);
int memory_end(struct bench *bench);

#endif
