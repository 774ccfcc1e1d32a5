/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_TESTS_DENIAL_H
#define NSM_TESTS_DENIAL_H

/* System calls that fail from now on, in the calling process and all that it becomes or makes: seccomp(2). */

#include <stdbool.h>
#include <stddef.h>

struct denial {
	unsigned call;
	bool has_request; /* only that request of an ioctl(2), of which the lower half is enough */
	unsigned request;
	unsigned error;
};

#define DENIALS 32

/* 0, or -1 with errno. */
int deny(const struct denial denials[], size_t count);

/* Those that the library makes, ended by a row without a name. */
struct denied_call {
	const char *name;
	unsigned number;
	bool cleans; /* without it what was begun cannot be undone: the next sweep does that */
};

extern const struct denied_call denied_calls[];

#endif
