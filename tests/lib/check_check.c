/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* What one look found; the commands' tests have every kind of it. */
struct answer {
	size_t count;
	struct nsmgr_finding last;
	char path[512], name[128], text[256], cure[512];
};

static void keep(void *data, const struct nsmgr_finding *finding)
{
	struct answer *answer = data;

	answer->count++;
	answer->last = *finding;
	snprintf(answer->path, sizeof(answer->path), "%s", finding->path);
	snprintf(answer->name, sizeof(answer->name), "%s", finding->name);
	snprintf(answer->text, sizeof(answer->text), "%s", finding->text);
	snprintf(answer->cure, sizeof(answer->cure), "%s", finding->cure);
	ck_assert_ptr_nonnull(finding->reason);
	ck_assert_str_eq(nsmgr_get_root(fixture.ctx), fixture.root);
}

static int look(unsigned flags, struct answer *answer)
{
	*answer = (struct answer){ 0 };
	return nsmgr_check(fixture.ctx, flags, keep, answer);
}

static void assert_clean(void)
{
	struct answer answer;

	ck_assert_int_eq(look(0, &answer), 0);
	ck_assert_uint_eq(answer.count, 0);
}

START_TEST(a_store_that_is_not_there_has_nothing_wrong)
{
	assert_clean();
	ck_assert_int_eq(nsmgr_check(fixture.ctx, NSMGR_CHECK_REPAIR, NULL, NULL), 0);
	ck_assert(!path_exists(fixture.root));
}
END_TEST

START_TEST(a_flag_that_nobody_knows_is_refused)
{
	ck_assert_int_eq(nsmgr_check(fixture.ctx, 4, NULL, NULL), -EINVAL);
	assert_failure(EINVAL, "flags", NSMGR_TYPE_NONE);
}
END_TEST

START_TEST(a_place_that_is_no_store_is_an_error)
{
	put_text(fixture.root, "");
	ck_assert_int_eq(nsmgr_check(fixture.ctx, 0, NULL, NULL), -ENOTDIR);
	assert_failure(ENOTDIR, "store", NSMGR_TYPE_NONE);
	unlink(fixture.root);
}
END_TEST

START_TEST(a_healthy_store_is_left_as_it_is)
{
	struct nsmgr_config *config;

	set_make("web", NSMGR_MASK_ALL);
	ck_assert_int_eq(nsmgr_config_new(fixture.ctx, &config), 0);
	nsmgr_config_make(config, NSMGR_UTS);
	ck_assert_int_eq(nsmgr_store_fill(fixture.ctx, config, 2), 2);
	assert_clean();
	ck_assert_int_eq(nsmgr_check(fixture.ctx, NSMGR_CHECK_REPAIR | NSMGR_CHECK_GC, NULL, NULL), 0);
	ck_assert_int_eq(nsmgr_store_drain(fixture.ctx, config), 2);
	nsmgr_config_free(config);
	for (int type = 0; type < NSMGR_TYPE_COUNT; type++)
		ck_assert_int_eq(set_state("web", (enum nsmgr_type)type), NSMGR_LIVE);
	set_drop("web");
}
END_TEST

START_TEST(a_finding_tells_all_of_itself)
{
	struct answer answer;
	int left;

	set_make("web", NSMGR_MASK(NSMGR_UTS) | NSMGR_MASK(NSMGR_NET));
	/* While another process copies our mount namespace it keeps what was lost, which is mended then. */
	do {
		ck_assert_int_eq(umount2(in_root("web/uts"), MNT_DETACH), 0);
		left = look(NSMGR_CHECK_REPAIR, &answer);
	} while (left == 0);
	ck_assert_int_eq(left, 1);
	ck_assert_uint_eq(answer.count, 1);
	ck_assert_int_eq(answer.last.problem, NSMGR_PROBLEM_STALE);
	ck_assert_int_eq(answer.last.type, NSMGR_UTS);
	ck_assert_int_eq(answer.last.mend, NSMGR_MEND_BY_HAND);
	ck_assert(!answer.last.mended);
	ck_assert_int_eq(answer.last.error, 0);
	ck_assert_str_eq(answer.name, "web");
	ck_assert_str_eq(answer.path, in_root("web/uts"));
	ck_assert_str_eq(answer.text, "a file without its mount");
	ck_assert_str_eq(answer.cure, "remove the set with rm, and create it again");
	set_drop("web");
	assert_clean();
}
END_TEST

/* A descriptor keeps the namespace: the very same comes back. */
START_TEST(a_lost_handle_comes_back_while_its_namespace_lives)
{
	struct nsmgr_set *set;
	struct nsmgr_id id, now;
	struct answer answer;

	set_make("web", NSMGR_MASK(NSMGR_UTS));
	set = set_open("web");
	ck_assert_int_eq(nsmgr_set_id(set, NSMGR_UTS, &id), 0);
	ck_assert_int_eq(umount2(in_root("web/uts"), MNT_DETACH), 0);
	/* Nothing that can be had is ever collected. */
	ck_assert_int_eq(look(NSMGR_CHECK_GC, &answer), 1);
	/* Before Linux 6.18 nobody can tell that it is the same. */
	if (id.id) {
		ck_assert_int_eq(answer.last.mend, NSMGR_MEND_BY_REPAIR);
		ck_assert_int_eq(look(NSMGR_CHECK_REPAIR, &answer), 0);
		ck_assert(answer.last.mended);
		nsmgr_set_close(set);
		set = set_open("web");
		ck_assert_int_eq(nsmgr_set_id(set, NSMGR_UTS, &now), 0);
		ck_assert(nsmgr_id_equal(&id, &now));
	}
	nsmgr_set_close(set);
	set_drop("web");
	assert_clean();
}
END_TEST

