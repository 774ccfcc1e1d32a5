/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "unshared.h"

START_TEST(what_does_not_fit_is_refused)
{
	wanted_new();
	ck_assert_int_eq(nsmgr_unshare(wanted, &unshared), -EINVAL);
	nsmgr_config_make(wanted, NSMGR_NET);
	ck_assert_int_eq(nsmgr_config_map_root(wanted), 0);
	ck_assert_int_eq(nsmgr_unshare(wanted, &unshared), -EINVAL);
	assert_failure(EINVAL, "configuration", NSMGR_USER);
	unshared_end();
}
END_TEST

/* Failing inside is reported, whatever step it is: never a success with something missing. */
START_TEST(what_fails_inside_is_told)
{
	wanted_new();
	nsmgr_config_make(wanted, NSMGR_NET);
	ck_assert_int_eq(nsmgr_config_sysctl(wanted, "net.ipv4.no_such_thing", "1"), 0);
	ck_assert_int_eq(nsmgr_unshare(wanted, &unshared), -ENOENT);
	assert_failure(ENOENT, "sysctl", NSMGR_NET);
	ck_assert_ptr_null(unshared);
	unshared_end();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("unshare_fails");
	TCase *tcase = suite_case(suite, "failures");

	tcase_add_test(tcase, what_does_not_fit_is_refused);
	tcase_add_test(tcase, what_fails_inside_is_told);
	return suite_run(suite, NEED_ROOT);
}
