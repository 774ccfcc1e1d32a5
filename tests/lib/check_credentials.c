/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"
#include "fixture.h"

#include "lib/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char output[8192];

/* LESSONS security 12: setgroups, setresgid, setresuid, each checked. */

struct as_case {
	const char *as, *ids; /* uid, gid, and the groups as the kernel sorts them */
};

static const struct as_case identities[] = {
	{ "0", "0 0 0" },
	{ "web", "1000 100 27 100" },
	{ "1000", "1000 100 27 100" },
	{ "web:sudo", "1000 27 27" },
	{ "web:27,4", "1000 27 4 27" },
	{ "4242", "4242 4242 4242" },
	/* The group that was asked for, and no other. */
	{ "4242:7", "4242 7 7" },
	{ "4242:7,8", "4242 7 7 8" },
	{ "2147483648:2147483649", "2147483648 2147483649 2147483649" },
};

static int report_ids(void *data)
{
	gid_t groups[16];
	int count;

	(void)data;
	CHILD_NEEDS(chroot(fixture.dir) == 0 && chdir("/") == 0);
	CHILD_NEEDS(nsm_credentials_apply(command) == 0);
	count = getgroups(16, groups);
	printf("%u %u", getuid(), getgid());
	for (int i = 0; i < count; i++)
		printf(" %u", groups[i]);
	CHILD_NEEDS(geteuid() == getuid() && getegid() == getgid());
	CHILD_NEEDS(setuid(0) < 0 || getuid() == 0);
	fflush(stdout);
	return 0;
}

static void make_accounts(void)
{
	make_dir(in_dir("etc"), 0755);
	put_text(in_dir("etc/passwd"), "root:x:0:0::/:\nweb:x:1000:100::/:\n");
	put_text(in_dir("etc/group"), "root:x:0:\nsudo:x:27:web\nadm:x:4:\n");
}

START_TEST(the_ids_are_exactly_those_asked_for)
{
	make_accounts();
	ck_assert_int_eq(nsmgr_command_as(command, identities[_i].as), 0);
	ck_assert_int_eq(child_output(report_ids, NULL, output, sizeof(output)), 0);
	ck_assert_str_eq(output, identities[_i].ids);
}
END_TEST

static const char *const bad_identities[] = { "nobody", "web:nogroup", "4294967295", "-1", "0x0", "+0", " 0", "web:4294967295",
					      "web:-1" };
static const char *const no_identities[] = { "", ":4", "web:", "4242:", "web:,4", "web:4,", "web:4,,5" };

static int apply_fails(void *data)
{
	int r;

	(void)data;
	CHILD_NEEDS(chroot(fixture.dir) == 0);
	r = nsm_credentials_apply(command);
	CHILD_NEEDS(r == -EINVAL || r == -ENOENT);
	CHILD_NEEDS(getuid() == 0 && getgid() == 0);
	CHILD_NEEDS(strcmp(nsmgr_get_failure(fixture.ctx)->step, "credentials") == 0);
	return 0;
}

START_TEST(ids_that_cannot_be_are_refused_before_anything_changed)
{
	make_accounts();
	for (size_t i = 0; i < NSM_ARRAY_SIZE(no_identities); i++)
		ck_assert_int_eq(nsmgr_command_as(command, no_identities[i]), -EINVAL);
	ck_assert_int_eq(nsmgr_command_as(command, bad_identities[_i]), 0);
	ck_assert_child(apply_fails, NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("credentials");
	TCase *tcase = suite_case(suite, "credentials");

	tcase_add_checked_fixture(tcase, command_make, command_drop);
	add_loop_test_needing(NEED_IDS, tcase, the_ids_are_exactly_those_asked_for, 0, (int)NSM_ARRAY_SIZE(identities));
	tcase_add_loop_test(tcase, ids_that_cannot_be_are_refused_before_anything_changed, 0,
			    (int)NSM_ARRAY_SIZE(bad_identities));
	return suite_run(suite, NEED_ROOT);
}
