/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Profiles of system calls, as OCI runtimes and container engines have them: a byte that chooses for whom it is, then
 * JSON. What is found right is made a program for the kernel. */

#include "fuzz.h"

#include "cmd/json.h"
#include "cmd/seccomp.h"
#include "cmd/seccomp_profile.h"

#include <string.h>

static struct app app;

void target_begin(int argc, char **argv)
{
	sandbox_enter(argc, argv);
	MUST(nsmgr_new(&app.ctx) == 0);
}

static void try_profile(const struct json *root, const struct surroundings *surroundings)
{
	int right = profile_check(root, surroundings);
	struct filter *filter = NULL;
	void *program = NULL;
	unsigned flags = 0;
	size_t size = 0;

	if (profile_compile(root, surroundings, &filter, &flags) != STATUS_DONE) {
		MUST(!filter);
		return;
	}
	MUST(right == STATUS_DONE && filter);
	if (filter_export(filter, &program, &size) == 0)
		MUST(size > 0 && size % 8 == 0);
	free(program);
	filter_free(filter);
}

void target_input(const uint8_t *data, size_t size)
{
	static const struct surroundings surroundings[] = {
		{ .capabilities = 0, .kernel = { 5, 10 } },
		{ .capabilities = UINT64_MAX, .kernel = { 6, 18 } },
		{ .capabilities = 1ull << 21 /* CAP_SYS_ADMIN */, .kernel = { 4, 8 } },
	};
	struct surroundings chosen;
	struct json root;
	char *text;

	if (size < 1)
		return;
	chosen = surroundings[choose(data[0], NSM_ARRAY_SIZE(surroundings))];
	chosen.architecture = filter_native()->engine_name;
	text = malloc(size);
	MUST(text);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	if (json_open(&app, "in", text, &root) == STATUS_DONE) {
		try_profile(&root, &chosen);
		json_close(&root);
	}
	free(text);
}