/* For good: a copy that somebody has in a mount namespace of his own goes with the file (KERNEL R5). */
static void lose(const char *file)
{
	int fd;

	ck_assert_int_eq(umount2(file, MNT_DETACH), 0);
	ck_assert_int_eq(unlink(file), 0);
	fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0);
	ck_assert_int_ge(fd, 0);
	close(fd);
}

START_TEST(what_cannot_be_used_is_collected)
{
	struct answer answer;

	set_make("web", NSMGR_MASK(NSMGR_UTS) | NSMGR_MASK(NSMGR_IPC));
	set_make("stays", NSMGR_MASK(NSMGR_UTS));
	lose(in_root("web/uts"));
	lose(in_root("web/ipc"));
	/* The kernel frees them in its own time. */
	for (int i = 0; i < 500 && look(0, &answer) == 2 && answer.last.mend != NSMGR_MEND_BY_GC; i++)
		usleep(10000);
	ck_assert_int_eq(look(0, &answer), 2);
	ck_assert_int_eq(answer.last.mend, NSMGR_MEND_BY_GC);
	ck_assert(path_exists(in_root("web")));
	ck_assert_int_eq(look(NSMGR_CHECK_GC, &answer), 0);
	ck_assert_uint_eq(answer.count, 2);
	ck_assert(answer.last.mended);
	ck_assert(!path_exists(in_root("web")));
	assert_clean();
	set_drop("stays");
}
END_TEST

/* A mend that fails says why, and its finding is left. */
START_TEST(what_could_not_be_mended_says_why)
{
	struct answer answer;

	set_make("web", NSMGR_MASK(NSMGR_UTS));
	make_dir(in_root(".stage/left"), 0700);
	make_dir(in_root(".stage/left/set"), 0755);
	make_dir(in_root(".stage/left/set/odd"), 0755);
	ck_assert_int_eq(look(NSMGR_CHECK_GC, &answer), 1);
	ck_assert_int_eq(answer.last.problem, NSMGR_PROBLEM_STAGE);
	ck_assert(!answer.last.mended);
	ck_assert_int_eq(answer.last.error, EISDIR);
	ck_assert_int_eq(rmdir(in_root(".stage/left/set/odd")), 0);
	ck_assert_int_eq(look(NSMGR_CHECK_GC, &answer), 0);
	ck_assert_uint_eq(answer.count, 1);
	set_drop("web");
	assert_clean();
}
END_TEST

static void count_lines(void *data, const char *line)
{
	ck_assert_ptr_nonnull(strstr(line, "could not look into"));
	++*(size_t *)data;
}

static int look_as_nobody(void *data)
{
	size_t lines = 0;
	struct answer answer;

	(void)data;
	nsmgr_set_log(fixture.ctx, count_lines, &lines);
	CHILD_NEEDS(setgid(65534) == 0 && setuid(65534) == 0);
	CHILD_NEEDS(look(NSMGR_CHECK_REPAIR, &answer) == 1);
	CHILD_NEEDS(!answer.last.mended && lines == 1);
	return 0;
}

START_TEST(an_ordinary_user_looks_and_is_told_what_is_hidden)
{
	struct answer answer;

	set_make("web", NSMGR_MASK(NSMGR_UTS));
	ck_assert_int_eq(mkdir(in_root("empty"), 0755), 0);
	ck_assert_child(look_as_nobody, NULL);
	ck_assert_int_eq(look(NSMGR_CHECK_REPAIR, &answer), 0);
	set_drop("web");
	assert_clean();
}
END_TEST

START_TEST(each_problem_has_a_name)
{
	for (int problem = 0; problem < NSMGR_PROBLEM_COUNT; problem++) {
		ck_assert_ptr_nonnull(nsmgr_problem_name((enum nsmgr_problem)problem));
		for (int other = 0; other < problem; other++)
			ck_assert_str_ne(nsmgr_problem_name((enum nsmgr_problem)problem),
					 nsmgr_problem_name((enum nsmgr_problem)other));
	}
	ck_assert_ptr_null(nsmgr_problem_name(NSMGR_PROBLEM_COUNT));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("check");
	TCase *tcase = suite_case(suite, "check");

	tcase_add_test(tcase, a_store_that_is_not_there_has_nothing_wrong);
	tcase_add_test(tcase, a_flag_that_nobody_knows_is_refused);
	tcase_add_test(tcase, a_place_that_is_no_store_is_an_error);
	tcase_add_test(tcase, a_healthy_store_is_left_as_it_is);
	tcase_add_test(tcase, a_finding_tells_all_of_itself);
	tcase_add_test(tcase, a_lost_handle_comes_back_while_its_namespace_lives);
	tcase_add_test(tcase, what_cannot_be_used_is_collected);
	tcase_add_test(tcase, what_could_not_be_mended_says_why);
	add_test_needing(NEED_IDS, tcase, an_ordinary_user_looks_and_is_told_what_is_hidden);
	tcase_add_test(tcase, each_problem_has_a_name);
	return suite_run(suite, NEED_ROOT);
}
