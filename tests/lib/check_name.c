/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include "base/macro.h"

START_TEST(names_of_letters_digits_and_three_marks_are_valid)
{
	static const char *const good[] = {
		"a", "A", "_", "0a", "a0", "web", "web-1", "web.example.org", "_x", "1-1", "0x10", "a..b", "a--",
		"web.",
	};

	for (size_t i = 0; i < NSM_ARRAY_SIZE(good); i++)
		ck_assert_msg(nsmgr_name_is_valid(good[i]), "'%s'", good[i]);
}
END_TEST

/* LESSONS security 2 and 16: names with newlines, escapes, blanks or a leading '-' were accepted elsewhere. */
static const char *const bad[] = {
	"",    "-",    "-a",    "--all", ".",	".a",  "..",   ".stage", ".lock", "a/b", "/",	 "/a",
	"a b", "a\n",  "\na",   "a\tb",  "a\x1b", "a:b", "@a",   "a@b",	 "a=b",	  "a,b", "a+b",	 "a*",
	"a?",  "\xc3\xa4", "a\x7f", "0",     "1", "42",  "0000", "18446744073709551616", "a\\b", "$a", "a'", "a\"",
};

START_TEST(everything_else_is_refused_with_a_reason)
{
	ck_assert_msg(!nsmgr_name_is_valid(bad[_i]), "'%s'", bad[_i]);
	ck_assert_int_eq(nsmgr_check_name(fixture.ctx, bad[_i]), -EINVAL);
	assert_failure(EINVAL, "name", NSMGR_TYPE_NONE);
	ck_assert_ptr_nonnull(strstr(nsmgr_get_failure(fixture.ctx)->text, "a name"));
}
END_TEST

START_TEST(every_single_byte_is_judged)
{
	for (int c = 1; c < 256; c++) {
		const char first[] = { (char)c, 'a', '\0' }, second[] = { 'a', (char)c, '\0' };
		bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';

		ck_assert_int_eq(nsmgr_name_is_valid(first), word);
		ck_assert_int_eq(nsmgr_name_is_valid(second), word || c == '.' || c == '-');
	}
}
END_TEST

START_TEST(a_name_has_at_most_64_bytes)
{
	char name[66];

	memset(name, 'a', sizeof(name));
	name[65] = '\0';
	ck_assert(!nsmgr_name_is_valid(name));
	name[64] = '\0';
	ck_assert(nsmgr_name_is_valid(name));
	ck_assert_int_eq(nsmgr_check_name(fixture.ctx, name), 0);
}
END_TEST

START_TEST(no_verb_of_the_library_takes_a_bad_name)
{
	struct nsmgr_set *set = NULL;
	struct nsmgr_config *config;
	const char *names[] = { "good", bad[_i] };

	ck_assert_int_eq(nsmgr_config_new(fixture.ctx, &config), 0);
	nsmgr_config_make(config, NSMGR_UTS);
	ck_assert_int_eq(nsmgr_create(fixture.ctx, bad[_i], config, 0), -EINVAL);
	/* One bad name among many: nothing at all is begun. */
	ck_assert_int_eq(nsmgr_create_many(fixture.ctx, names, 2, config, 0, NULL, NULL), -EINVAL);
	nsmgr_config_free(config);
	ck_assert_int_eq(nsmgr_remove(fixture.ctx, bad[_i], 0, NULL), -EINVAL);
	ck_assert_int_eq(nsmgr_remove_many(fixture.ctx, names, 2, 0, NULL, NULL, NULL), -EINVAL);
	ck_assert_int_eq(nsmgr_set_open(fixture.ctx, bad[_i], NSMGR_MASK_ALL, NSMGR_OPEN_HOLD, &set), -EINVAL);
	ck_assert_ptr_null(set);
	ck_assert(!path_exists(fixture.root));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("name");
	TCase *tcase = suite_case(suite, "name");

	tcase_add_test(tcase, names_of_letters_digits_and_three_marks_are_valid);
	tcase_add_loop_test(tcase, everything_else_is_refused_with_a_reason, 0, (int)NSM_ARRAY_SIZE(bad));
	tcase_add_test(tcase, every_single_byte_is_judged);
	tcase_add_test(tcase, a_name_has_at_most_64_bytes);
	tcase_add_loop_test(tcase, no_verb_of_the_library_takes_a_bad_name, 0, (int)NSM_ARRAY_SIZE(bad));
	return suite_run(suite, NEED_NOTHING);
}
