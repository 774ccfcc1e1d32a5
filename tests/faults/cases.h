/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_FAULTS_CASES_H
#define NSM_FAULTS_CASES_H

#include "damage.h"

#include <stdbool.h>
#include <stddef.h>

#define MAX_SETUP 6
#define MAX_DAMAGE 6

/* A verb in a certain world. Words are parted by spaces; @SITTER stands for the pid of a process with namespaces of its own. */
struct a_case {
	const char *name;
	damage_fn *prop;	      /* files that are there before anything else: props.h */
	const char *setup[MAX_SETUP]; /* commands that make what it begins with */
	damage_fn *damage[MAX_DAMAGE]; /* what is done to that */
	const char *line;	      /* the command */
	bool full;		      /* a verb that the front hands over; false for one: it does so */
	bool looks;		      /* check: it may leave what it could not mend, when it says so; the next one mends it */
	bool each_alone;	      /* every set may be as before or as after, whatever becomes of the others */
	bool removes;		      /* what fails half-way is hidden, and a sweep goes on with it */
	bool has_sitter;
	bool sweeps;		      /* there is a stage that nobody owns; it may stay one */
	const char *then;	      /* where it failed half-way, this command leads to where it would have led */
	bool renews;		      /* a set of the same name may be another one afterwards */
	bool on_ramfs;		      /* whose directories do not count their entries: glance.c takes no short cut */
	bool waits;		      /* each try takes a while: all its points are tried only when the case is asked for alone */
	bool takes;		      /* from a pool, whose sets are taken away when they seem dead */
	bool prints;		      /* a table of what it does, or what another program says */
	bool pieces;		      /* of that program's: they come as it likes, so that calls differ */
	bool runs;		      /* a command: status 125 or 126 when that is not run */
	unsigned needs;		      /* place.h */
};

extern const struct a_case cases[];
extern const size_t case_count;

const struct a_case *find_case(const char *name);

#endif
