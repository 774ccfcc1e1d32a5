/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_TESTS_COMMANDS_H
#define NSM_TESTS_COMMANDS_H

/* For the suites of commands that are started. */

#include "nsmgr.h"

extern struct nsmgr_command *command; /* of the test */

void command_make(void);
void command_drop(void);

struct nsmgr_child *start(struct nsmgr_set *set, const char *const argv[]);
struct nsmgr_child *start_shell(struct nsmgr_set *set, const char *line);

/* What a line of shell, which has to give 0, writes; in a static buffer. */
const char *output_of(struct nsmgr_set *set, const char *line);

/* Waits for a child and frees it: what it gave, or the number of a signal, negative. */
int status_of(struct nsmgr_child *child);

void assert_start_fails(struct nsmgr_set *set, const char *program, int error, const char *step, enum nsmgr_type type);

#endif
