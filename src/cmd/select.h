/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NSM_CMD_SELECT_H
#define NSM_CMD_SELECT_H

#include "cmd/app.h"

/* The sets that the operands of ls name: all without any, else those that equal or match one. */
struct selection {
	struct app *app;
	struct names patterns;
	unsigned list_flags; /* NSMGR_LIST_ALL comes to them */
	struct nsmgr_list *list;
	bool *matched; /* by pattern */
};

void selection_free(struct selection *selection);

/* STATUS_DONE, or a failure that was said. */
int selection_begin(struct selection *selection);
bool selection_next(struct selection *selection, const char **ret_name);

/* Says which plain names were not found, and gives the status for it. A pattern may match nothing. */
int selection_end(struct selection *selection);

/* The handles of the one set of that name, with their owners. STATUS_DONE, or what was said. */
int select_set(struct app *app, const char *name, struct nsmgr_handle ret_handles[], int *ret_count);

/* Whether an operand has characters of a glob(7), and whether it stands for a set of that name. */
bool is_pattern(const char *operand);
bool is_named(const char *operand, const char *name);

/* A name on a line of its own, escaped. */
void print_name(const char *name);

#endif
