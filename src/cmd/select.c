/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/select.h"

#include "base/text.h"

#include <fnmatch.h>
#include <stdio.h>

void selection_free(struct selection *selection)
{
	free(selection->patterns.array);
	free(selection->matched);
	nsmgr_list_free(selection->list);
}

int selection_begin(struct selection *selection)
{
	struct app *app = selection->app;

	selection->matched = calloc(selection->patterns.count + 1, sizeof(bool));
	if (!selection->matched)
		return say_plain(app, "out of memory");
	selection->list_flags |= NSMGR_LIST_ALL;
	if (nsmgr_list_new(app->ctx, selection->list_flags, &selection->list) < 0)
		return say_failure(app, NULL);
	return STATUS_DONE;
}

bool is_pattern(const char *operand)
{
	return strpbrk(operand, "*?[");
}

bool is_named(const char *operand, const char *name)
{
	return is_pattern(operand) ? fnmatch(operand, name, 0) == 0 : nsm_streq(operand, name);
}

static bool is_selected(struct selection *selection, const char *name)
{
	bool selected = selection->patterns.count == 0;

	for (size_t i = 0; i < selection->patterns.count; i++) {
		if (is_named(selection->patterns.array[i], name))
			selected = selection->matched[i] = true;
	}
	return selected;
}

bool selection_next(struct selection *selection, const char **ret_name)
{
	while (nsmgr_list_next(selection->list, ret_name) == 0)
		if (is_selected(selection, *ret_name))
			return true;
	return false;
}

int selection_end(struct selection *selection)
{
	int status = STATUS_DONE;

	for (size_t i = 0; i < selection->patterns.count; i++) {
		if (selection->matched[i] || is_pattern(selection->patterns.array[i]))
			continue;
		say_missing(selection->app, selection->patterns.array[i]);
		status = STATUS_FAILED;
	}
	return status;
}

int select_set(struct app *app, const char *name, struct nsmgr_handle ret_handles[], int *ret_count)
{
	struct nsmgr_list *list;
	int count;

	if (nsmgr_check_name(app->ctx, name) < 0)
		return say_refusal(app, name);
	/* Of one set, owners cost nothing. */
	if (nsmgr_list_new(app->ctx, NSMGR_LIST_OWNERS, &list) < 0)
		return say_failure(app, name);
	count = nsmgr_list_handles(list, name, ret_handles);
	nsmgr_list_free(list);
	if (count < 0)
		return say_failure(app, name);
	*ret_count = count;
	return STATUS_DONE;
}

void print_name(const char *name)
{
	char escaped[1100];

	puts(nsm_escape(name, escaped, sizeof(escaped)));
}
