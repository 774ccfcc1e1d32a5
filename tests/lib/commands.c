/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include "fixture.h"

#include <string.h>

struct nsmgr_command *command;

void command_make(void)
{
	ck_assert_int_eq(nsmgr_command_new(fixture.ctx, &command), 0);
}

void command_drop(void)
{
	nsmgr_command_free(command);
	command = NULL;
}

struct nsmgr_child *start(struct nsmgr_set *set, const char *const argv[])
{
	struct nsmgr_child *child = NULL;
	int r = nsmgr_command_start(command, set, argv, &child);

	ck_assert_msg(r == 0, "start '%s': %d at %s: %s", argv[0], r, nsmgr_get_failure(fixture.ctx)->step,
		      nsmgr_get_failure(fixture.ctx)->text);
	ck_assert_ptr_nonnull(child);
	return child;
}

struct nsmgr_child *start_shell(struct nsmgr_set *set, const char *line)
{
	return start(set, (const char *const[]){ "/bin/sh", "-c", line, NULL });
}

const char *output_of(struct nsmgr_set *set, const char *line)
{
	static char text[65536];
	struct nsmgr_output output;
	struct nsmgr_status status;
	struct nsmgr_child *child;

	ck_assert_int_eq(nsmgr_command_stdio(command, 1, NSMGR_STDIO_PIPE), 0);
	child = start_shell(set, line);
	ck_assert_int_eq(nsmgr_child_output(child, NULL, sizeof(text) - 1, &output, &status), 0);
	ck_assert_msg(status.signal == 0 && status.code == 0, "'%s' gave %d, signal %d", line, status.code, status.signal);
	memcpy(text, output.out, output.out_size + 1);
	nsmgr_output_clear(&output);
	nsmgr_child_free(child);
	return text;
}

int status_of(struct nsmgr_child *child)
{
	struct nsmgr_status status = { 0 };

	ck_assert_int_eq(nsmgr_child_wait(child, NULL, &status), 0);
	nsmgr_child_free(child);
	ck_assert(!status.timed_out);
	return status.signal ? -status.signal : status.code;
}

void assert_start_fails(struct nsmgr_set *set, const char *program, int error, const char *step, enum nsmgr_type type)
{
	struct nsmgr_child *child = NULL;
	const char *const argv[] = { program, NULL };

	ck_assert_int_eq(nsmgr_command_start(command, set, argv, &child), -error);
	ck_assert_ptr_null(child);
	assert_failure(error, step, type);
	ck_assert(has_no_children());
}
