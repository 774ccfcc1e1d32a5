/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define UTS NSMGR_MASK(NSMGR_UTS)

static struct nsmgr_config *config_with(const char *text, unsigned flags)
{
	struct nsmgr_config *config;

	ck_assert_int_eq(nsmgr_config_new(fixture.ctx, &config), 0);
	nsmgr_config_make(config, NSMGR_UTS);
	ck_assert_int_eq(nsmgr_config_profile(config, text, flags), 0);
	return config;
}

static void make(const char *name, const char *text, unsigned flags)
{
	struct nsmgr_config *config = config_with(text, flags);

	ck_assert_int_eq(nsmgr_create(fixture.ctx, name, config, NSMGR_CREATE_FROM_POOL), 0);
	nsmgr_config_free(config);
}

static void assert_profile(const char *name, const char *expected)
{
	char *text = NULL;

	ck_assert_int_eq(nsmgr_set_profile(fixture.ctx, name, &text), 0);
	ck_assert_str_eq(text, expected);
	free(text);
}

static int error_of(const char *name)
{
	char *text = NULL;
	int r = nsmgr_set_profile(fixture.ctx, name, &text);

	ck_assert_ptr_null(text);
	return r;
}

START_TEST(a_text_keeps_with_its_set)
{
	struct stat st;

	make("web", "uts\nhostname=web\n", 0);
	assert_profile("web", "uts\nhostname=web\n");
	ck_assert_int_eq(stat(in_root("web/.profile"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0644);
	ck_assert_int_eq(nsmgr_rename(fixture.ctx, "web", "shop"), 0);
	assert_profile("shop", "uts\nhostname=web\n");
	set_drop("shop");
	make("web", NULL, 0);
	ck_assert_int_eq(error_of("web"), -ENODATA);
	set_drop("web");
	make("web", "", 0);
	assert_profile("web", "");
	set_drop("web");
	ck_assert_int_eq(error_of("web"), -ENOENT);
	ck_assert_int_eq(error_of("no name"), -EINVAL);
	assert_store_is_empty();
}
END_TEST

START_TEST(only_a_set_that_has_defaults_says_so)
{
	struct nsmgr_set *set, *copy;
	char *text = NULL;

	make("plain", "uts\n", 0);
	ck_assert_int_eq(nsmgr_set_open(fixture.ctx, "plain", UTS, 0, &set), 0);
	ck_assert(!nsmgr_set_has_defaults(set));
	ck_assert_int_eq(nsmgr_set_defaults(set, &text), -ENODATA);
	nsmgr_set_close(set);
	make("web", "exec-as=1\n", NSMGR_PROFILE_DEFAULTS);
	ck_assert_int_eq(nsmgr_set_open(fixture.ctx, "web", UTS, 0, &set), 0);
	ck_assert(nsmgr_set_has_defaults(set));
	/* Of the set that was opened, not of its name. */
	ck_assert_int_eq(nsmgr_rename(fixture.ctx, "web", "shop"), 0);
	ck_assert_int_eq(nsmgr_set_defaults(set, &text), 0);
	ck_assert_str_eq(text, "exec-as=1\n");
	free(text);
	ck_assert_int_eq(nsmgr_set_dup(set, UTS, &copy), 0);
	ck_assert(!nsmgr_set_has_defaults(copy));
	nsmgr_set_close(copy);
	nsmgr_set_close(set);
	set_drop("shop");
	set_drop("plain");
}
END_TEST

static void put(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	ck_assert_int_eq(fchmod(fd, mode), 0);
	close(fd);
}

START_TEST(what_others_have_put_there_is_refused)
{
	static char big[NSMGR_PROFILE_SIZE + 2];
	struct nsmgr_set *set;
	char *text = NULL;
	char path[128];

	make("web", "exec-as=1\n", NSMGR_PROFILE_DEFAULTS);
	snprintf(path, sizeof(path), "%s", in_root("web/.profile"));
	put(path, "exec-as=2\n", 0666);
	ck_assert_int_eq(error_of("web"), -EPERM);
	ck_assert_int_eq(nsmgr_set_open(fixture.ctx, "web", UTS, 0, &set), 0);
	ck_assert_int_eq(nsmgr_set_defaults(set, &text), -EPERM);
	ck_assert_ptr_nonnull(strstr(nsmgr_get_failure(fixture.ctx)->text, "others can write to it"));
	nsmgr_set_close(set);
	put(path, "exec-as=2\n", 0644);
	ck_assert_int_eq(chown(path, 1, 1), 0);
	ck_assert_int_eq(error_of("web"), -EPERM);
	ck_assert_int_eq(chown(path, 0, 0), 0);
	assert_profile("web", "exec-as=2\n");
	ck_assert_int_eq(chown(in_root("web"), 1, 1), 0);
	ck_assert_int_eq(error_of("web"), -EPERM);
	ck_assert_int_eq(chown(in_root("web"), 0, 0), 0);
	memset(big, 'x', NSMGR_PROFILE_SIZE + 1);
	put(path, big, 0644);
	ck_assert_int_eq(error_of("web"), -EBADMSG);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(error_of("web"), -ENODATA);
	ck_assert_int_eq(symlink("/etc/passwd", path), 0);
	ck_assert_int_eq(error_of("web"), -EBADMSG);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(mkfifo(path, 0644), 0);
	ck_assert_int_eq(error_of("web"), -EBADMSG);
	set_drop("web");
	assert_store_is_empty();
}
END_TEST

START_TEST(texts_have_a_size_and_flags)
{
	static char big[NSMGR_PROFILE_SIZE + 2];
	struct nsmgr_config *config = config_with("first", 0);
	char *text = NULL;

	memset(big, 'x', NSMGR_PROFILE_SIZE + 1);
	ck_assert_int_eq(nsmgr_config_profile(config, big, 0), -E2BIG);
	ck_assert_int_eq(nsmgr_config_profile(config, "x", 2), -EINVAL);
	big[NSMGR_PROFILE_SIZE] = '\0';
	ck_assert_int_eq(nsmgr_config_profile(config, big, 0), 0);
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "web", config, 0), 0);
	ck_assert_int_eq(nsmgr_set_profile(fixture.ctx, "web", &text), 0);
	ck_assert_str_eq(text, big);
	free(text);
	nsmgr_config_free(config);
	set_drop("web");
}
END_TEST

