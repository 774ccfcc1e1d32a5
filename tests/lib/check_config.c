/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "unshared.h"

#include "base/macro.h"
#include "lib/config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void assert_refused(int error, enum nsmgr_type type, const char *word)
{
	const struct nsmgr_failure *failure = nsmgr_get_failure(fixture.ctx);

	ck_assert_int_eq(failure->error, error);
	ck_assert_int_eq(failure->type, type);
	ck_assert_msg(strstr(failure->text, word) != NULL, "'%s' is not in '%s'", word, failure->text);
}

START_TEST(a_set_of_nothing_is_refused)
{
	ck_assert_int_eq(nsmgr_config_check(wanted), -EINVAL);
	assert_refused(EINVAL, NSMGR_TYPE_NONE, "no type");
}
END_TEST

START_TEST(a_type_is_made_or_pinned_and_not_both)
{
	nsmgr_config_make(wanted, NSMGR_NET);
	ck_assert_int_eq(nsmgr_config_pin(wanted, NSMGR_NET, "/proc/self/ns/net"), 0);
	ck_assert_int_eq(nsmgr_config_check(wanted), -EINVAL);
	assert_refused(EINVAL, NSMGR_NET, "both");
}
END_TEST

START_TEST(the_rest_is_what_is_not_pinned_in_any_order)
{
	nsmgr_config_make_rest(wanted);
	ck_assert_int_eq(nsmgr_config_pin(wanted, NSMGR_NET, "/proc/self/ns/net"), 0);
	ck_assert_int_eq(nsmgr_config_check(wanted), 0);
	ck_assert_uint_eq(wanted->make, NSMGR_MASK_ALL & ~NSMGR_MASK(NSMGR_NET));
	ck_assert_uint_eq(nsmgr_config_types(wanted), NSMGR_MASK_ALL);
	/* It is checked again for every call that uses it. */
	ck_assert_int_eq(nsmgr_config_check(wanted), 0);
}
END_TEST

static const struct timespec second = { 1, 0 };
static const struct nsmgr_extent extent = { 0, 0, 1 };

static enum nsmgr_type ask(int what)
{
	switch (what) {
	case 0: nsmgr_config_map(wanted, NSMGR_UID, &extent); return NSMGR_USER;
	case 1: nsmgr_config_map_root(wanted); return NSMGR_USER;
	case 2: nsmgr_config_map_current(wanted); return NSMGR_USER;
	case 3: nsmgr_config_map_auto(wanted); return NSMGR_USER;
	case 4: nsmgr_config_setgroups(wanted, true); return NSMGR_USER;
	case 5: nsmgr_config_owner(wanted, 0, 0); return NSMGR_USER;
	case 6: nsmgr_config_loopback(wanted, false); return NSMGR_NET;
	case 7: nsmgr_config_propagation(wanted, NSMGR_SLAVE); return NSMGR_MNT;
	case 8: nsmgr_config_proc(wanted, false); return NSMGR_MNT;
	case 9: nsmgr_config_sysctl(wanted, "net.ipv4.ip_forward", "1"); return NSMGR_NET;
	case 10: nsmgr_config_sysctl(wanted, "kernel.msgmax", "1"); return NSMGR_IPC;
	case 11: nsmgr_config_sysctl(wanted, "kernel.pid_max", "400"); return NSMGR_PID;
	case 12: nsmgr_config_sysctl(wanted, "user.max_net_namespaces", "1"); return NSMGR_USER;
	/* These two kinds say themselves what they mean. */
	case 13: nsmgr_config_offset(wanted, CLOCK_MONOTONIC, &second); return NSMGR_TIME;
	case 14: nsmgr_config_offset(wanted, CLOCK_BOOTTIME, &second); return NSMGR_TIME;
	case 15: nsmgr_config_hostname(wanted, "web"); return NSMGR_UTS;
	default: nsmgr_config_domainname(wanted, "web"); return NSMGR_UTS;
	}
}

