/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "stages.h"

#include <sys/stat.h>
#include <unistd.h>

/* Labels where something is in the way: damaged files, sets without a name, pools, stages that were left. */

#define UTS NSMGR_MASK(NSMGR_UTS)

static int put(const char *key, const char *value)
{
	return nsmgr_label_set(fixture.ctx, "web", &(struct nsmgr_label){ key, value }, 1);
}

static int read_labels(const char *name, char *ret_value)
{
	struct nsmgr_labels *labels;
	int r = nsmgr_labels_new(fixture.ctx, name, &labels);
	const char *value = r == 0 ? nsmgr_labels_value(labels, "a") : NULL;

	if (r < 0)
		return r;
	snprintf(ret_value, 8, "%s", value ? value : "none");
	nsmgr_labels_free(labels);
	return 0;
}

static void assert_damaged(const char *how)
{
	char value[8];
	int r = read_labels("web", value);

	ck_assert_msg(r == -EBADMSG, "reading %s gives %d", how, r);
	assert_failure(EBADMSG, "label", NSMGR_TYPE_NONE);
	ck_assert_ptr_nonnull(strstr(nsmgr_get_failure(fixture.ctx)->text, ".labels"));
	ck_assert_int_eq(put("b", "2"), -EBADMSG);
	ck_assert_int_eq(set_state("web", NSMGR_UTS), NSMGR_LIVE);
}

START_TEST(a_damaged_file_is_refused_and_left_as_it_is)
{
	static const char *const texts[] = {
		"a\n", "=1\n", "a=1\nb c=2\n", "a=\\\n", "a=\\x0\n", "a=\\xGG\n", "a=\\x00\n", "a=\\y41\n"
	};
	static char big[20000];
	char value[8];

	set_make("web", UTS);
	for (size_t i = 0; i < NSM_ARRAY_SIZE(texts); i++) {
		put_text(in_root("web/.labels"), texts[i]);
		assert_damaged(texts[i]);
	}
	put_bytes(in_root("web/.labels"), "a=1\n\0b=2\n", 9);
	assert_damaged("a zero byte");
	memset(big, 'a', sizeof(big));
	put_bytes(in_root("web/.labels"), big, sizeof(big));
	assert_damaged("a long file");
	unlink(in_root("web/.labels"));
	ck_assert_int_eq(symlink(".set", in_root("web/.labels")), 0);
	assert_damaged("a link");
	unlink(in_root("web/.labels"));
	make_dir(in_root("web/.labels"), 0755);
	assert_damaged("a directory");
	rmdir(in_root("web/.labels"));
	ck_assert_int_eq(mkfifo(in_root("web/.labels"), 0644), 0);
	assert_damaged("a FIFO");
	unlink(in_root("web/.labels"));
	/* By hand, without an end: as good as ours. */
	put_text(in_root("web/.labels"), "b=2\na=1");
	ck_assert_int_eq(read_labels("web", value), 0);
	ck_assert_str_eq(value, "1");
	set_drop("web");
	assert_store_is_empty();
}
END_TEST

START_TEST(a_set_of_a_list_has_labels_whatever_its_name)
{
	struct nsmgr_labels *labels;
	struct nsmgr_list *list;

	set_make("web", UTS);
	ck_assert_int_eq(put("a", "1"), 0);
	ck_assert_int_eq(rename(in_root("web"), in_root("-odd")), 0);
	ck_assert_int_eq(nsmgr_list_new(fixture.ctx, NSMGR_LIST_ALL, &list), 0);
	ck_assert_int_eq(nsmgr_list_labels(list, "-odd", &labels), 0);
	ck_assert_str_eq(nsmgr_labels_value(labels, "a"), "1");
	nsmgr_labels_free(labels);
	ck_assert_int_eq(nsmgr_list_labels(list, "web", &labels), -ENOENT);
	nsmgr_list_free(list);
	ck_assert_int_eq(rename(in_root("-odd"), in_root("web")), 0);
	set_drop("web");
	clear_away(fixture.root);
	ck_assert_int_eq(nsmgr_list_new(fixture.ctx, NSMGR_LIST_ALL, &list), 0);
	ck_assert_int_eq(nsmgr_list_labels(list, "web", &labels), -ENOENT);
	nsmgr_list_free(list);
}
END_TEST

static struct nsmgr_config *new_config(bool labelled)
{
	struct nsmgr_config *config;

