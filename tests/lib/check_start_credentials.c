/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"
#include "fixture.h"

#include <string.h>
#include <unistd.h>

#define CAP_CHOWN 0
#define CAP_SETPCAP 8
#define CAP_NET_BIND_SERVICE 10
#define CAP_SYS_ADMIN 21
#define BIT(capability) (1ull << (capability))

static const char identity[] = "grep -E '^(Uid|Gid|Groups):' /proc/self/status | tr -s '\\t \\n' ' '";
static const char capabilities[] = "grep -E '^Cap' /proc/self/status | tr -s '\\t\\n' ' '";

/* ---- Ids ---- */

START_TEST(ids_are_exactly_those_of_the_numbers)
{
	const gid_t groups[] = { 12, 7, 2147483649u };

	ck_assert_int_eq(nsmgr_command_ids(command, 1234, 5678, groups, 3), 0);
	ck_assert_str_eq(output_of(NULL, identity),
			 "Uid: 1234 1234 1234 1234 Gid: 5678 5678 5678 5678 Groups: 7 12 2147483649 ");
	ck_assert_int_eq(nsmgr_command_ids(command, 2147483648u, 4294967294u, NULL, 0), 0);
	ck_assert_str_eq(output_of(NULL, identity), "Uid: 2147483648 2147483648 2147483648 2147483648 "
						    "Gid: 4294967294 4294967294 4294967294 4294967294 Groups: ");
	/* All rights go with the ids. */
	ck_assert_ptr_nonnull(strstr(output_of(NULL, capabilities), "CapPrm: 0000000000000000 CapEff: 0000000000000000"));
	/* The last word counts. */
	ck_assert_int_eq(nsmgr_command_as(command, "77:88"), 0);
	ck_assert_str_eq(output_of(NULL, identity), "Uid: 77 77 77 77 Gid: 88 88 88 88 Groups: 88 ");
	nsmgr_command_preserve_credentials(command);
	ck_assert_ptr_nonnull(strstr(output_of(NULL, identity), "Uid: 0 0 0 0 Gid: 0 0 0 0"));
}
END_TEST

START_TEST(impossible_ids_are_refused)
{
	static gid_t many[1025];

	ck_assert_int_eq(nsmgr_command_ids(command, (uid_t)-1, 0, NULL, 0), -EINVAL);
	ck_assert_int_eq(nsmgr_command_ids(command, 0, (gid_t)-1, NULL, 0), -EINVAL);
	ck_assert_int_eq(nsmgr_command_ids(command, 0, 0, &(gid_t){ (gid_t)-1 }, 1), -EINVAL);
	ck_assert_int_eq(nsmgr_command_ids(command, 0, 0, many, 1025), -E2BIG);
	ck_assert_int_eq(nsmgr_command_ids(command, 0, 0, many, 1024), 0);
	ck_assert_int_eq(status_of(start_shell(NULL, "exit 0")), 0);
	ck_assert_int_eq(nsmgr_command_as(command, "no-such-user-anywhere"), 0);
	assert_start_fails(NULL, "true", ENOENT, "credentials", NSMGR_TYPE_NONE);
}
END_TEST

/* A set whose user namespace maps 0 to 5 inside, and denies setgroups on demand. */
static struct nsmgr_set *make_mapped(bool allow)
{
	const struct nsmgr_extent extent = { .inner = 0, .outer = 100000, .count = 65536 };
	struct nsmgr_config *config;

	ck_assert_int_eq(nsmgr_config_new(fixture.ctx, &config), 0);
	nsmgr_config_make(config, NSMGR_USER);
	nsmgr_config_make(config, NSMGR_UTS);
	ck_assert_int_eq(nsmgr_config_map(config, NSMGR_UID, &extent), 0);
	ck_assert_int_eq(nsmgr_config_map(config, NSMGR_GID, &extent), 0);
	nsmgr_config_setgroups(config, allow);
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "mapped", config, 0), 0);
	nsmgr_config_free(config);
	return set_open("mapped");
}