START_TEST(set_up_needs_its_type_made)
{
	enum nsmgr_type type = ask(_i);

	nsmgr_config_make(wanted, type == NSMGR_CGROUP ? NSMGR_NET : NSMGR_CGROUP);
	if (_i < 13) {
		ck_assert_int_eq(nsmgr_config_check(wanted), -EINVAL);
		assert_refused(EINVAL, type, nsmgr_type_name(type));
		nsmgr_config_make(wanted, type);
	}
	ck_assert_int_eq(nsmgr_config_check(wanted), 0);
	ck_assert_uint_eq(wanted->make, NSMGR_MASK(type) | NSMGR_MASK(NSMGR_CGROUP));
}
END_TEST

/* DESIGN: set-up touches only what this set made. */
START_TEST(set_up_of_a_pinned_type_is_refused)
{
	enum nsmgr_type type = ask(_i);
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/ns/%s", nsmgr_type_name(type));
	ck_assert_int_eq(nsmgr_config_pin(wanted, type, path), 0);
	ck_assert_int_eq(nsmgr_config_check(wanted), -EINVAL);
	assert_refused(EINVAL, type, "pinned");
}
END_TEST

struct source_case {
	const char *source;
	int error;
	const char *word;
};

static const struct source_case sources[] = {
	{ "/proc/self/ns/uts", -EINVAL, "is a uts namespace" },
	{ "/dev/null", -EINVAL, "not a namespace" },
	{ "/proc/self/ns/none", -ENOENT, "" },
	{ "", -EINVAL, "neither" },
	{ "net", -EINVAL, "neither" },
	{ "-1", -EINVAL, "neither" },
	{ "1x", -EINVAL, "neither" },
	{ "99999999999", -EINVAL, "neither" },
	{ "4194305", -ESRCH, "no such process" },
	{ "@", -EINVAL, "a name" },
	{ "@../x", -EINVAL, "a name" },
	{ "@none", -ENOENT, "" },
};

START_TEST(a_source_that_is_no_such_namespace_is_refused)
{
	const struct source_case *c = &sources[_i];

	ck_assert_int_eq(nsmgr_config_pin(wanted, NSMGR_NET, c->source), c->error);
	assert_refused(-c->error, nsmgr_get_failure(fixture.ctx)->type, c->word);
	ck_assert_uint_eq(nsmgr_config_types(wanted), 0);
}
END_TEST

START_TEST(a_source_is_a_path_a_pid_or_a_set)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	ck_assert_int_eq(nsmgr_config_pin(wanted, NSMGR_NET, "/proc/self/ns/net"), 0);
	/* Again: the later one counts, and the first is closed. */
	ck_assert_int_eq(nsmgr_config_pin(wanted, NSMGR_NET, pid), 0);
	set_make("web", NSMGR_MASK(NSMGR_UTS));
	ck_assert_int_eq(nsmgr_config_pin(wanted, NSMGR_UTS, "@web"), 0);
	ck_assert_int_eq(nsmgr_config_pin(wanted, NSMGR_IPC, "@web"), -ENOENT);
	assert_refused(ENOENT, NSMGR_IPC, "no such namespace");
	ck_assert_uint_eq(wanted->pin, NSMGR_MASK(NSMGR_NET) | NSMGR_MASK(NSMGR_UTS));
	set_drop("web");
}
END_TEST

START_TEST(values_that_cannot_be_are_refused_at_once)
{
	const struct nsmgr_extent empty = { 0, 0, 0 };
	char name[66];

	ck_assert_int_eq(nsmgr_config_map(wanted, NSMGR_GID, &empty), -EINVAL);
	assert_refused(EINVAL, NSMGR_USER, "0:0:0");
	ck_assert_int_eq(nsmgr_config_offset(wanted, CLOCK_REALTIME, &second), -EINVAL);
	assert_refused(EINVAL, NSMGR_TIME, "clocks");
	/* KERNEL R61: 64 bytes fit, 65 do not. */
	memset(name, 'a', 65);
	name[65] = '\0';
	ck_assert_int_eq(nsmgr_config_hostname(wanted, name), -ENAMETOOLONG);
	ck_assert_int_eq(nsmgr_config_domainname(wanted, name), -ENAMETOOLONG);
	name[64] = '\0';
	ck_assert_int_eq(nsmgr_config_hostname(wanted, name), 0);
	ck_assert_str_eq(wanted->hostname.text, name);
}
END_TEST

