/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"
#include "fixture.h"

#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* What is taken away from a command, and what it is bound by: capabilities(7). What it keeps is in check_start_credentials.c. */

#define CAP_CHOWN 0
#define CAP_SETPCAP 8
#define CAP_NET_BIND_SERVICE 10
#define CAP_NET_ADMIN 12
#define BIT(capability) (1ull << (capability))

#define NOROOT (1u << 0)
#define NOROOT_LOCKED (1u << 1)
#define KEEP_CAPS (1u << 4)
#define NO_CAP_AMBIENT_RAISE (1u << 6)

static const char capabilities[] = "sed -nE 's/^Cap(...):.(.*)/\\1 \\2/p' /proc/self/status | tr '\\n' ' '";

/* Our own: what root has, who has all that may be had. */
static uint64_t all(void)
{
	uint64_t set = 0;

	for (unsigned capability = 0; capability < 64; capability++)
		if (prctl(PR_CAPBSET_READ, capability, 0, 0, 0) == 1)
			set |= BIT(capability);
	return set;
}

static const char *text_of(uint64_t inheritable, uint64_t permitted, uint64_t bounding, uint64_t ambient)
{
	static char text[256];

	snprintf(text, sizeof(text), "Inh %016llx Prm %016llx Eff %016llx Bnd %016llx Amb %016llx ",
		 (unsigned long long)inheritable, (unsigned long long)permitted, (unsigned long long)permitted,
		 (unsigned long long)bounding, (unsigned long long)ambient);
	return text;
}

START_TEST(dropped_capabilities_are_in_no_set)
{
	const uint64_t dropped = BIT(CAP_CHOWN) | BIT(CAP_SETPCAP), left = all() & ~dropped;

	nsmgr_command_drop_capabilities(command, dropped);
	ck_assert_str_eq(output_of(NULL, capabilities), text_of(0, left, left, 0));
	ck_assert_int_eq(nsmgr_command_ids(command, 1234, 1234, NULL, 0), 0);
	ck_assert_str_eq(output_of(NULL, capabilities), text_of(0, 0, left, 0));
	nsmgr_command_preserve_credentials(command);
	nsmgr_command_drop_capabilities(command, UINT64_MAX);
	ck_assert_str_eq(output_of(NULL, capabilities), text_of(0, 0, 0, 0));
	nsmgr_command_drop_capabilities(command, 0);
	ck_assert_str_eq(output_of(NULL, capabilities), text_of(0, all(), all(), 0));
}
END_TEST

START_TEST(what_is_kept_is_not_dropped)
{
	const uint64_t kept = BIT(CAP_NET_ADMIN);

	nsmgr_command_drop_capabilities(command, UINT64_MAX);
	nsmgr_command_ambient_capabilities(command, kept);
	ck_assert_str_eq(output_of(NULL, capabilities), text_of(kept, kept, kept, kept));
	ck_assert_int_eq(nsmgr_command_ids(command, 1234, 1234, NULL, 0), 0);
	ck_assert_str_eq(output_of(NULL, capabilities), text_of(kept, kept, kept, kept));
	nsmgr_command_keep_capabilities(command, kept);
	ck_assert_str_eq(output_of(NULL, capabilities), text_of(kept, kept, kept, kept));
	nsmgr_command_preserve_credentials(command);
	nsmgr_command_drop_capabilities(command, BIT(CAP_CHOWN));
	nsmgr_command_ambient_capabilities(command, kept);
	ck_assert_str_eq(output_of(NULL, capabilities),
			 text_of(kept, all() & ~BIT(CAP_CHOWN), all() & ~BIT(CAP_CHOWN), kept));
}
END_TEST

START_TEST(the_bounding_set_is_exactly_what_was_said)
{
	const uint64_t bounding = BIT(CAP_NET_ADMIN) | BIT(CAP_CHOWN), kept = BIT(CAP_CHOWN);

	nsmgr_command_bounding_capabilities(command, bounding);
	ck_assert_str_eq(output_of(NULL, capabilities), text_of(0, bounding, bounding, 0));
	nsmgr_command_drop_capabilities(command, BIT(CAP_NET_ADMIN));
	ck_assert_str_eq(output_of(NULL, capabilities), text_of(0, kept, kept, 0));
	nsmgr_command_drop_capabilities(command, 0);
	ck_assert_int_eq(nsmgr_command_ids(command, 1234, 1234, NULL, 0), 0);
	ck_assert_str_eq(output_of(NULL, capabilities), text_of(0, 0, bounding, 0));
	nsmgr_command_ambient_capabilities(command, kept);
	ck_assert_str_eq(output_of(NULL, capabilities), text_of(kept, kept, bounding, kept));
	nsmgr_command_ambient_capabilities(command, BIT(CAP_NET_BIND_SERVICE));
	assert_start_fails(NULL, "true", EPERM, "capabilities", NSMGR_TYPE_NONE);
	ck_assert_ptr_nonnull(strstr(nsmgr_get_failure(fixture.ctx)->text, "cap_net_bind_service cannot be kept"));
	nsmgr_command_ambient_capabilities(command, 0);
	nsmgr_command_bounding_capabilities(command, BIT(63));
	assert_start_fails(NULL, "true", EPERM, "capabilities", NSMGR_TYPE_NONE);
}
END_TEST

