/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_FAULTS_WORLD_H
#define NSM_FAULTS_WORLD_H

#include "cases.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Below the tmpfs that the sandbox has on /run. Everything in the sandbox's pid namespace but us belongs to the world. */
#define WORLD "/run/world"
#define STORE WORLD "/store"
#define NETNS "/run/netns"

/* The programs under test; absolute paths. */
struct programs {
	char front[512], full[512];
};

bool programs_find(struct programs *ret, const char *build);

/* Ends all that is there and makes what a case begins with. False after having said why. */
bool world_make(const struct programs *programs, const struct a_case *of);
void world_end(void);

/* The command line of a case, with the pid of the one who sits there to be attached. */
#define MAX_WORDS 24
struct words {
	char text[512];
	char *argv[MAX_WORDS + 2];
};
void world_words(const char *program, const char *line, struct words *ret);

/* Whether a store is still good for use. */
bool world_is_of_use(const struct programs *programs);

/* The program that a case is about. */
const char *world_program(const struct programs *programs, const struct a_case *of);

/* Runs a command to its end, without a tracer: its exit status, 128+N after a signal. What hangs is killed after a while. What it
 * says goes to `ret`, if given. */
int world_run(const char *program, const char *line, char *ret, size_t size);

/* What one does after a crash, to be back in order: check --repair. False when that leaves something; `ret` says what. */
bool world_mend(const struct programs *programs, char *ret, size_t size);

/* Waits for those that were killed and are on their way out, and reaps those that nobody else can. */
void world_settle(void);

/* A process of the sandbox that is none of the world's. */
bool world_is_outside(pid_t pid);

#endif