START_TEST(sysctls_are_refused_that_are_not_a_sets)
{
	ck_assert_int_eq(nsmgr_config_sysctl(wanted, "kernel.hostname", "x"), -EINVAL);
	assert_refused(EINVAL, NSMGR_TYPE_NONE, "--hostname");
	ck_assert_int_eq(nsmgr_config_sysctl(wanted, "kernel.core_pattern", "|/bin/sh"), -EINVAL);
	ck_assert_int_eq(nsmgr_config_sysctl(wanted, "net.//.kernel.core_pattern", "x"), -EINVAL);
	/* CVE-2022-0811: one value is one value. */
	ck_assert_int_eq(nsmgr_config_sysctl(wanted, "net.ipv4.ip_forward", "1\nkernel.x=2"), -EINVAL);
	ck_assert_uint_eq(wanted->sysctl_count, 0);
	for (int i = 0; i < NSM_SYSCTL_COUNT; i++)
		ck_assert_int_eq(nsmgr_config_sysctl(wanted, "net.a", "1+2=3"), 0);
	ck_assert_int_eq(nsmgr_config_sysctl(wanted, "net.a", "1"), -E2BIG);
	ck_assert_str_eq(wanted->sysctls[0].value, "1+2=3");
}
END_TEST

START_TEST(without_maps_ours_are_mapped_identically)
{
	nsmgr_config_make(wanted, NSMGR_USER);
	ck_assert_int_eq(nsm_config_prepare(wanted), 0);
	for (int kind = NSMGR_UID; kind <= NSMGR_GID; kind++) {
		ck_assert_uint_ge(wanted->maps[kind]->count, 1);
		ck_assert_uint_eq(wanted->maps[kind]->lines[0].inner, wanted->maps[kind]->lines[0].outer);
	}
}
END_TEST

START_TEST(users_and_groups_are_mapped_each_by_its_own_map)
{
	const struct nsmgr_extent users = { 0, 1000, 10 }, groups = { 5, 2147483648u, 1 };

	nsmgr_config_make(wanted, NSMGR_USER);
	ck_assert_int_eq(nsmgr_config_map(wanted, NSMGR_UID, &users), 0);
	ck_assert_int_eq(nsmgr_config_map(wanted, NSMGR_GID, &groups), 0);
	ck_assert_int_eq(nsm_config_prepare(wanted), 0);
	ck_assert_uint_eq(wanted->maps[NSMGR_UID]->count, 1);
	ck_assert_uint_eq(wanted->maps[NSMGR_UID]->lines[0].outer, 1000);
	ck_assert_uint_eq(wanted->maps[NSMGR_GID]->lines[0].outer, 2147483648u);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("config");
	TCase *tcase = suite_case(suite, "config");

	tcase_add_checked_fixture(tcase, wanted_new, wanted_free);
	tcase_add_test(tcase, a_set_of_nothing_is_refused);
	tcase_add_test(tcase, a_type_is_made_or_pinned_and_not_both);
	tcase_add_test(tcase, the_rest_is_what_is_not_pinned_in_any_order);
	tcase_add_loop_test(tcase, set_up_needs_its_type_made, 0, 17);
	tcase_add_loop_test(tcase, set_up_of_a_pinned_type_is_refused, 0, 17);
	tcase_add_loop_test(tcase, a_source_that_is_no_such_namespace_is_refused, 0, (int)NSM_ARRAY_SIZE(sources));
	tcase_add_test(tcase, a_source_is_a_path_a_pid_or_a_set);
	tcase_add_test(tcase, values_that_cannot_be_are_refused_at_once);
	tcase_add_test(tcase, sysctls_are_refused_that_are_not_a_sets);
	tcase_add_test(tcase, without_maps_ours_are_mapped_identically);
	tcase_add_test(tcase, users_and_groups_are_mapped_each_by_its_own_map);
	return suite_run(suite, NEED_ROOT);
}
