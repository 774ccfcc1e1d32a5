/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge_ops.h"

#include "edge_world.h"
#include "fixture.h"

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

static int run_set_root(void)
{
	return nsmgr_set_root(fixture.ctx, "store");
}

static int run_create(void)
{
	return nsmgr_create(fixture.ctx, "new", world.config, 0);
}

static int run_create_simple(void)
{
	return nsmgr_create(fixture.ctx, "new", world.simple, NSMGR_CREATE_FROM_POOL);
}

static int record_helper(void *data, pid_t pid)
{
	return nsmgr_config_helper(data, "op", pid);
}

/* In a hook, as nowhere else. */
static int run_config_helper(void)
{
	int r;

	nsmgr_config_hook_outside(world.simple, record_helper, world.simple);
	r = nsmgr_create(fixture.ctx, "new", world.simple, 0);
	nsmgr_config_hook_outside(world.simple, NULL, NULL);
	return r;
}

/* What became of many names: each error has to be as if it were that of a call of its own. */
struct results {
	enum nsm_edge edge;
	int count, failures, last;
	bool lied;
};

static void take_result(void *data, const char *name, int result)
{
	const struct nsmgr_failure *failure = nsmgr_get_failure(fixture.ctx);
	struct results *results = data;

	(void)name;
	results->count++;
	if (result >= 0)
		return;
	results->failures++;
	results->last = result;
	results->lied |= nsm_edge(NULL, results->edge, result) != result || failure->error != -result || !*failure->step;
}

static int judge(const struct results *results, int r, int count)
{
	if (r < 0)
		return r;
	return results->lied || results->count != count || results->failures != r ? LIED : results->last;
}

static int create_two(struct nsmgr_config *config, unsigned flags)
{
	static const char *const names[] = { "new", "newer" };
	struct results results = { .edge = NSM_EDGE_create_many };

	return judge(&results, nsmgr_create_many(fixture.ctx, names, 2, config, flags, take_result, &results), 2);
}

static int run_create_many(void)
{
	return create_two(world.config, 0);
}

static int run_create_many_simple(void)
{
	return create_two(world.simple, 0);
}

static int run_create_many_from_pool(void)
{
	return create_two(world.simple, NSMGR_CREATE_FROM_POOL);
}

static int run_remove(void)
{
	return nsmgr_remove(fixture.ctx, "old", NSMGR_REMOVE_KILL, NULL);
}

static int run_remove_many(void)
{
	static const char *const names[] = { "old", "older" };
	struct results results = { .edge = NSM_EDGE_remove_many };

	return judge(&results, nsmgr_remove_many(fixture.ctx, names, 2, NSMGR_REMOVE_KILL, NULL, take_result, &results), 2);
}

static int run_rename(void)
{
	return nsmgr_rename(fixture.ctx, "old", "new");
}

static int run_create_labelled(void)
{
	nsmgr_config_label(world.simple, "a", "1");
	return nsmgr_create(fixture.ctx, "new", world.simple, NSMGR_CREATE_FROM_POOL);
}

static int run_create_told(void)
{
	nsmgr_config_profile(world.simple, "uts\n", NSMGR_PROFILE_DEFAULTS);
	return nsmgr_create(fixture.ctx, "new", world.simple, 0);
}

static int run_store_fill(void)
{
	return nsmgr_store_fill(fixture.ctx, world.simple, 3);
}

static int run_store_drain(void)
{
	return nsmgr_store_drain(fixture.ctx, world.simple);
}

static void ignore_pool(void *data, const char *options, size_t ready)
{
	(void)data;
	(void)options;
	(void)ready;
}

static int run_store_pools(void)
{
	return nsmgr_store_pools(fixture.ctx, ignore_pool, NULL);
}

