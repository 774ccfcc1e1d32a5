/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs a command in a set of the store, and tells what it wrote and how it ended.
 *
 *	run_and_collect NAME COMMAND [ARGUMENT...] */
#include <nsmgr.h>

#include <stdio.h>
#include <stdlib.h>

static int collect(struct nsmgr_child *child)
{
	const struct timespec limit = { .tv_sec = 60 };
	struct nsmgr_output output;
	struct nsmgr_status status;

	if (nsmgr_child_output(child, &limit, 16 << 20, &output, &status) < 0)
		return -1;
	printf("output, %zu bytes:\n%s", output.out_size, output.out);
	printf("errors, %zu bytes:\n%s", output.err_size, output.err);
	printf(status.signal ? "ended by signal %d\n" : "ended with status %d\n", status.signal ? status.signal : status.code);
	nsmgr_output_clear(&output);
	return 0;
}

static int run(struct nsmgr_ctx *ctx, struct nsmgr_command *command, const char *name, const char *const argv[])
{
	struct nsmgr_child *child = NULL;
	struct nsmgr_set *set = NULL;
	int r = -1;

	/* The set is held until the command is inside, so that nobody takes its pid namespace away meanwhile. */
	if (nsmgr_set_open(ctx, name, NSMGR_MASK_ALL, NSMGR_OPEN_HOLD, &set) == 0 &&
	    nsmgr_command_stdio(command, 0, NSMGR_STDIO_NULL) == 0 &&
	    nsmgr_command_stdio(command, 1, NSMGR_STDIO_PIPE) == 0 &&
	    nsmgr_command_stdio(command, 2, NSMGR_STDIO_PIPE) == 0)
		r = nsmgr_command_start(command, set, argv, &child);
	nsmgr_set_close(set);
	if (r == 0)
		r = collect(child);
	nsmgr_child_free(child);
	return r;
}

int main(int argc, char **argv)
{
	const char *store = getenv("NSMGR_STORE");
	struct nsmgr_command *command = NULL;
	struct nsmgr_ctx *ctx;
	int r = 0;

	if (argc < 3 || nsmgr_new(&ctx) < 0)
		return 2;
	if (store && *store)
		r = nsmgr_set_root(ctx, store);
	if (r == 0)
		r = nsmgr_command_new(ctx, &command);
	if (r == 0)
		r = run(ctx, command, argv[1], (const char *const *)argv + 2);
	if (r < 0) {
		const struct nsmgr_failure *why = nsmgr_get_failure(ctx);
		const char *type = nsmgr_type_name(why->type);

		fprintf(stderr, "%s: %s: %s (%s)\n", why->step, type ? type : "-", why->text, why->hint);
	}
	nsmgr_command_free(command);
	nsmgr_unref(ctx);
	return r < 0;
}
