/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include "base/text.h"

#include <stdio.h>

START_TEST(what_does_not_fit_is_left_out_whole_and_remembered)
{
	char buf[8];
	struct nsm_text text = NSM_TEXT(buf);

	nsm_text_add(&text, "%s", "abc");
	ck_assert_str_eq(buf, "abc");
	nsm_text_add(&text, "%d", 1234);
	ck_assert(!text.cut);
	ck_assert_uint_eq(text.len, 7);
	ck_assert_str_eq(buf, "abc1234");
	nsm_text_add(&text, "x");
	ck_assert(text.cut);
	ck_assert_str_eq(buf, "abc1234");
	/* Nothing later may slip in behind the gap. */
	nsm_text_add(&text, "%s", "");
	ck_assert(text.cut);
	ck_assert_uint_eq(text.len, 7);
}
END_TEST

START_TEST(a_cut_in_the_middle_leaves_the_text_before_it)
{
	char buf[8];
	struct nsm_text text = NSM_TEXT(buf);

	nsm_text_add(&text, "abcd");
	nsm_text_add(&text, "efgh");
	ck_assert(text.cut);
	ck_assert_str_eq(buf, "abcd");
	nsm_text_add(&text, "e");
	ck_assert_str_eq(buf, "abcd");
}
END_TEST

START_TEST(a_copy_tells_when_it_was_cut)
{
	char to[4] = "zzz";

	ck_assert(nsm_copy(to, sizeof(to), "abc"));
	ck_assert_str_eq(to, "abc");
	ck_assert(!nsm_copy(to, sizeof(to), "defg"));
	ck_assert_str_eq(to, "def");
	ck_assert(nsm_copy(to, 1, ""));
	ck_assert_str_eq(to, "");
	ck_assert(!nsm_copy(to, 1, "a"));
	ck_assert_str_eq(to, "");
}
END_TEST

/* LESSONS security 16: escape what is printed. */
START_TEST(every_byte_that_is_not_printable_ascii_is_escaped)
{
	for (int c = 1; c < 256; c++) {
		const char in[] = { 'a', (char)c, 'b', '\0' };
		char out[16], expected[16];

		if (c >= 0x20 && c < 0x7f && c != '\\')
			ck_assert_str_eq(nsm_escape(in, out, sizeof(out)), in);
		else {
			snprintf(expected, sizeof(expected), "a\\x%02xb", (unsigned)c);
			ck_assert_str_eq(nsm_escape(in, out, sizeof(out)), expected);
		}
	}
}
END_TEST

START_TEST(what_was_escaped_can_be_had_back)
{
	static const char *const bad[] = { "\\", "a\\x", "\\x4", "\\xg1", "\\x1g", "\\x00", "\\n", "\\X41", "\\xAB" };
	char in[256], out[4 * sizeof(in)];

	for (int i = 0; i < 255; i++)
		in[i] = (char)(i + 1);
	in[255] = '\0';
	nsm_escape(in, out, sizeof(out));
	ck_assert(nsm_unescape(out));
	ck_assert_str_eq(out, in);
	for (size_t i = 0; i < NSM_ARRAY_SIZE(bad); i++) {
		nsm_copy(out, sizeof(out), bad[i]);
		ck_assert_msg(!nsm_unescape(out), "'%s' is taken", bad[i]);
	}
}
END_TEST

START_TEST(an_escape_is_cut_before_and_never_within)
{
	char out[8];

	ck_assert_str_eq(nsm_escape("ab\ncd", out, 6), "ab");
	ck_assert_str_eq(nsm_escape("ab\ncd", out, 7), "ab\\x0a");
	ck_assert_str_eq(nsm_escape("\n", out, 1), "");
}
END_TEST

START_TEST(the_text_behind_a_prefix_is_found)
{
	ck_assert_str_eq(nsm_after("--net=x", "--net="), "x");
	ck_assert_str_eq(nsm_after("--net=", "--net="), "");
	ck_assert_ptr_null(nsm_after("--net", "--net="));
	ck_assert_ptr_null(nsm_after("", "a"));
	ck_assert_str_eq(nsm_after("a", ""), "a");
}
END_TEST

START_TEST(what_is_taken_is_no_longer_owned)
{
	int fd = 7;
	char *ptr = malloc(1), *taken;

	ck_assert_int_eq(take_fd(fd), 7);
	ck_assert_int_eq(fd, -EBADF);
	taken = take_ptr(ptr);
	ck_assert_ptr_null(ptr);
	nsm_free_ptr(&taken);
	ck_assert_ptr_null(taken);
	nsm_free_ptr(&taken);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("text");
	TCase *tcase = suite_case(suite, "text");

	tcase_add_test(tcase, what_does_not_fit_is_left_out_whole_and_remembered);
	tcase_add_test(tcase, a_cut_in_the_middle_leaves_the_text_before_it);
	tcase_add_test(tcase, a_copy_tells_when_it_was_cut);
	tcase_add_test(tcase, every_byte_that_is_not_printable_ascii_is_escaped);
	tcase_add_test(tcase, what_was_escaped_can_be_had_back);
	tcase_add_test(tcase, an_escape_is_cut_before_and_never_within);
	tcase_add_test(tcase, the_text_behind_a_prefix_is_found);
	tcase_add_test(tcase, what_is_taken_is_no_longer_owned);
	return suite_run(suite, NEED_NOTHING);
}
