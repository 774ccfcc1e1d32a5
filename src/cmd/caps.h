/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_CAPS_H
#define NSM_CMD_CAPS_H

#include <stdint.h>

/* Capabilities by the names that libcap knows: "net_admin,CAP_SYS_PTRACE", "all" for those of our bounding set, "none". A bit each.
 * 0; 1 where a word is none, which *ret_len bytes at *ret_bad then are. */
int caps_parse(const char *list, uint64_t *ret, const char **ret_bad, int *ret_len);

/* The same for securebits, "noroot,noroot_locked": those of capabilities(7), of which keep_caps is none, as no command ever has it. */
int caps_parse_securebits(const char *list, unsigned *ret, const char **ret_bad, int *ret_len);

#endif
