/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_SECCOMP_PROFILE_H
#define NSM_CMD_SECCOMP_PROFILE_H

#include "cmd/json.h"

struct filter;

/* What a profile's "includes" and "excludes" are about: the command that it is for, and the machine. */
struct surroundings {
	uint64_t capabilities;
	unsigned long kernel[2]; /* 6.1 */
	const char *architecture; /* as container engines call it */
};

/* The kernel and the architecture here. */
void surroundings_look(struct surroundings *ret);

/* Makes the filter that a profile describes, in the form of OCI runtimes or that of container engines, with NSMGR_SECCOMP_*
 * flags. STATUS_DONE, or the verb's status after having said what is wrong with it, also in what does not apply. */
int profile_compile(const struct json *root, const struct surroundings *surroundings, struct filter **ret_filter,
		    unsigned *ret_flags);

/* The same without a filter, which takes time: what comes out at the making of one alone is not said. */
int profile_check(const struct json *root, const struct surroundings *surroundings);

/* Whether "includes" and "excludes" of a rule let it apply. seccomp_when.c */
int profile_applies(const struct json *rule, const struct surroundings *surroundings, bool *ret);

/* An action, with the errno that goes with it under one of two keys, which are of the same object: "errnoRet" as a number,
 * "errno" by name. seccomp_action.c */
int profile_action(const struct json *object, const char *key, const char *errno_key, const char *name_key, uint32_t *ret_action);

#endif
