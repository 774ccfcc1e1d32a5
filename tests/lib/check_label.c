/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include <fcntl.h>
#include <unistd.h>

#define UTS NSMGR_MASK(NSMGR_UTS)

static int put(const char *key, const char *value)
{
	return nsmgr_label_set(fixture.ctx, "web", &(struct nsmgr_label){ key, value }, 1);
}

/* "a=1 b=2" */
static const char *labels_text(struct nsmgr_labels *labels)
{
	static char text[8192];
	struct nsmgr_label label;
	size_t len = 0;

	text[0] = '\0';
	while (nsmgr_labels_next(labels, &label) == 0)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s=%s", len ? " " : "", label.key, label.value);
	nsmgr_labels_free(labels);
	return text;
}

static const char *labels_of(const char *name)
{
	struct nsmgr_labels *labels;

	ck_assert_int_eq(nsmgr_labels_new(fixture.ctx, name, &labels), 0);
	return labels_text(labels);
}

static void make_labelled(const char *name, const char *key, const char *value)
{
	struct nsmgr_config *config;

	ck_assert_int_eq(nsmgr_config_new(fixture.ctx, &config), 0);
	nsmgr_config_make(config, NSMGR_UTS);
	ck_assert_int_eq(nsmgr_config_label(config, key, "before"), 0);
	ck_assert_int_eq(nsmgr_config_label(config, key, value), 0);
	ck_assert_int_eq(nsmgr_create(fixture.ctx, name, config, NSMGR_CREATE_FROM_POOL), 0);
	nsmgr_config_free(config);
}

START_TEST(labels_are_given_changed_and_taken_away)
{
	const struct nsmgr_label changes[] = { { "zone", "b" }, { "app", "x" }, { "zone", NULL }, { "a/b.c_d-e", "" } };
	struct nsmgr_labels *labels;
	struct nsmgr_label label;

	set_make("web", UTS);
	ck_assert_str_eq(labels_of("web"), "");
	ck_assert_int_eq(put("zone", "a"), 0);
	ck_assert_int_eq(put("none", NULL), 0);
	ck_assert_int_eq(nsmgr_label_set(fixture.ctx, "web", changes, NSM_ARRAY_SIZE(changes)), 0);
	ck_assert_str_eq(labels_of("web"), "a/b.c_d-e= app=x");
	ck_assert_int_eq(nsmgr_labels_new(fixture.ctx, "web", &labels), 0);
	ck_assert_str_eq(nsmgr_labels_value(labels, "app"), "x");
	ck_assert_ptr_null(nsmgr_labels_value(labels, "ap"));
	for (int round = 0; round < 2; round++) {
		ck_assert_int_eq(nsmgr_labels_next(labels, &label), 0);
		ck_assert_str_eq(label.key, "a/b.c_d-e");
		ck_assert_int_eq(nsmgr_labels_next(labels, &label), 0);
		ck_assert_int_eq(nsmgr_labels_next(labels, &label), 1);
		ck_assert_str_eq(label.key, "app");
	}
	nsmgr_labels_free(labels);
	nsmgr_labels_free(NULL);
	set_drop("web");
	assert_store_is_empty();
}
END_TEST

START_TEST(a_set_has_its_labels_from_the_first_moment_and_keeps_them)
{
	make_labelled("web", "team", "core");
	ck_assert_str_eq(labels_of("web"), "team=core");
	ck_assert_int_eq(nsmgr_rename(fixture.ctx, "web", "shop"), 0);
	ck_assert_str_eq(labels_of("shop"), "team=core");
	ck_assert_int_eq(set_state("shop", NSMGR_UTS), NSMGR_LIVE);
	set_drop("shop");
	assert_store_is_empty();
}
END_TEST

/* Each in the child that the library makes for the purpose, and by a creator. */
START_TEST(sets_of_all_types_have_labels_too)
{
	struct nsmgr_config *config;

	ck_assert_int_eq(nsmgr_config_new(fixture.ctx, &config), 0);
	nsmgr_config_make_rest(config);
	ck_assert_int_eq(nsmgr_config_label(config, "a", "1"), 0);
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "web", config, 0), 0);
	nsmgr_config_free(config);
	ck_assert_str_eq(labels_of("web"), "a=1");
	set_drop("web");
}
END_TEST

START_TEST(values_are_any_bytes)
{
	static const char odd[] = "a\nb\\x41\\ \x01\x7f\xff\xc3\xa9=,\"'$";
	char path[128], text[256] = "";
	int fd;

	make_labelled("web", "k", odd);
	ck_assert_str_eq(labels_of("web") + 2, odd);
	ck_assert_int_eq(put("k", odd + 1), 0);
	ck_assert_str_eq(labels_of("web") + 2, odd + 1);
	snprintf(path, sizeof(path), "%s", in_root("web/.labels"));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_gt(read(fd, text, sizeof(text) - 1), 0);
	close(fd);
	ck_assert_str_eq(text, "k=\\x0ab\\x5cx41\\x5c \\x01\\x7f\\xff\\xc3\\xa9=,\"'$\n");
	set_drop("web");
}
END_TEST

