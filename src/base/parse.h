/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_BASE_PARSE_H
#define NSM_BASE_PARSE_H

#include "base/macro.h"

#include <stdint.h>
#include <time.h>

/* Strict number parsing: digits only, the whole text, no sign, no blanks, no leading plus
 * (CVE-2026-30892: a lenient parser turned a name into id 0). -EINVAL for anything else, -ERANGE when
 * the value does not fit. */
int nsm_parse_u64(const char *text, uint64_t *ret);
int nsm_parse_u32(const char *text, uint32_t *ret);

/* A user or group id: as above, and (uid_t)-1, which set*id(2) takes for "leave it", is -ERANGE. */
int nsm_parse_id(const char *text, uint32_t *ret);

/* The number at *text and what follows it; *text is moved behind the digits. */
int nsm_parse_u64_prefix(const char **text, uint64_t *ret);

/* The same with one letter, in either case, for a power of 1024 behind it if there is one: k, M, G, T. */
int nsm_parse_size_prefix(const char **text, uint64_t *ret);

/* [+-]SEC[.FRAC], at most nine digits of fraction. tv_nsec is 0 to 999999999 also for negative values,
 * as the kernel wants it: -1.5 gives { -2, 500000000 }. */
int nsm_parse_offset(const char *text, struct timespec *ret);

/* SEC[.FRAC] >= 0. */
int nsm_parse_duration(const char *text, struct timespec *ret);

bool nsm_is_digits(const char *text);

#endif
