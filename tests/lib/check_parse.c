/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include "base/parse.h"

START_TEST(numbers_are_digits_and_nothing_else)
{
	/* CVE-2026-30892: a lenient parser turned a name into id 0 (LESSONS security 13). */
	static const char *const bad[] = { "", " 1", "1 ", "+1", "-1", "-0", "0x10", "1a", "a", "1.0", "1\n", "1,2",
					   "\xef\xbc\x91" };
	uint64_t wide = 77;
	uint32_t narrow = 77;

	for (size_t i = 0; i < NSM_ARRAY_SIZE(bad); i++) {
		ck_assert_int_eq(nsm_parse_u64(bad[i], &wide), -EINVAL);
		ck_assert_int_eq(nsm_parse_u32(bad[i], &narrow), -EINVAL);
		ck_assert_int_eq(nsm_parse_id(bad[i], &narrow), -EINVAL);
		ck_assert(!nsm_is_digits(bad[i]));
	}
	ck_assert_uint_eq(wide, 77);
	ck_assert_uint_eq(narrow, 77);
}
END_TEST

START_TEST(numbers_reach_exactly_to_their_limits)
{
	uint64_t wide = 0;
	uint32_t narrow = 0;

	ck_assert_int_eq(nsm_parse_u64("18446744073709551615", &wide), 0);
	ck_assert_uint_eq(wide, UINT64_MAX);
	ck_assert_int_eq(nsm_parse_u64("18446744073709551616", &wide), -ERANGE);
	ck_assert_int_eq(nsm_parse_u64("18446744073709551620", &wide), -ERANGE);
	ck_assert_int_eq(nsm_parse_u64("99999999999999999999999999", &wide), -ERANGE);
	ck_assert_int_eq(nsm_parse_u32("4294967295", &narrow), 0);
	ck_assert_uint_eq(narrow, UINT32_MAX);
	ck_assert_int_eq(nsm_parse_u32("4294967296", &narrow), -ERANGE);
	ck_assert_int_eq(nsm_parse_u32("000", &narrow), 0);
	ck_assert_uint_eq(narrow, 0);
	ck_assert_uint_eq(wide, UINT64_MAX);
}
END_TEST

START_TEST(the_id_that_means_leave_it_is_refused)
{
	uint32_t id = 5;

	ck_assert_int_eq(nsm_parse_id("4294967295", &id), -ERANGE);
	ck_assert_uint_eq(id, 5);
	ck_assert_int_eq(nsm_parse_id("4294967294", &id), 0);
	ck_assert_uint_eq(id, 4294967294u);
	/* Ids above 2^31 are ids like others. */
	ck_assert_int_eq(nsm_parse_id("2147483648", &id), 0);
	ck_assert_uint_eq(id, 2147483648u);
}
END_TEST

START_TEST(a_prefix_moves_behind_its_digits_or_not_at_all)
{
	const char *text = "12:34";
	uint64_t value = 0;

	ck_assert_int_eq(nsm_parse_u64_prefix(&text, &value), 0);
	ck_assert_uint_eq(value, 12);
	ck_assert_str_eq(text, ":34");
	ck_assert_int_eq(nsm_parse_u64_prefix(&text, &value), -EINVAL);
	ck_assert_str_eq(text, ":34");
	text = "18446744073709551616:";
	ck_assert_int_eq(nsm_parse_u64_prefix(&text, &value), -ERANGE);
	ck_assert_str_eq(text, "18446744073709551616:");
	ck_assert_uint_eq(value, 12);
}
END_TEST

START_TEST(a_size_may_have_one_letter)
{
	static const struct {
		const char *text;
		int result;
		uint64_t value;
		const char *rest;
	} cases[] = {
		{ "0", 0, 0, "" },
		{ "7:", 0, 7, ":" },
		{ "3k", 0, 3072, "" },
		{ "3K", 0, 3072, "" },
		{ "2MiB", 0, 2097152, "iB" },
		{ "1kk", 0, 1024, "k" },
		{ "5x", 0, 5, "x" },
		{ "16777215T", 0, 16777215ull << 40, "" },
		{ "16777216T", -ERANGE, 42, "16777216T" },
		{ "k", -EINVAL, 42, "k" },
		{ "", -EINVAL, 42, "" },
	};

	for (size_t i = 0; i < NSM_ARRAY_SIZE(cases); i++) {
		const char *text = cases[i].text;
		uint64_t value = 42;

		ck_assert_msg(nsm_parse_size_prefix(&text, &value) == cases[i].result, "'%s'", cases[i].text);
		ck_assert_uint_eq(value, cases[i].value);
		ck_assert_str_eq(text, cases[i].rest);
	}
}
END_TEST

