/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_BASE_TEXT_H
#define NSM_BASE_TEXT_H

#include "base/macro.h"

#include <stdint.h>

/* A bounded text under construction in a buffer of the caller's. What does not fit is left out and
 * remembered in `cut`, so that only the end of the work has to be checked. Never allocates: it is
 * used in children that must not (they are cloned from a possibly threaded program). */
struct nsm_text {
	char *buf;
	size_t size;
	size_t len;
	bool cut;
};

#define NSM_TEXT(array) { .buf = (array), .size = sizeof(array) }

void nsm_text_add(struct nsm_text *text, const char *fmt, ...) nsm_printf_like(2, 3);

/* The same for a string, and for a number, without the cost of a format: for what is done thousands of times. */
void nsm_text_put(struct nsm_text *text, const char *string);
void nsm_text_put_number(struct nsm_text *text, uint64_t number);

/* Copies a string into a fixed array; false when it had to be cut. */
bool nsm_copy(char *to, size_t size, const char *from);

/* Splits the next piece off *cursor at `separator`; NULL at the end. */
char *nsm_token(char **cursor, char separator);

/* Writes `in` to `out` with every byte that is not printable ASCII, and the backslash, as \xHH: names
 * come from directories that others may have filled (LESSONS security 16). Cuts at the buffer's end. */
const char *nsm_escape(const char *in, char *out, size_t size);

/* The other way round, in place; false for a malformed escape and for \x00. */
bool nsm_unescape(char *text);

/* Blanks, newlines and backslashes as \040 and so on, as the kernel writes them in its tables: in place. */
void nsm_unescape_octal(char *text);

#endif
