/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_APPLY_H
#define NSM_CMD_APPLY_H

#include "base/text.h"
#include "cmd/create_opts.h"
#include "cmd/facts.h"
#include "cmd/profile.h"
#include "cmd/view.h"

/* The verb apply: sets as the profiles of the system want them. */

enum apply_action { APPLY_MATCH, APPLY_CREATE, APPLY_RECREATE, APPLY_REMOVE, APPLY_DIFFER, APPLY_FAIL };

/* A profile that has a name, and what becomes of its set. */
struct wanted {
	char *name;
	struct names files; /* the profile, and what is dropped into it, in the order in which they are read; to be freed */
	bool masked;	    /* there is to be none */
	bool chosen;	    /* by an operand, or by none */
	enum { WANTED_NEW, WANTED_VISITED, WANTED_DONE } state;
	struct profile profile;
	enum apply_action action;
	char reason[512];
};

struct wanted_list {
	struct wanted *array; /* sorted by name */
	size_t count, size;
};

struct apply {
	struct app *app;
	struct names names;
	bool recreate, prune, kill, dry_run;
	struct wanted_list wanted;
	struct view view;
	size_t rows;
	bool failed, changes;
	int error; /* of the table */
};

/* Adds a row about what became of a set, and keeps in mind what that means for the status. apply.c */
void apply_tell(struct apply *apply, const struct wanted *wanted);

/* ---- apply_run.c ---- */

/* Sees to one set, and before that to those from which it takes a namespace. */
void apply_visit(struct apply *apply, struct wanted *wanted);

/* Removes the sets that apply has made, and whose profile is gone. STATUS_DONE, or what was said. */
int apply_prune(struct apply *apply);

/* ---- apply_find.c ---- */

/* The directories in which profiles are, the first to win; ended by NULL; to be freed as one. NULL: out of memory. */
char **profile_directories(void);

/* All profiles there are. STATUS_DONE, or what was said of a directory that cannot be read. */
int wanted_find(struct app *app, struct wanted_list *ret);
struct wanted *wanted_named(const struct wanted_list *list, const char *name);
void wanted_free(struct wanted_list *list);

/* ---- apply_compare.c, apply_facts.c ---- */

/* Adds to `reason` how a set that is there differs from what was checked as wanted. */
void apply_compare(const struct recipe *recipe, const struct facts *facts, struct nsm_text *reason);

/* The same of what the kernel knows: names, clocks, maps, sysctls. */
void apply_compare_facts(const struct recipe *recipe, const struct facts *facts, struct nsm_text *reason);

/* The same of its mounts. Those that nobody asked for are nobody's business here. apply_mounts.c */
void apply_compare_mounts(const struct recipe *recipe, const struct facts *facts, struct nsm_text *reason);

/* One more of them, behind a semicolon. */
void apply_differ(struct nsm_text *reason, const char *fmt, ...) nsm_printf_like(2, 3);

#endif
