/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_ENDURANCE_MEASURE_H
#define NSM_ENDURANCE_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

/* What must not grow. Those from SLABS on are the kernel's own objects, of the whole machine. */
enum {
	MOUNTS,
	PROCESSES,
	INODES,
	KEEPER_KIB,
	MONITOR_KIB,
	MONITOR_FDS,
	SLABS, /* namespaces first, and what a process has them in */
	SLABS_OF_ALL = SLABS + 6,
	MEASURES = SLABS_OF_ALL + 4
};

struct measures {
	long value[MEASURES]; /* -1: not to be seen on this machine */
};

extern const char *const measure_names[MEASURES];

/* `place`: a file system of its own; `keeper` and `monitor`: who stays. */
void measure(const char *place, pid_t keeper, pid_t monitor, struct measures *ret);

void measures_print(FILE *file, unsigned long cycles, const struct measures *measures);

/* Of the kernel's objects. */
void measures_keep_least(struct measures *least, const struct measures *now);

/* The first that has grown by more than it may, or -1. One namespace in a hundred cycles would be seen in some thousands of them;
 * what few others do on the machine would not. */
int measures_find_growth(const struct measures *first, const struct measures *now);

#endif