START_TEST(what_has_no_name_has_none)
{
	struct nsmgr_config *config = config_with("uts\n", 0);
	struct nsmgr_set *set;

	ck_assert_int_eq(nsmgr_unshare(config, &set), -EINVAL);
	ck_assert_int_eq(nsmgr_store_fill(fixture.ctx, config, 1), -EINVAL);
	ck_assert_int_eq(nsmgr_store_drain(fixture.ctx, config), -EINVAL);
	/* A ready set is not taken for one with defaults. */
	ck_assert_int_eq(nsmgr_config_profile(config, NULL, 0), 0);
	ck_assert_int_eq(nsmgr_store_fill(fixture.ctx, config, 1), 1);
	make("web", "uts\n", NSMGR_PROFILE_DEFAULTS);
	assert_profile("web", "uts\n");
	make("shop", "uts\n", 0);
	assert_profile("shop", "uts\n");
	ck_assert_int_eq(nsmgr_store_drain(fixture.ctx, config), 0);
	nsmgr_config_free(config);
	set_drop("shop");
	set_drop("web");
}
END_TEST

static int profile_findings;

static void note_finding(void *data, const struct nsmgr_finding *finding)
{
	(void)data;
	profile_findings += strstr(finding->text, "what commands have as defaults") != NULL;
}

START_TEST(a_check_finds_a_damaged_one)
{
	make("web", "exec-as=1\n", NSMGR_PROFILE_DEFAULTS);
	ck_assert_int_eq(nsmgr_check(fixture.ctx, 0, note_finding, NULL), 0);
	ck_assert_int_eq(profile_findings, 0);
	ck_assert_int_eq(unlink(in_root("web/.profile")), 0);
	ck_assert_int_eq(nsmgr_check(fixture.ctx, 0, note_finding, NULL), 1);
	ck_assert_int_eq(profile_findings, 1);
	set_drop("web");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("profile");
	TCase *tcase = suite_case(suite, "profiles");

	tcase_add_test(tcase, a_text_keeps_with_its_set);
	tcase_add_test(tcase, only_a_set_that_has_defaults_says_so);
	add_test_needing(NEED_IDS, tcase, what_others_have_put_there_is_refused);
	tcase_add_test(tcase, texts_have_a_size_and_flags);
	tcase_add_test(tcase, what_has_no_name_has_none);
	tcase_add_test(tcase, a_check_finds_a_damaged_one);
	return suite_run(suite, NEED_ROOT);
}
