/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_BENCH_FLOOR_H
#define NSM_BENCH_FLOOR_H

#include <stdbool.h>
#include <stddef.h>

/* The least that an operation can cost: its necessary system calls, one after the other, without a check, a lock or a
 * message. A floor that fails ends with status 1 and says which step it was. */
struct floor_type {
	const char *name; /* the file of the handle */
	const char *link; /* where the creator's new one is in /proc/PID/ns */
	int flag;
};

extern const struct floor_type floor_types[];
extern const size_t floor_type_count;

/* Ends the program. */
_Noreturn void floor_die(const char *step);

/* Opens each handle, joins them in the order given, and becomes the command; forks where a pid namespace is among them.
 */
int floor_enter(char **argv);

/* TYPE|all DIR NAME...: directory, handles, metadata, rename to the name; one process for all names, but for all types
 * a child a name, as they need. */
int floor_create(char **argv);

/* namespaces | descriptors: which namespaces each process is in, and with the latter what its descriptors are of. */
int floor_processes(char **argv);

/* FILE COMMAND...: runs it, and writes its peak of resident memory in KiB there. No floor, but a parent that has next to no
 * memory: what a process had before its execve(2), its parent's if that spawned it, counts as its own. */
int floor_peak(char **argv);

#endif
