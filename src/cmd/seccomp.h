/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_SECCOMP_H
#define NSM_CMD_SECCOMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Filters of system calls, through libseccomp. What gives an int: 0 or -errno. */

struct filter;

/* What a filter does with a call, by the names of libseccomp: "SCMP_ACT_ALLOW". */
enum action_kind { ACTION_UNKNOWN, ACTION_PLAIN, ACTION_ERRNO, ACTION_SUPERVISED };
enum action_kind filter_action(const char *name, unsigned error, uint32_t *ret_action);

/* A comparison of an argument, by name: "SCMP_CMP_EQ". false: there is none of that name. */
bool filter_operator(const char *name, int *ret_operator);

struct condition {
	unsigned index; /* of the argument, 0 to 5 */
	int operator;
	uint64_t value, value_two; /* for SCMP_CMP_MASKED_EQ the mask, and what is to be left; else value alone */
};

#define CONDITION_COUNT 6

/* The machine's own architecture as libseccomp has it, "SCMP_ARCH_X86_64", and as container engines do, "amd64". */
struct architecture {
	const char *name, *engine_name;
};

const struct architecture *filter_native(void);

/* For the machine's own architecture; calls of another are ended by SIGSYS. Where nothing is said of a call `action` counts. */
int filter_new(uint32_t action, struct filter **ret_filter);
void filter_free(struct filter *filter); /* NULL is fine */

/* Calls of another architecture too; without a filter it is only looked up. -EINVAL: there is none of that name; -EDOM: the
 * machine cannot have it. */
int filter_add_architecture(struct filter *filter, const char *name);

/* The same action where all of the conditions hold. -ENOENT: no system call is known by that name. */
int filter_add(struct filter *filter, const char *call, uint32_t action, const struct condition *conditions, size_t count);

/* The program of it for the kernel, to be freed. */
int filter_export(const struct filter *filter, void **ret_program, size_t *ret_size);

#endif
