/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cases.h"

#include <string.h>

/* A store that was used before, without a set in it. */
#define USED "create old --uts", "rm old"

/* The longest first, so that workers end together. */
const struct a_case cases[] = {
	{ .name = "create --all of 2", .setup = { USED }, .line = "create a b --all", .each_alone = true },
	{ .name = "pool fill", .setup = { USED }, .line = "pool fill 2 --all", .each_alone = true },
	{ .name = "create --all", .setup = { USED }, .line = "create a --all" },
	{ .name = "rm --all-sets", .setup = { "create a b --all" }, .line = "rm --all-sets", .each_alone = true, .removes = true },
	{ .name = "rm --kill", .setup = { "create a --pid --uts", "exec a -- setsid -f sleep 1000" },
	  .line = "rm --kill a", .removes = true },
	{ .name = "rm", .setup = { "create a --all" }, .line = "rm a", .removes = true },
	{ .name = "create --from-pool", .setup = { "pool fill 2 --all" }, .line = "create a --all --from-pool", .takes = true },
	{ .name = "create --pid", .setup = { USED }, .line = "create a --pid" },
	{ .name = "create --user", .setup = { USED }, .line = "create a --user" },
	{ .name = "create --mnt", .setup = { USED }, .line = "create a --mnt" },
	{ .name = "create --uts of 3", .setup = { USED }, .line = "create a b c --uts", .each_alone = true },
	{ .name = "create, first use", .setup = { NULL }, .line = "create a --uts" },
	{ .name = "create --net", .setup = { USED }, .line = "create a --net" },
	{ .name = "create --time", .setup = { USED }, .line = "create a --time --monotonic=5" },
	{ .name = "create --uts", .setup = { USED }, .line = "create a --uts --hostname=h" },
	{ .name = "create --cgroup", .setup = { USED }, .line = "create a --cgroup" },
	{ .name = "create --ipc", .setup = { USED }, .line = "create a --ipc" },
	{ .name = "create, sweeping", .setup = { "create dead --pid --uts" }, .line = "create a --uts", .sweeps = true,
	  .removes = true },
	{ .name = "attach", .setup = { USED }, .line = "attach a @SITTER", .has_sitter = true },
	{ .name = "rename", .setup = { "create a --pid --uts" }, .line = "rename a b" },
	{ .name = "pool drain", .setup = { "pool fill 2 --pid --uts" }, .line = "pool drain", .each_alone = true, .removes = true },
};
const size_t case_count = sizeof(cases) / sizeof(cases[0]);

const struct a_case *find_case(const char *name)
{
	for (size_t i = 0; i < case_count; i++)
		if (strcmp(cases[i].name, name) == 0)
			return &cases[i];
	return NULL;
}