START_TEST(ids_are_those_of_the_user_namespace)
{
	struct nsmgr_set *set = make_mapped(true);

	ck_assert_str_eq(output_of(set, identity), "Uid: 0 0 0 0 Gid: 0 0 0 0 Groups: ");
	ck_assert_int_eq(nsmgr_command_ids(command, 33, 34, (const gid_t[]){ 35 }, 1), 0);
	ck_assert_str_eq(output_of(set, identity), "Uid: 33 33 33 33 Gid: 34 34 34 34 Groups: 35 ");
	ck_assert_int_eq(nsmgr_command_ids(command, 65536, 0, NULL, 0), 0);
	assert_start_fails(set, "true", EINVAL, "setresuid", NSMGR_TYPE_NONE);
	ck_assert_int_eq(nsmgr_command_ids(command, 0, 65536, NULL, 0), 0);
	assert_start_fails(set, "true", EINVAL, "setresgid", NSMGR_TYPE_NONE);
	ck_assert_int_eq(nsmgr_command_ids(command, 0, 0, (const gid_t[]){ 65536 }, 1), 0);
	assert_start_fails(set, "true", EINVAL, "setgroups", NSMGR_TYPE_NONE);
	nsmgr_set_close(set);
	set_drop("mapped");
}
END_TEST

START_TEST(a_list_of_groups_that_cannot_be_set_is_a_failure)
{
	struct nsmgr_set *set = make_mapped(false);

	ck_assert_int_eq(nsmgr_command_ids(command, 1, 1, (const gid_t[]){ 3 }, 1), 0);
	assert_start_fails(set, "true", EPERM, "setgroups", NSMGR_TYPE_NONE);
	nsmgr_set_close(set);
	set_drop("mapped");
}
END_TEST

/* ---- Capabilities ---- */

static const char *caps_text(uint64_t kept)
{
	static char text[256];

	snprintf(text, sizeof(text), "CapInh: %016llx CapPrm: %016llx CapEff: %016llx CapBnd: %016llx CapAmb: %016llx ",
		 (unsigned long long)kept, (unsigned long long)kept, (unsigned long long)kept, (unsigned long long)kept,
		 (unsigned long long)kept);
	return text;
}

START_TEST(kept_capabilities_are_all_there_are_for_whoever_it_is)
{
	static const uint64_t kept[] = { 0, BIT(CAP_CHOWN), BIT(CAP_NET_BIND_SERVICE) | BIT(CAP_SYS_ADMIN), BIT(CAP_SETPCAP) };

	for (size_t i = 0; i < NSM_ARRAY_SIZE(kept); i++) {
		nsmgr_command_keep_capabilities(command, kept[i]);
		nsmgr_command_preserve_credentials(command);
		ck_assert_str_eq(output_of(NULL, capabilities), caps_text(kept[i]));
		ck_assert_int_eq(nsmgr_command_ids(command, 65534, 65534, NULL, 0), 0);
		ck_assert_str_eq(output_of(NULL, capabilities), caps_text(kept[i]));
		ck_assert_str_eq(output_of(NULL, identity),
				 "Uid: 65534 65534 65534 65534 Gid: 65534 65534 65534 65534 Groups: ");
		ck_assert_int_eq(nsmgr_command_as(command, "65534"), 0);
		ck_assert_str_eq(output_of(NULL, capabilities), caps_text(kept[i]));
	}
}
END_TEST

START_TEST(ambient_capabilities_take_nothing_away)
{
	const uint64_t ambient = BIT(CAP_CHOWN) | BIT(CAP_NET_BIND_SERVICE);
	const char *text;
	char bounding[64], usual[256], expected[256];

	text = strstr(output_of(NULL, capabilities), "CapBnd");
	ck_assert_ptr_nonnull(text);
	snprintf(bounding, sizeof(bounding), "%.24s", text);
	snprintf(usual, sizeof(usual), "%s", strstr(output_of(NULL, capabilities), "CapPrm"));
	nsmgr_command_keep_capabilities(command, 0);
	nsmgr_command_ambient_capabilities(command, ambient);
	/* Root is what it was, and its ambient ones are those. */
	ck_assert_mem_eq(strstr(output_of(NULL, capabilities), "CapPrm"), usual, strcspn(usual, "A"));
	ck_assert_int_eq(nsmgr_command_ids(command, 1234, 1234, NULL, 0), 0);
	snprintf(expected, sizeof(expected), "CapInh: %016llx CapPrm: %016llx CapEff: %016llx %s CapAmb: %016llx ",
		 (unsigned long long)ambient, (unsigned long long)ambient, (unsigned long long)ambient, bounding,
		 (unsigned long long)ambient);
	ck_assert_str_eq(output_of(NULL, capabilities), expected);
	nsmgr_command_ambient_capabilities(command, BIT(63));
	assert_start_fails(NULL, "true", EPERM, "capabilities", NSMGR_TYPE_NONE);
}
END_TEST

