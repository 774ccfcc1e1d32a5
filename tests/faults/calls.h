/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_FAULTS_CALLS_H
#define NSM_FAULTS_CALLS_H

#include <stdbool.h>
#include <stddef.h>

#define MAX_ERRNOS 10

/* A system call, and the errnos that it can give here: those of its man page, EPERM as from a seccomp filter, and
 * ENOSYS where the sources have another way. None: it cannot fail. */
struct known_call {
	const char *name;
	long nr;
	int errnos[MAX_ERRNOS];
	bool is_done; /* the kernel does it whatever it tells: it is let through, and its result replaced */
};

/* NULL when the table lacks it, which is to be mended there. */
const struct known_call *find_call(long nr);

const char *errno_name(int error);

/* Whether a text has its words, by whatever C library. */
bool errno_is_told(int error, const char *text);

/* 0 when there is none of that name. */
int errno_number(const char *name);

#endif
