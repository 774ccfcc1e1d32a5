/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/command.h"

#include "lib/sys.h"

#define SIZEOF_INSTRUCTION 8 /* struct sock_filter of linux/filter.h */
#define INSTRUCTIONS 4096    /* BPF_MAXINSNS */

static int failed(struct nsmgr_command *command, int r, const char *text)
{
	return nsm_fail_text(command->ctx, r, "seccomp", NSMGR_TYPE_NONE, NULL, "%s", text);
}

static int load(struct nsmgr_command *command)
{
	const struct nsm_filters *filters = command->filters;

	for (size_t i = 0; i < filters->count; i++) {
		const struct nsm_filter *filter = &filters->list[i];
		int r = nsm_sys_seccomp(filter->flags, filter->program, filter->count);

		if (r == -EINVAL)
			return failed(command, r, "the kernel refuses the filter");
		if (r < 0 && i > 0 && r != -ENOMEM)
			return failed(command, r, "a filter that was loaded before forbids seccomp(2)");
		if (r < 0)
			return nsm_command_fail(command, r, "seccomp", NULL);
	}
	return 0;
}

static void filters_free(struct nsm_filters *filters)
{
	for (size_t i = 0; i < filters->count; i++)
		free(filters->list[i].program);
	free(filters);
}

static struct nsm_filters *get(struct nsmgr_command *command)
{
	struct nsm_filters *filters = command->filters;

	if (filters)
		return filters;
	filters = calloc(1, sizeof(*filters));
	if (!filters)
		return NULL;
	filters->load = load;
	filters->free = filters_free;
	command->filters = filters;
	command->no_new_privs = true;
	return filters;
}

int nsmgr_command_seccomp(struct nsmgr_command *command, const void *program, size_t size, unsigned flags)
{
	struct nsm_filters *filters;
	void *copy;

	if (!program) {
		if (command->filters)
			filters_free(take_ptr(command->filters));
		return 0;
	}
	if (size == 0 || size % SIZEOF_INSTRUCTION || (flags & ~(NSMGR_SECCOMP_LOG | NSMGR_SECCOMP_SPEC_ALLOW)))
		return failed(command, -EINVAL, "no whole instructions, or an unknown flag");
	if (size > INSTRUCTIONS * SIZEOF_INSTRUCTION)
		return failed(command, -E2BIG, "more than 4096 instructions");
	if (command->filters && command->filters->count == NSM_FILTER_COUNT)
		return failed(command, -E2BIG, "more than 16 filters");
	copy = malloc(size);
	filters = copy ? get(command) : NULL;
	if (!filters) {
		free(copy);
		return nsm_command_fail(command, -ENOMEM, "seccomp", NULL);
	}
	memcpy(copy, program, size);
	filters->list[filters->count++] =
		(struct nsm_filter){ .flags = flags, .count = (unsigned short)(size / SIZEOF_INSTRUCTION), .program = copy };
	return 0;
}
