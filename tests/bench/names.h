/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_BENCH_NAMES_H
#define NSM_BENCH_NAMES_H

#include <stdio.h>

/* A command line with many names in it, for programs that take them all at once. Names begin with a word of the bench's
 * own and a number; those of one list do not repeat. */
struct names {
	const char **argv; /* the words in front, then the names, then those behind, and NULL */
	char *text;
};

/* `front` and `behind` (NULL for nothing) end with NULL. Numbers from `first`. Ends the process without memory. */
struct names names_make(const char *const *front, unsigned first, unsigned count, const char *const *behind);
void names_free(struct names *names);

/* A file with "VERB NAME" in each line, for ip -batch. 0 or -1. */
int names_batch(const char *path, const char *verb, unsigned count);

/* Makes uts sets in a store, as many calls as command lines need. 0 or -1 after having said why. */
struct programs;
int names_fill(const struct programs *programs, const char *store, unsigned first, unsigned end);

#define NAME_FORMAT "nsbench%u"
#define NAME_FIRST "nsbench0"
#define NAME_SIZE 24

#endif