/* A store and a /run/netns that nobody else has, and that go with the process. */
static int begin_ip_netns(void)
{
	struct nsmgr_config *config;

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", "/run", "tmpfs", 0, "mode=755") < 0 || nsmgr_set_root(fixture.ctx, "/run/store") < 0 ||
	    nsmgr_config_new(fixture.ctx, &config) < 0)
		return -1;
	nsmgr_config_make(config, NSMGR_NET);
	if (nsmgr_create(fixture.ctx, "plain", config, 0) < 0)
		return -1;
	nsmgr_config_ip_netns(config, true);
	if (nsmgr_create(fixture.ctx, "old", config, 0) < 0)
		return -1;
	nsmgr_config_free(config);
	return 0;
}

static int run_ip_netns_add(void)
{
	return nsmgr_ip_netns_add(fixture.ctx, "plain");
}

static int run_ip_netns_remove(void)
{
	return nsmgr_ip_netns_remove(fixture.ctx, "old");
}

static int run_create_ip_netns(void)
{
	struct nsmgr_config *config;
	int r;

	if (nsmgr_config_new(fixture.ctx, &config) < 0)
		return 0;
	nsmgr_config_make(config, NSMGR_NET);
	nsmgr_config_ip_netns(config, true);
	r = nsmgr_create(fixture.ctx, "new", config, 0);
	nsmgr_config_free(config);
	return r;
}

static int run_cgroup_open(void)
{
	struct nsmgr_cgroup cgroup;
	int r = nsmgr_cgroup_open(fixture.ctx, "old", &cgroup);

	if (r == 0)
		nsmgr_cgroup_close(&cgroup);
	return r;
}

/* It has none, which is said without the kernel: a cgroup could be left where calls that remove it are denied. */
static int run_cgroup_freeze(void)
{
	int r = nsmgr_cgroup_freeze(fixture.ctx, "old", true, NULL);

	return r == -EOPNOTSUPP ? 0 : r;
}

/* In one that is there, so that nothing is left where it could not be taken away. */
static int run_create_in_cgroup(void)
{
	int r = nsmgr_config_cgroup_path(world.simple, "/");

	return r < 0 ? r : nsmgr_create(fixture.ctx, "new", world.simple, 0);
}

const struct op store_ops[] = {
	{ "cgroup_open", NSM_EDGE_cgroup_open, run_cgroup_open, NULL },
	{ "cgroup_freeze", NSM_EDGE_cgroup_freeze, run_cgroup_freeze, NULL },
	{ "create in a cgroup", NSM_EDGE_create, run_create_in_cgroup, NULL },
	{ "set_root", NSM_EDGE_set_root, run_set_root, NULL },
	{ "create", NSM_EDGE_create, run_create, NULL },
	{ "create with config_helper", NSM_EDGE_create, run_config_helper, NULL },
	{ "create from pool", NSM_EDGE_create, run_create_simple, NULL },
	{ "create_many", NSM_EDGE_create_many, run_create_many, NULL },
	{ "create_many simple", NSM_EDGE_create_many, run_create_many_simple, NULL },
	{ "create_many from pool", NSM_EDGE_create_many, run_create_many_from_pool, NULL },
	{ "remove", NSM_EDGE_remove, run_remove, NULL },
	{ "remove_many", NSM_EDGE_remove_many, run_remove_many, NULL },
	{ "rename", NSM_EDGE_rename, run_rename, NULL },
	{ "ip_netns_add", NSM_EDGE_ip_netns_add, run_ip_netns_add, begin_ip_netns },
	{ "ip_netns_remove", NSM_EDGE_ip_netns_remove, run_ip_netns_remove, begin_ip_netns },
	{ "create with ip netns", NSM_EDGE_create, run_create_ip_netns, begin_ip_netns },
	{ "rename with ip netns", NSM_EDGE_rename, run_rename, begin_ip_netns },
	{ "remove with ip netns", NSM_EDGE_remove, run_remove, begin_ip_netns },
	{ "create labelled from pool", NSM_EDGE_create, run_create_labelled, NULL },
	{ "create with a profile", NSM_EDGE_create, run_create_told, NULL },
	{ "store_fill", NSM_EDGE_store_fill, run_store_fill, NULL },
	{ "store_drain", NSM_EDGE_store_drain, run_store_drain, NULL },
	{ "store_pools", NSM_EDGE_store_pools, run_store_pools, NULL },
	{ 0 },
};