START_TEST(a_user_namespace_is_no_way_round)
{
	const uint64_t bounding = BIT(CAP_NET_ADMIN) | BIT(CAP_CHOWN);
	struct nsmgr_set *set;

	set_make("web", NSMGR_MASK(NSMGR_USER) | NSMGR_MASK(NSMGR_UTS));
	set = set_open("web");
	nsmgr_command_bounding_capabilities(command, bounding);
	ck_assert_str_eq(output_of(set, capabilities), text_of(0, bounding, bounding, 0));
	nsmgr_command_drop_capabilities(command, UINT64_MAX);
	ck_assert_str_eq(output_of(set, capabilities), text_of(0, 0, 0, 0));
	ck_assert_int_eq(nsmgr_command_securebits(command, NOROOT | NOROOT_LOCKED), 0);
	nsmgr_command_drop_capabilities(command, 0);
	/* Root is nobody special then. */
	ck_assert_str_eq(output_of(set, capabilities), text_of(0, 0, bounding, 0));
	nsmgr_set_close(set);
	set_drop("web");
}
END_TEST

static const char securebits[] = "setpriv --dump | sed -n 's/^Securebits: //p'";

START_TEST(securebits_are_set_and_stay)
{
	ck_assert_int_eq(nsmgr_command_securebits(command, NOROOT), 0);
	ck_assert_str_eq(output_of(NULL, securebits), "noroot\n");
	ck_assert_int_eq(nsmgr_command_ids(command, 1234, 1234, NULL, 0), 0);
	ck_assert_str_eq(output_of(NULL, securebits), "noroot\n");
	/* The one that forbids what makes capabilities ambient does not forbid it to us; CAP_SETPCAP goes with the rest. */
	ck_assert_int_eq(nsmgr_command_securebits(command, NOROOT | NOROOT_LOCKED | NO_CAP_AMBIENT_RAISE), 0);
	nsmgr_command_ambient_capabilities(command, BIT(CAP_CHOWN));
	ck_assert_str_eq(output_of(NULL, capabilities), text_of(BIT(CAP_CHOWN), BIT(CAP_CHOWN), all(), BIT(CAP_CHOWN)));
	ck_assert_ptr_nonnull(strstr(output_of(NULL, securebits), "noroot,noroot_locked"));
	nsmgr_command_keep_capabilities(command, BIT(CAP_CHOWN));
	nsmgr_command_preserve_credentials(command);
	ck_assert_str_eq(output_of(NULL, capabilities),
			 text_of(BIT(CAP_CHOWN), BIT(CAP_CHOWN), BIT(CAP_CHOWN), BIT(CAP_CHOWN)));
}
END_TEST

START_TEST(what_is_no_securebit_is_refused)
{
	ck_assert_int_eq(nsmgr_command_securebits(command, KEEP_CAPS), -EINVAL);
	ck_assert_int_eq(nsmgr_command_securebits(command, 1u << 12), -EINVAL);
	ck_assert_int_eq(nsmgr_command_securebits(command, 0), 0);
	ck_assert_int_eq(status_of(start_shell(NULL, "exit 0")), 0);
}
END_TEST

static int confine_without_right(void *data)
{
	const char *const argv[] = { "/bin/true", NULL };
	struct nsmgr_child *child;

	(void)data;
	CHILD_NEEDS(setuid(1234) == 0);
	nsmgr_command_drop_capabilities(command, BIT(CAP_CHOWN));
	CHILD_NEEDS(nsmgr_command_start(command, NULL, argv, &child) == -EPERM);
	CHILD_NEEDS(strcmp(nsmgr_get_failure(fixture.ctx)->step, "capabilities") == 0);
	CHILD_NEEDS(strstr(nsmgr_get_failure(fixture.ctx)->hint, "CAP_SETPCAP") != NULL);
	nsmgr_command_drop_capabilities(command, 0);
	CHILD_NEEDS(nsmgr_command_securebits(command, NOROOT) == 0);
	CHILD_NEEDS(nsmgr_command_start(command, NULL, argv, &child) == -EPERM);
	CHILD_NEEDS(strcmp(nsmgr_get_failure(fixture.ctx)->step, "securebits") == 0);
	CHILD_NEEDS(has_no_children());
	return 0;
}

START_TEST(nobody_is_confined_without_the_right_to_it)
{
	ck_assert_child(confine_without_right, NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("start_privileges");
	TCase *tcase = suite_case(suite, "start_privileges");

	tcase_add_checked_fixture(tcase, command_make, command_drop);
	add_test_needing(NEED_IDS, tcase, dropped_capabilities_are_in_no_set);
	add_test_needing(NEED_IDS, tcase, what_is_kept_is_not_dropped);
	add_test_needing(NEED_IDS, tcase, the_bounding_set_is_exactly_what_was_said);
	tcase_add_test(tcase, a_user_namespace_is_no_way_round);
	add_test_needing(NEED_IDS, tcase, securebits_are_set_and_stay);
	tcase_add_test(tcase, what_is_no_securebit_is_refused);
	add_test_needing(NEED_IDS, tcase, nobody_is_confined_without_the_right_to_it);
	return suite_run(suite, NEED_ROOT);
}