struct offset_case {
	const char *text;
	int result;
	time_t sec;
	long nsec;
};

/* The kernel wants 0 <= tv_nsec < 10^9 for negative offsets too (KERNEL R50). */
static const struct offset_case offsets[] = {
	{ "0", 0, 0, 0 },
	{ "+0", 0, 0, 0 },
	{ "-0", 0, 0, 0 },
	{ "86400", 0, 86400, 0 },
	{ "+86400", 0, 86400, 0 },
	{ "-86400", 0, -86400, 0 },
	{ "1.5", 0, 1, 500000000 },
	{ "-1.5", 0, -2, 500000000 },
	{ "-0.000000001", 0, -1, 999999999 },
	{ "0.000000001", 0, 0, 1 },
	{ "7.123456789", 0, 7, 123456789 },
	{ "7.010", 0, 7, 10000000 },
	{ "7.1234567890", -ERANGE, 0, 0 },
	{ "2305843009213693951", 0, 2305843009213693951, 0 },
	{ "-2305843009213693951.5", 0, -2305843009213693952, 500000000 },
	{ "9223372036854775807", -ERANGE, 0, 0 },
	{ "99999999999999999999", -ERANGE, 0, 0 },
	{ "", -EINVAL, 0, 0 },
	{ "+", -EINVAL, 0, 0 },
	{ "--1", -EINVAL, 0, 0 },
	{ "+-1", -EINVAL, 0, 0 },
	{ ".5", -EINVAL, 0, 0 },
	{ "1.", -EINVAL, 0, 0 },
	{ "1.x", -EINVAL, 0, 0 },
	{ "1.5x", -EINVAL, 0, 0 },
	{ "1.-5", -EINVAL, 0, 0 },
	{ "1 ", -EINVAL, 0, 0 },
	{ "1s", -EINVAL, 0, 0 },
};

START_TEST(offsets_are_as_the_kernel_wants_them)
{
	const struct offset_case *c = &offsets[_i];
	struct timespec ts = { 42, 42 };

	ck_assert_msg(nsm_parse_offset(c->text, &ts) == c->result, "'%s'", c->text);
	ck_assert_int_eq(ts.tv_sec, c->result ? 42 : c->sec);
	ck_assert_int_eq(ts.tv_nsec, c->result ? 42 : c->nsec);
}
END_TEST

START_TEST(a_duration_has_no_sign)
{
	struct timespec ts = { 42, 42 };

	ck_assert_int_eq(nsm_parse_duration("-1", &ts), -EINVAL);
	ck_assert_int_eq(nsm_parse_duration("+1", &ts), -EINVAL);
	ck_assert_int_eq(ts.tv_sec, 42);
	ck_assert_int_eq(nsm_parse_duration("0.25", &ts), 0);
	ck_assert_int_eq(ts.tv_sec, 0);
	ck_assert_int_eq(ts.tv_nsec, 250000000);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("parse");
	TCase *tcase = suite_case(suite, "parse");

	tcase_add_test(tcase, numbers_are_digits_and_nothing_else);
	tcase_add_test(tcase, numbers_reach_exactly_to_their_limits);
	tcase_add_test(tcase, the_id_that_means_leave_it_is_refused);
	tcase_add_test(tcase, a_prefix_moves_behind_its_digits_or_not_at_all);
	tcase_add_test(tcase, a_size_may_have_one_letter);
	tcase_add_loop_test(tcase, offsets_are_as_the_kernel_wants_them, 0, (int)NSM_ARRAY_SIZE(offsets));
	tcase_add_test(tcase, a_duration_has_no_sign);
	return suite_run(suite, NEED_NOTHING);
}
