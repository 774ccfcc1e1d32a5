/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"
#include "fixture.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Sets in cgroups, through the public functions. */

#define UTS NSMGR_MASK(NSMGR_UTS)

static const char line[] = "sed -n 's/^0:://p' /proc/self/cgroup";
static const char *hierarchy;
static char name[64];

static const char *file_of(const char *file)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/nsmgr/%s/%s", hierarchy, name, file);
	return path;
}

static bool has_hierarchy(void)
{
	static const char *const mounts[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };
	char file[128];

	/* A name is given once, in whatever store. */
	snprintf(name, sizeof(name), "check%ld", (long)getpid());
	for (size_t i = 0; i < NSM_ARRAY_SIZE(mounts); i++) {
		snprintf(file, sizeof(file), "%s/cgroup.procs", mounts[i]);
		hierarchy = mounts[i];
		if (access(file, W_OK) == 0)
			return true;
	}
	fprintf(stderr, "SKIPPED: no cgroup2 hierarchy that can be changed\n");
	return false;
}

static int make(unsigned types, const char *path)
{
	struct nsmgr_config *config;
	int r;

	ck_assert_int_eq(nsmgr_config_new(fixture.ctx, &config), 0);
	for (int type = 0; type < NSMGR_TYPE_COUNT; type++)
		if (types & NSMGR_MASK(type))
			nsmgr_config_make(config, (enum nsmgr_type)type);
	if (path)
		ck_assert_int_eq(nsmgr_config_cgroup_path(config, path), 0);
	else
		nsmgr_config_cgroup_new(config);
	r = nsmgr_create(fixture.ctx, name, config, 0);
	nsmgr_config_free(config);
	return r;
}

START_TEST(a_command_joins_the_cgroup_of_its_set)
{
	char expected[96];
	struct nsmgr_set *set, *copy;

	if (!has_hierarchy())
		return;
	snprintf(expected, sizeof(expected), "/nsmgr/%s\n", name);
	ck_assert_int_eq(make(UTS | NSMGR_MASK(NSMGR_PID), NULL), 0);
	set = set_open(name);
	ck_assert_str_eq(output_of(set, line), expected);
	ck_assert_int_eq(nsmgr_set_dup(set, UTS, &copy), 0);
	ck_assert_str_eq(output_of(copy, line), expected);
	nsmgr_set_close(copy);
	nsmgr_command_stay_in_cgroup(command);
	ck_assert_str_ne(output_of(set, line), expected);
	nsmgr_set_close(set);
	set_drop(name);
	ck_assert(!path_exists(file_of("")));
}
END_TEST

START_TEST(a_cgroup_that_was_lost_is_a_failure)
{
	struct nsmgr_cgroup cgroup;
	struct nsmgr_set *set;

	if (!has_hierarchy())
		return;
	ck_assert_int_eq(make(UTS, NULL), 0);
	ck_assert_int_eq(nsmgr_cgroup_open(fixture.ctx, name, &cgroup), 0);
	ck_assert_int_eq(cgroup.origin, NSMGR_MADE);
	ck_assert_int_ge(cgroup.fd, 0);
	ck_assert_str_eq(strrchr(cgroup.path, '/') + 1, name);
	nsmgr_cgroup_close(&cgroup);
	ck_assert_int_lt(cgroup.fd, 0);
	ck_assert_int_eq(rmdir(file_of("")), 0);
	/* Another one in its place is another one. */
	ck_assert_int_eq(mkdir(file_of(""), 0755), 0);
	ck_assert_int_eq(nsmgr_cgroup_open(fixture.ctx, name, &cgroup), 0);
	ck_assert_int_lt(cgroup.fd, 0);
	set = set_open(name);
	assert_start_fails(set, "true", ENOENT, "cgroup", NSMGR_TYPE_NONE);
	nsmgr_set_close(set);
	ck_assert_int_eq(nsmgr_cgroup_freeze(fixture.ctx, name, true, NULL), -ESTALE);
	ck_assert_int_eq(rmdir(file_of("")), 0);
	set_drop(name);
}
END_TEST

