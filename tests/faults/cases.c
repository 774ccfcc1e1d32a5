/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cases.h"

#include "place.h"
#include "props.h"

#include <string.h>

/* A store that was used before, without a set in it. */
#define USED "create old --uts", "rm old"

/* Likewise of /run/netns. */
#define USED_NETNS "create old --net --ip-netns", "rm old"

#define CHECK(what, ...) \
	{ .name = "check --repair, " what, .setup = { __VA_ARGS__ }, .line = "check --repair -rn -o KIND,PATH,STATE", \
	  .full = true, .looks = true, .each_alone = true

/* The longest first, so that workers end together. */
const struct a_case cases[] = {
	CHECK("keeper", "create stray --pid"), .damage = { damage_stray_keeper }, .waits = true },
	{ .name = "rm --wait", .setup = { "create a --pid --uts", "exec a -- setsid -f sleep 0.3" }, .line = "rm a --wait",
	  .each_alone = true, .removes = true, .waits = true },
	{ .name = "create --all of 2", .setup = { USED }, .line = "create a b --all", .each_alone = true },
	{ .name = "pool fill", .setup = { USED }, .line = "pool fill 2 --all", .each_alone = true },
	{ .name = "create --all", .setup = { USED }, .line = "create a --all" },
	{ .name = "rm --all-sets", .setup = { "create a b --all" }, .line = "rm --all-sets", .each_alone = true, .removes = true },
	{ .name = "rm --kill", .setup = { "create a --pid --uts", "exec a -- setsid -f sleep 1000" },
	  .line = "rm --kill a", .removes = true },
	{ .name = "rm", .setup = { "create a --all" }, .line = "rm a", .removes = true },
	{ .name = "rm of 3 of two types", .setup = { "create a b c --uts --ipc" }, .line = "rm a b c", .each_alone = true,
	  .removes = true },
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
	{ .name = "create, sweeping", .setup = { "create dead --pid --uts" }, .damage = { damage_dead_stage },
	  .line = "create a --uts", .sweeps = true, .removes = true },
	{ .name = "attach", .setup = { USED }, .line = "attach a @SITTER", .has_sitter = true },
	{ .name = "attach of types", .setup = { USED }, .line = "attach a @SITTER --uts --ipc --net --ip-netns",
	  .has_sitter = true },
	{ .name = "rename", .setup = { "create a --pid --uts" }, .line = "rename a b" },
	{ .name = "create --ip-netns", .setup = { USED_NETNS }, .line = "create a --net --uts --ip-netns --label=k=v" },
	{ .name = "rename of a named", .setup = { "create a --net --ip-netns" }, .line = "rename a b", .removes = true, .sweeps = true },
	{ .name = "rm of a named", .setup = { USED_NETNS, "create a --net --ip-netns --label=k=v" }, .line = "rm a",
	  .removes = true, .then = "rm a" },
	{ .name = "export --ip-netns", .setup = { USED_NETNS, "create a --net --pid" }, .line = "export a --ip-netns", .full = true },
	{ .name = "export --remove", .setup = { USED_NETNS, "create a --net --ip-netns" }, .line = "export a --ip-netns --remove",
	  .full = true, .removes = true },
	{ .name = "label", .setup = { "create a --uts --pid" }, .line = "label a k=v l=w", .full = true, .sweeps = true },
	{ .name = "label, changing", .setup = { "create a --uts --label=k=v --label=l=w" }, .line = "label a k=x l-", .full = true,
	  .sweeps = true },
	CHECK("handles", "create h --uts --net --pid", "create stays --uts --pid"),
	  .damage = { damage_lost_pid, damage_missing_net, damage_stacked_uts, damage_covered_uts } },
	CHECK("records", "create r1 r2 r3 r4 --uts", "create stays --uts --pid"),
	  .damage = { damage_metadata_gone, damage_metadata_nonsense, damage_metadata_old, damage_modes } },
	CHECK("no use", "create g1 --uts --net", "create g2 --pid", "create stays --uts --pid"),
	  .damage = { damage_lost_all, damage_init_dead, damage_by_hand } },
	CHECK("left", "create dead --pid --uts", "create stays --uts --pid"),
	  .damage = { damage_dead_stage, damage_half_stage, damage_draft } },
	CHECK("pool", "pool fill 2 --pid --uts"), .damage = { damage_pool } },
	CHECK("store", "create stays --uts --pid"), .damage = { damage_shared, damage_covered } },
	CHECK("unmounted", "create stays --uts --pid"), .damage = { damage_unmounted, damage_store_file } },
	{ .name = "create of a layout", .setup = { USED },
	  .line = "create a --mnt --rootfs=/ --tmpfs=/made --bind=/usr:/made/b --bind-ro=/etc:/made/e --dev=/dev --file=/made/f:hello "
		  "--file=/made/g=@/proc/version --dir=/made/d:700 --symlink=f:/made/l", .full = true },
	{ .name = "create --rootdir", .setup = { USED },
	  .line = "create a --mnt --net --pid --ipc --rootdir=/ --proc=/proc --sysfs --mqueue=/mnt", .full = true },
	{ .name = "create --fs", .setup = { USED }, .prop = prop_image, .line = "create a --mnt --fs=" IMAGE ":/mnt",
	  .full = true, .needs = NEED_IMAGE },
	{ .name = "create with hooks", .setup = { USED }, .prop = prop_hooks, .full = true,
	  .prints = true, .line = "create a --uts --net --hook=" HOOK_OUTSIDE " --hook-inside=" HOOK_INSIDE },
	{ .name = "create --network=pasta", .setup = { USED }, .line = "create a --uts --network=pasta", .full = true, .prints = true,
	  .pieces = true, .needs = NEED_PASTA },
	{ .name = "rm with a pasta", .setup = { "create a --uts --network=pasta" }, .line = "rm a", .removes = true, .needs = NEED_PASTA },
	{ .name = "create --cgroup-new", .setup = { USED }, .line = "create a --uts --pid --cgroup --cgroup-new", .needs = NEED_CGROUP },
	{ .name = "rm with a cgroup", .setup = { "create a --uts --pid --cgroup-new" }, .line = "rm a", .removes = true,
	  .needs = NEED_CGROUP },
	{ .name = "rename with a cgroup", .setup = { "create a --uts --pid --cgroup-new" }, .line = "rename a b", .needs = NEED_CGROUP },
	{ .name = "freeze", .setup = { "create a --uts --pid --cgroup-new" }, .line = "freeze a", .full = true, .needs = NEED_CGROUP },
	{ .name = "thaw", .setup = { "create a --uts --pid --cgroup-new", "freeze a" }, .line = "thaw a", .full = true,
	  .needs = NEED_CGROUP },
	{ .name = "create --profile", .setup = { USED }, .prop = prop_profile, .line = "create a --profile=" PROFILE, .full = true },
	{ .name = "apply", .setup = { USED }, .prop = prop_profiles, .line = "apply", .full = true, .prints = true,
	  .each_alone = true },
	{ .name = "apply --recreate --prune", .prop = prop_profiles, .setup = { "apply" }, .damage = { prop_changed_profiles },
	  .line = "apply --recreate --prune", .full = true, .prints = true, .each_alone = true, .removes = true,
	  .renews = true, .then = "apply --recreate --prune" },
	{ .name = "nsid", .setup = { "create a --net" }, .line = "nsid a auto", .full = true, .prints = true },
	{ .name = "exec", .setup = { "create a --uts --ipc --net --cgroup" }, .prop = prop_witness,
	  .line = "exec a sh " WITNESS, .runs = true },
	{ .name = "exec as a child", .setup = { "create a --uts --pid --user" }, .prop = prop_witness,
	  .line = "exec a sh " WITNESS, .runs = true },
	{ .name = "exec in a cgroup", .setup = { "create a --uts --cgroup-new" }, .prop = prop_witness,
	  .line = "exec a sh " WITNESS, .runs = true, .needs = NEED_CGROUP },
	{ .name = "exec, confined", .setup = { "create a --uts --pid" }, .prop = prop_witness, .full = true, .runs = true, .prints = true,
	  .line = "exec --landlock-rw=" WORLD " --landlock-rx=/usr,/proc --seccomp=container --limit=nofile=64 --timeout=60 "
		  "--cap-drop=net_raw --no-new-privs --clear-env --env=TELL=this --cwd=/usr a sh " WITNESS },
	{ .name = "exec with defaults", .prop = prop_witness, .setup = { "create a --profile=" PROFILE },
	  .line = "exec a sh " WITNESS, .full = true, .runs = true },
	{ .name = "run", .setup = { USED }, .prop = prop_witness, .line = "run --all sh " WITNESS, .runs = true },
	{ .name = "run --name", .setup = { USED }, .prop = prop_witness, .line = "run --name=a --uts --pid sh " WITNESS, .runs = true,
	  .removes = true, .then = "rm --kill a" },
	{ .name = "run --network=pasta", .setup = { USED }, .prop = prop_witness, .line = "run --network=pasta sh " WITNESS,
	  .full = true, .runs = true, .prints = true, .pieces = true, .needs = NEED_PASTA },
	{ .name = "create --all, on ramfs", .setup = { USED }, .line = "create a --all", .on_ramfs = true },
	{ .name = "rm, on ramfs", .setup = { "create a --all" }, .line = "rm a", .removes = true, .on_ramfs = true },
	{ .name = "exec, on ramfs", .setup = { "create a --uts --ipc --net --cgroup" }, .prop = prop_witness,
	  .line = "exec a sh " WITNESS, .runs = true, .on_ramfs = true },
	{ .name = "rename, on ramfs", .setup = { "create a --pid --uts" }, .line = "rename a b", .on_ramfs = true },
	{ .name = "gc", .setup = { "create dead --pid --uts", "create g1 --uts --net", "create g2 --pid", "create stays --uts --pid" },
	  .damage = { damage_dead_stage, damage_half_stage, damage_lost_all, damage_init_dead },
	  .line = "gc -rn -o KIND,PATH,STATE", .full = true, .looks = true, .each_alone = true },
	{ .name = "kill", .setup = { "create a --pid --uts", "exec a -- setsid -f sleep 1000" }, .line = "kill a -s KILL",
	  .full = true },
	{ .name = "kill --wait", .setup = { "create a --pid --uts", "exec a -- setsid -f sleep 1000" }, .line = "kill a --wait",
	  .full = true },
	{ .name = "create of a source", .setup = { "create s --uts --net" }, .line = "create a --ipc --net=@s" },
	{ .name = "create --base", .setup = { "create s --uts --pid" }, .line = "create a --ipc --base=s" },
	{ .name = "exec in several", .setup = { "create a b c --uts" }, .line = "exec --sets=a,b -- hostname there", .full = true,
	  .runs = true, .each_alone = true },
	{ .name = "exec in all", .setup = { "create a b --uts" }, .line = "exec --all-sets -P 2 -- hostname there", .full = true,
	  .runs = true, .each_alone = true },
	{ .name = "label, handed over", .setup = { "create a --uts --pid" }, .line = "label a k=v", .sweeps = true },
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