static int check(const char *key, const char *value)
{
	return nsmgr_label_check(fixture.ctx, &(struct nsmgr_label){ key, value });
}

START_TEST(keys_and_values_have_their_limits)
{
	static const char *const bad[] = {
		"", "-", "-a", "a-", ".a", "a.", "/a", "a/", "a b", "a=b", "\xc3\xa9", "a\n", "a:b", "_a"
	};
	char key[NSMGR_LABEL_KEY_SIZE + 2], value[NSMGR_LABEL_VALUE_SIZE + 2];

	memset(key, 'k', sizeof(key));
	memset(value, 'v', sizeof(value));
	key[sizeof(key) - 1] = value[sizeof(value) - 1] = '\0';
	for (size_t i = 0; i < NSM_ARRAY_SIZE(bad); i++)
		ck_assert_msg(check(bad[i], "") == -EINVAL, "key '%s' is taken", bad[i]);
	ck_assert_int_eq(check(key, ""), -E2BIG);
	ck_assert_int_eq(check("k", value), -E2BIG);
	assert_failure(E2BIG, "label", NSMGR_TYPE_NONE);
	key[sizeof(key) - 2] = value[sizeof(value) - 2] = '\0';
	ck_assert_int_eq(check(key, value), 0);
	ck_assert_int_eq(check("1", NULL), 0);
}
END_TEST

START_TEST(all_of_a_change_is_made_or_nothing)
{
	const struct nsmgr_label bad[] = { { "a", "2" }, { "-", "x" } };
	struct nsmgr_label many[NSMGR_LABELS_COUNT + 1];
	char keys[NSMGR_LABELS_COUNT + 1][8], value[NSMGR_LABEL_VALUE_SIZE + 1];

	set_make("web", UTS);
	ck_assert_int_eq(put("a", "1"), 0);
	ck_assert_int_eq(nsmgr_label_set(fixture.ctx, "web", bad, 2), -EINVAL);
	for (size_t i = 0; i < NSM_ARRAY_SIZE(many); i++) {
		snprintf(keys[i], sizeof(keys[i]), "k%02zu", i);
		many[i] = (struct nsmgr_label){ keys[i], "" };
	}
	ck_assert_int_eq(nsmgr_label_set(fixture.ctx, "web", many, NSMGR_LABELS_COUNT), -E2BIG);
	assert_failure(E2BIG, "label", NSMGR_TYPE_NONE);
	memset(value, 'v', sizeof(value));
	value[sizeof(value) - 1] = '\0';
	for (size_t i = 0; i < 4; i++)
		many[i].value = value;
	ck_assert_int_eq(nsmgr_label_set(fixture.ctx, "web", many, 4), -E2BIG);
	ck_assert_str_eq(labels_of("web"), "a=1");
	ck_assert_int_eq(nsmgr_label_set(fixture.ctx, "web", many, 3), 0);
	many[0].value = many[1].value = many[2].value = "";
	/* With those that are replaced, and one less, they are as many as may be. */
	ck_assert_int_eq(nsmgr_label_set(fixture.ctx, "web", many, NSMGR_LABELS_COUNT - 1), 0);
	ck_assert_int_eq(put("one-more", ""), -E2BIG);
	ck_assert_int_eq(put("a", NULL), 0);
	ck_assert_int_eq(put("one-more", ""), 0);
	set_drop("web");
}
END_TEST

START_TEST(what_is_not_there_has_no_labels)
{
	struct nsmgr_labels *labels;

	ck_assert_int_eq(put("a", "1"), -ENOENT);
	ck_assert_int_eq(nsmgr_labels_new(fixture.ctx, "web", &labels), -ENOENT);
	ck_assert(!path_exists(fixture.root));
	set_make("other", UTS);
	ck_assert_int_eq(put("a", "1"), -ENOENT);
	assert_failure(ENOENT, "open", NSMGR_TYPE_NONE);
	ck_assert_int_eq(nsmgr_labels_new(fixture.ctx, "web", &labels), -ENOENT);
	ck_assert_int_eq(nsmgr_label_set(fixture.ctx, ".stage", NULL, 0), -EINVAL);
	ck_assert_int_eq(nsmgr_labels_new(fixture.ctx, "1", &labels), -EINVAL);
	put_text(in_root("web"), "no directory");
	ck_assert_int_eq(put("a", "1"), -ENOTDIR);
	unlink(in_root("web"));
	set_drop("other");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("label");
	TCase *tcase = suite_case(suite, "label");

	tcase_add_test(tcase, labels_are_given_changed_and_taken_away);
	tcase_add_test(tcase, a_set_has_its_labels_from_the_first_moment_and_keeps_them);
	tcase_add_test(tcase, sets_of_all_types_have_labels_too);
	tcase_add_test(tcase, values_are_any_bytes);
	tcase_add_test(tcase, keys_and_values_have_their_limits);
	tcase_add_test(tcase, all_of_a_change_is_made_or_nothing);
	tcase_add_test(tcase, what_is_not_there_has_no_labels);
	return suite_run(suite, NEED_ROOT);
}
