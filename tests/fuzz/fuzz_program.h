/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_TESTS_FUZZ_PROGRAM_H
#define NSM_TESTS_FUZZ_PROGRAM_H

#include "fuzz.h"

#include "cmd/app.h"

/* Those parts of the target program that read files. The text is the input without its first byte, and the same as
 * strings: an array that ends with "" as often as anybody asks. */

#define STRINGS 4

struct input {
	const uint8_t *data;
	size_t size;
	char *strings[STRINGS];
};

extern struct app app;

void begin_proc(void);
void read_stat(const struct input *input);
void read_status(const struct input *input);
void read_cmdline(const struct input *input);
void read_own_cgroup(const struct input *input);
void read_mountinfo(const struct input *input);
void read_filesystems(const struct input *input);

#endif