START_TEST(capabilities_are_kept_in_a_user_namespace_too)
{
	const uint64_t kept = BIT(CAP_NET_BIND_SERVICE) | BIT(CAP_SYS_ADMIN);
	struct nsmgr_set *set = make_mapped(true);

	nsmgr_command_keep_capabilities(command, kept);
	ck_assert_str_eq(output_of(set, capabilities), caps_text(kept));
	ck_assert_int_eq(nsmgr_command_ids(command, 1000, 1000, NULL, 0), 0);
	ck_assert_str_eq(output_of(set, capabilities), caps_text(kept));
	/* And they are of use. */
	ck_assert_str_eq(output_of(set, "id -u; hostname inside && hostname"), "1000\ninside\n");
	nsmgr_set_close(set);
	set_drop("mapped");
}
END_TEST

START_TEST(what_the_kernel_does_not_have_cannot_be_kept)
{
	nsmgr_command_keep_capabilities(command, BIT(63));
	assert_start_fails(NULL, "true", EPERM, "capabilities", NSMGR_TYPE_NONE);
}
END_TEST

static int keep_without_right(void *data)
{
	const char *const argv[] = { "/bin/true", NULL };
	struct nsmgr_child *child;

	CHILD_NEEDS(setuid(1234) == 0);
	nsmgr_command_keep_capabilities(command, *(uint64_t *)data);
	CHILD_NEEDS(nsmgr_command_start(command, NULL, argv, &child) == -EPERM);
	CHILD_NEEDS(strcmp(nsmgr_get_failure(fixture.ctx)->step, "capabilities") == 0);
	CHILD_NEEDS(has_no_children());
	return 0;
}

START_TEST(what_the_caller_does_not_have_cannot_be_kept)
{
	ck_assert_child(keep_without_right, &(uint64_t){ BIT(CAP_CHOWN) });
	/* Nor can the bounding set be emptied by anybody. */
	ck_assert_child(keep_without_right, &(uint64_t){ 0 });
}
END_TEST

START_TEST(no_new_privileges_can_be_had)
{
	ck_assert_str_eq(output_of(NULL, "grep NoNewPrivs /proc/self/status"), "NoNewPrivs:\t0\n");
	nsmgr_command_no_new_privs(command);
	ck_assert_int_eq(nsmgr_command_ids(command, 1, 1, NULL, 0), 0);
	ck_assert_str_eq(output_of(NULL, "grep NoNewPrivs /proc/self/status"), "NoNewPrivs:\t1\n");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("start_credentials");
	TCase *tcase = suite_case(suite, "start_credentials");

	tcase_add_checked_fixture(tcase, command_make, command_drop);
	add_test_needing(NEED_IDS, tcase, ids_are_exactly_those_of_the_numbers);
	add_test_needing(NEED_IDS, tcase, impossible_ids_are_refused);
	add_test_needing(NEED_IDS, tcase, ids_are_those_of_the_user_namespace);
	add_test_needing(NEED_IDS, tcase, a_list_of_groups_that_cannot_be_set_is_a_failure);
	add_test_needing(NEED_IDS, tcase, kept_capabilities_are_all_there_are_for_whoever_it_is);
	add_test_needing(NEED_IDS, tcase, ambient_capabilities_take_nothing_away);
	add_test_needing(NEED_IDS, tcase, capabilities_are_kept_in_a_user_namespace_too);
	tcase_add_test(tcase, what_the_kernel_does_not_have_cannot_be_kept);
	add_test_needing(NEED_IDS, tcase, what_the_caller_does_not_have_cannot_be_kept);
	add_test_needing(NEED_IDS, tcase, no_new_privileges_can_be_had);
	return suite_run(suite, NEED_ROOT);
}