START_TEST(freezing_is_waited_for)
{
	const struct timespec minute = { .tv_sec = 60 };
	char events[256] = "";
	FILE *file;

	if (!has_hierarchy())
		return;
	ck_assert_int_eq(make(UTS | NSMGR_MASK(NSMGR_PID), NULL), 0);
	ck_assert_int_eq(nsmgr_cgroup_freeze(fixture.ctx, name, true, &minute), 0);
	file = fopen(file_of("cgroup.events"), "re");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_gt(fread(events, 1, sizeof(events) - 1, file), 0);
	fclose(file);
	ck_assert_ptr_nonnull(strstr(events, "frozen 1"));
	ck_assert_int_eq(nsmgr_cgroup_freeze(fixture.ctx, name, false, &minute), 0);
	set_drop(name);
	ck_assert_int_eq(nsmgr_cgroup_freeze(fixture.ctx, name, true, &minute), -ENOENT);
	ck_assert_int_eq(nsmgr_cgroup_freeze(fixture.ctx, "../x", true, &minute), -EINVAL);
	set_make(name, UTS);
	ck_assert_int_eq(nsmgr_cgroup_freeze(fixture.ctx, name, true, &minute), -EOPNOTSUPP);
	set_drop(name);
}
END_TEST

START_TEST(the_root_is_a_cgroup_too)
{
	struct nsmgr_cgroup cgroup;

	if (!has_hierarchy())
		return;
	ck_assert_int_eq(make(UTS, "/"), 0);
	ck_assert_int_eq(nsmgr_cgroup_open(fixture.ctx, name, &cgroup), 0);
	ck_assert_int_eq(cgroup.origin, NSMGR_PINNED);
	ck_assert_str_eq(cgroup.path, "/");
	nsmgr_cgroup_close(&cgroup);
	ck_assert_int_eq(nsmgr_cgroup_freeze(fixture.ctx, name, true, NULL), -EOPNOTSUPP);
	set_drop(name);
}
END_TEST

START_TEST(what_cannot_be_is_refused)
{
	char path[300];
	struct nsmgr_config *config;
	struct nsmgr_set *set;

	memset(path, 'a', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	ck_assert_int_eq(nsmgr_config_new(fixture.ctx, &config), 0);
	nsmgr_config_make(config, NSMGR_UTS);
	ck_assert_int_eq(nsmgr_config_cgroup_path(config, ""), -EINVAL);
	ck_assert_int_eq(nsmgr_config_cgroup_path(config, "/a/.."), -EINVAL);
	ck_assert_int_eq(nsmgr_config_cgroup_path(config, "a\nb"), -EINVAL);
	ck_assert_int_eq(nsmgr_config_cgroup_path(config, path), -ENAMETOOLONG);
	ck_assert_int_eq(nsmgr_config_cgroup_path(config, "/a..b"), 0);
	ck_assert_int_eq(nsmgr_config_cgroup_set(config, "memory.max", ""), -EINVAL);
	ck_assert_int_eq(nsmgr_config_cgroup_set(config, "memory.max", "1\n2"), -EINVAL);
	ck_assert_int_eq(nsmgr_config_cgroup_set(config, "cgroup.procs", "1"), -EINVAL);
	ck_assert_int_eq(nsmgr_config_cgroup_set(config, "a/b.c", "1"), -EINVAL);
	ck_assert_int_eq(nsmgr_config_cgroup_set(config, ".c", "1"), -EINVAL);
	for (int i = 0; i < 32; i++)
		ck_assert_int_eq(nsmgr_config_cgroup_set(config, "cgroup.max.depth", "4"), 0);
	ck_assert_int_eq(nsmgr_config_cgroup_set(config, "memory.max", "1"), -E2BIG);
	/* Limits are for one that is made; and that has the name of the set. */
	ck_assert_int_eq(nsmgr_config_check(config), -EINVAL);
	nsmgr_config_cgroup_new(config);
	ck_assert_int_eq(nsmgr_config_check(config), 0);
	ck_assert_int_eq(nsmgr_unshare(config, &set), -EINVAL);
	ck_assert_int_eq(nsmgr_store_fill(fixture.ctx, config, 1), -EINVAL);
	nsmgr_config_free(config);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cgroup");
	TCase *tests = suite_case(suite, "cgroup");

	tcase_add_checked_fixture(tests, command_make, command_drop);
	tcase_add_test(tests, a_command_joins_the_cgroup_of_its_set);
	tcase_add_test(tests, a_cgroup_that_was_lost_is_a_failure);
	tcase_add_test(tests, freezing_is_waited_for);
	tcase_add_test(tests, the_root_is_a_cgroup_too);
	tcase_add_test(tests, what_cannot_be_is_refused);
	return suite_run(suite, NEED_ROOT);
}