	ck_assert_int_eq(nsmgr_config_new(fixture.ctx, &config), 0);
	nsmgr_config_make(config, NSMGR_UTS);
	if (labelled)
		ck_assert_int_eq(nsmgr_config_label(config, "a", "1"), 0);
	return config;
}

START_TEST(what_has_no_name_has_no_labels)
{
	struct nsmgr_config *config = new_config(true);
	struct nsmgr_set *set;

	ck_assert_int_eq(nsmgr_config_label(config, "a", NULL), -EINVAL);
	ck_assert_int_eq(nsmgr_config_label(config, "a b", "1"), -EINVAL);
	ck_assert_int_eq(nsmgr_unshare(config, &set), -EINVAL);
	assert_failure(EINVAL, "label", NSMGR_TYPE_NONE);
	ck_assert_int_eq(nsmgr_store_fill(fixture.ctx, config, 1), -EINVAL);
	ck_assert_int_eq(nsmgr_store_drain(fixture.ctx, config), -EINVAL);
	nsmgr_config_free(config);
	ck_assert(!path_exists(fixture.root));
}
END_TEST

static size_t ready_now;

static void count_ready(void *data, const char *options, size_t ready)
{
	(void)data;
	(void)options;
	ready_now += ready;
}

static size_t count_pool(void)
{
	ready_now = 0;
	ck_assert_int_eq(nsmgr_store_pools(fixture.ctx, count_ready, NULL), 0);
	return ready_now;
}

START_TEST(a_ready_set_gets_labels_with_its_name)
{
	struct nsmgr_config *plain = new_config(false), *labelled = new_config(true);
	char value[8];

	ck_assert_int_eq(nsmgr_store_fill(fixture.ctx, plain, 2), 2);
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "web", labelled, NSMGR_CREATE_FROM_POOL), 0);
	ck_assert_int_eq(read_labels("web", value), 0);
	ck_assert_str_eq(value, "1");
	ck_assert_uint_eq(count_pool(), 1);
	/* A name that is taken costs no ready set, and that stays without labels. */
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "web", labelled, NSMGR_CREATE_FROM_POOL), -EEXIST);
	ck_assert_uint_eq(count_pool(), 1);
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "shop", plain, NSMGR_CREATE_FROM_POOL), 0);
	ck_assert_int_eq(read_labels("shop", value), 0);
	ck_assert_str_eq(value, "none");
	ck_assert_uint_eq(count_pool(), 0);
	nsmgr_config_free(plain);
	nsmgr_config_free(labelled);
	ck_assert_int_eq(nsmgr_store_drain(fixture.ctx, NULL), 0);
	set_drop("web");
	set_drop("shop");
	assert_store_is_empty();
}
END_TEST

/* As somebody who was killed in the middle leaves it. */
START_TEST(labels_that_were_left_in_a_stage_are_swept)
{
	set_make("web", UTS);
	make_dir(in_root(".stage/abcdefghijkl"), 0700);
	make_dir(in_root(".stage/abcdefghijkl/set"), 0755);
	put_text(in_root(".stage/abcdefghijkl/set/.labels"), "a=1\n");
	ck_assert_int_eq(put("b", "2"), 0);
	ck_assert_int_eq(stages_left(), 0);
	set_drop("web");
}
END_TEST

/* A stale set is labelled like any other; so is one that was made by hand. */
START_TEST(a_set_needs_no_live_handle_to_have_labels)
{
	char value[8];

	set_make("other", UTS);
	make_dir(in_root("web"), 0755);
	put_text(in_root("web/net"), "");
	ck_assert_int_eq(put("a", "1"), 0);
	ck_assert_int_eq(read_labels("web", value), 0);
	ck_assert_str_eq(value, "1");
	set_drop("web");
	set_drop("other");
	assert_store_is_empty();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("label odd");
	TCase *tcase = suite_case(suite, "label odd");

	tcase_add_test(tcase, a_damaged_file_is_refused_and_left_as_it_is);
	tcase_add_test(tcase, a_set_of_a_list_has_labels_whatever_its_name);
	tcase_add_test(tcase, what_has_no_name_has_no_labels);
	tcase_add_test(tcase, a_ready_set_gets_labels_with_its_name);
	tcase_add_test(tcase, labels_that_were_left_in_a_stage_are_swept);
	tcase_add_test(tcase, a_set_needs_no_live_handle_to_have_labels);
	return suite_run(suite, NEED_ROOT);
}
