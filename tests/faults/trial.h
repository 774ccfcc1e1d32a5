/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_FAULTS_TRIAL_H
#define NSM_FAULTS_TRIAL_H

#include "judge.h"

/* One fault that was tried, and what there was before it and is now. */
struct trial {
	const struct programs *programs;
	const struct a_case *of;
	const struct fault *fault;
	const struct picture *after;
	struct picture before, now;
	struct run run;
	struct verdict *verdict;
};

/* False, for who gives that on. The first verdict stays. */
__attribute__((format(printf, 2, 3))) bool bad(struct trial *trial, const char *fmt, ...);

/* Whether all that is said are messages: at least one, and at most one for each set. */
bool has_messages(struct trial *trial);

/* Whether they tell why: by the errno that was given, or by what comes of that. */
bool has_cause(struct trial *trial);

/* 126 tells that the command cannot be executed, and nothing else does. */
bool has_right_status(struct trial *trial);

/* Takes a new picture, and compares it. */
enum likeness look_again(struct trial *trial, const char **ret_what);

/* The lines that a part has now and will not have afterwards, and those that it lacks. */
const char *difference(const struct trial *trial, const char *name);

/* Sets that list as live can be entered. */
bool check_all_enter(struct trial *trial);

/* What check --repair came to, with a fault or killed. */
void judge_look(struct trial *trial, enum likeness like);

#endif
