/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* Names in /run/netns. Each test is a child with a /run, and a store in it, of its own. */

#define NET NSMGR_MASK(NSMGR_NET)

static int enter_own_run(void)
{
	CHILD_NEEDS(unshare(CLONE_NEWNS) == 0);
	CHILD_NEEDS(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	CHILD_NEEDS(mount("none", "/run", "tmpfs", 0, "mode=755") == 0);
	CHILD_NEEDS(nsmgr_set_root(fixture.ctx, "/run/store") == 0);
	return 0;
}

static int make(const char *name, unsigned types, bool ip_netns)
{
	struct nsmgr_config *config;
	int r;

	CHILD_NEEDS(nsmgr_config_new(fixture.ctx, &config) == 0);
	for (int type = 0; type < NSMGR_TYPE_COUNT; type++)
		if (types & NSMGR_MASK(type))
			nsmgr_config_make(config, (enum nsmgr_type)type);
	nsmgr_config_ip_netns(config, ip_netns);
	r = nsmgr_create(fixture.ctx, name, config, 0);
	nsmgr_config_free(config);
	return r;
}

/* Whether NAME in /run/netns is the network namespace of a set. */
static bool is_named(const char *name, const char *set)
{
	char path[128];
	struct stat named, handle;

	snprintf(path, sizeof(path), NSMGR_IP_NETNS_DIR "/%s", name);
	if (stat(path, &named) < 0)
		return false;
	snprintf(path, sizeof(path), "/run/store/%s/net", set);
	return stat(path, &handle) == 0 && named.st_ino == handle.st_ino && named.st_dev == handle.st_dev;
}

static bool is_there(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), NSMGR_IP_NETNS_DIR "/%s", name);
	return access(path, F_OK) == 0;
}

static int come_and_go(void *data)
{
	(void)data;
	CHILD_NEEDS(enter_own_run() == 0);
	CHILD_NEEDS(make("web", NET, false) == 0);
	CHILD_NEEDS(!is_there("web"));
	CHILD_NEEDS(nsmgr_ip_netns_remove(fixture.ctx, "web") == 0);
	CHILD_NEEDS(nsmgr_ip_netns_add(fixture.ctx, "web") == 0);
	CHILD_NEEDS(nsmgr_ip_netns_add(fixture.ctx, "web") == 0);
	CHILD_NEEDS(is_named("web", "web"));
	CHILD_NEEDS(nsmgr_rename(fixture.ctx, "web", "db") == 0);
	CHILD_NEEDS(is_named("db", "db") && !is_there("web"));
	CHILD_NEEDS(nsmgr_ip_netns_remove(fixture.ctx, "db") == 0);
	CHILD_NEEDS(!is_there("db"));
	CHILD_NEEDS(nsmgr_ip_netns_add(fixture.ctx, "db") == 0);
	CHILD_NEEDS(nsmgr_remove(fixture.ctx, "db", 0, NULL) == 0);
	CHILD_NEEDS(!is_there("db"));
	return 0;
}

START_TEST(a_name_follows_its_set)
{
	ck_assert_child(come_and_go, NULL);
}
END_TEST

static int make_both(void *data)
{
	(void)data;
	CHILD_NEEDS(enter_own_run() == 0);
	CHILD_NEEDS(make("web", NET | NSMGR_MASK(NSMGR_UTS), true) == 0);
	CHILD_NEEDS(make("all", NSMGR_MASK_ALL, true) == 0);
	CHILD_NEEDS(is_named("web", "web") && is_named("all", "all"));
	CHILD_NEEDS(make("uts", NSMGR_MASK(NSMGR_UTS), true) == -EINVAL);
	CHILD_NEEDS(make("web", NET, true) == -EEXIST);
	CHILD_NEEDS(nsmgr_remove(fixture.ctx, "web", 0, NULL) == 0);
	CHILD_NEEDS(nsmgr_remove(fixture.ctx, "all", 0, NULL) == 0);
	CHILD_NEEDS(!is_there("web") && !is_there("all"));
	return 0;
}

