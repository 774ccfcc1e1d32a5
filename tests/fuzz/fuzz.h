/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_TESTS_FUZZ_H
#define NSM_TESTS_FUZZ_H

/* What the targets have in common. Each is a file with the two functions below. entry.c puts them behind
 * LLVMFuzzerTestOneInput(), which libFuzzer and AFL++ call, or in `make check` replay.c, with the inputs of corpus/. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* What has to be so whatever the input is. */
#define MUST(condition) ((condition) ? (void)0 : abort())

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Once, before the first input, in the process that takes them all. */
void target_begin(int argc, char **argv);
void target_input(const uint8_t *data, size_t size);

/* Goes to where an input can do no harm, for good: a root directory of its own with nothing but memory below, no
 * capabilities, no child, no signal to others, no namespace. Directories that `argv` names by absolute paths are there
 * too, for libFuzzer. Ends the process where that fails. */
void sandbox_enter(int argc, char **argv);

/* Makes a file below the new root, with the directories above it, what it was before replaced. */
void sandbox_write(const char *path, const uint8_t *data, size_t size);
void sandbox_write_text(const char *path, const char *text);

/* The first byte of an input chooses among `count`, in the seeds as a digit or a letter. */
size_t choose(uint8_t byte, size_t count);

/* An input cut into strings at its zero bytes, at most `max`: how many. They are one piece of memory, *ret_text, to be freed. */
size_t cut_strings(const uint8_t *data, size_t size, size_t max, char *ret[], char **ret_text);

#endif