START_TEST(a_set_is_made_with_both_names)
{
	ck_assert_child(make_both, NULL);
}
END_TEST

static int refuse_taken(void *data)
{
	const struct nsmgr_failure *failure;

	(void)data;
	CHILD_NEEDS(enter_own_run() == 0);
	make_dir(NSMGR_IP_NETNS_DIR, 0755);
	put_text(NSMGR_IP_NETNS_DIR "/web", "");
	CHILD_NEEDS(mount("/proc/self/ns/net", NSMGR_IP_NETNS_DIR "/web", NULL, MS_BIND, NULL) == 0);
	CHILD_NEEDS(make("web", NET, true) == -EEXIST);
	failure = nsmgr_get_failure(fixture.ctx);
	CHILD_NEEDS(strcmp(failure->step, "ip-netns") == 0 && failure->type == NSMGR_NET);
	CHILD_NEEDS(make("web", NET, false) == 0);
	CHILD_NEEDS(nsmgr_ip_netns_add(fixture.ctx, "web") == -EEXIST);
	CHILD_NEEDS(nsmgr_ip_netns_remove(fixture.ctx, "web") == 0);
	CHILD_NEEDS(nsmgr_remove(fixture.ctx, "web", 0, NULL) == 0);
	CHILD_NEEDS(is_there("web"));
	return 0;
}

START_TEST(a_name_of_somebody_else_is_left_alone)
{
	ck_assert_child(refuse_taken, NULL);
}
END_TEST

static int refuse_missing(void *data)
{
	(void)data;
	CHILD_NEEDS(enter_own_run() == 0);
	CHILD_NEEDS(nsmgr_ip_netns_add(fixture.ctx, "web") == -ENOENT);
	CHILD_NEEDS(nsmgr_ip_netns_remove(fixture.ctx, "web") == -ENOENT);
	CHILD_NEEDS(nsmgr_ip_netns_add(fixture.ctx, "../web") == -EINVAL);
	CHILD_NEEDS(make("web", NSMGR_MASK(NSMGR_UTS), false) == 0);
	CHILD_NEEDS(nsmgr_ip_netns_add(fixture.ctx, "web") == -ENOENT);
	CHILD_NEEDS(access(NSMGR_IP_NETNS_DIR, F_OK) < 0);
	CHILD_NEEDS(make("net", NET, false) == 0);
	CHILD_NEEDS(umount2("/run/store/net/net", MNT_DETACH) == 0);
	CHILD_NEEDS(nsmgr_ip_netns_add(fixture.ctx, "net") == -ESTALE);
	return 0;
}

START_TEST(what_is_not_there_has_no_name)
{
	ck_assert_child(refuse_missing, NULL);
}
END_TEST

START_TEST(a_set_without_a_name_has_none_there_either)
{
	struct nsmgr_config *config;
	struct nsmgr_set *set;

	ck_assert_int_eq(nsmgr_config_new(fixture.ctx, &config), 0);
	nsmgr_config_make(config, NSMGR_NET);
	nsmgr_config_ip_netns(config, true);
	ck_assert_int_eq(nsmgr_unshare(config, &set), -EINVAL);
	assert_failure(EINVAL, "configuration", NSMGR_NET);
	ck_assert_int_eq(nsmgr_store_fill(fixture.ctx, config, 1), -EINVAL);
	nsmgr_config_ip_netns(config, false);
	ck_assert_int_eq(nsmgr_unshare(config, &set), 0);
	nsmgr_set_close(set);
	nsmgr_config_free(config);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ip_netns");
	TCase *tcase = suite_case(suite, "ip_netns");

	tcase_add_test(tcase, a_name_follows_its_set);
	tcase_add_test(tcase, a_set_is_made_with_both_names);
	tcase_add_test(tcase, a_name_of_somebody_else_is_left_alone);
	tcase_add_test(tcase, what_is_not_there_has_no_name);
	tcase_add_test(tcase, a_set_without_a_name_has_none_there_either);
	return suite_run(suite, NEED_ROOT);
}
