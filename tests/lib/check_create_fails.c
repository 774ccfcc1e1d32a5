/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "unshared.h"

#include "base/macro.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static struct nsmgr_extent spread(uint32_t i)
{
	return (struct nsmgr_extent){ 4000000000u + i * 2, 4000000000u + i * 2, 1 };
}

static const struct {
	const char *step;
	int error;
	enum nsmgr_type type;
} faults[] = {
	{ "sysctl", ENOENT, NSMGR_NET },	/* with a keeper, by the creator */
	{ "sysctl", EINVAL, NSMGR_PID },	/* by the keeper */
	{ "offsets", ERANGE, NSMGR_TIME },	/* by the manager */
	{ "map users", E2BIG, NSMGR_USER },	/* more than a page of text */
	{ "sysctl", ENOENT, NSMGR_NET },	/* without a creator */
};

START_TEST(a_failure_at_any_step_is_named_and_leaves_nothing)
{
	struct timespec far = { 100000000000, 0 };

	if (_i != 4)
		nsmgr_config_make_rest(wanted);
	else
		nsmgr_config_make(wanted, NSMGR_NET);
	if (_i == 0 || _i == 4)
		ck_assert_int_eq(nsmgr_config_sysctl(wanted, "net.no.such.key", "1"), 0);
	if (_i == 1)
		ck_assert_int_eq(nsmgr_config_sysctl(wanted, "kernel.pid_max", "nonsense"), 0);
	if (_i == 2)
		ck_assert_int_eq(nsmgr_config_offset(wanted, CLOCK_BOOTTIME, &far), 0);
	for (uint32_t i = 0; _i == 3 && i < 340; i++) {
		struct nsmgr_extent extent = spread(i);

		ck_assert_int_eq(nsmgr_config_map(wanted, NSMGR_UID, &extent), 0);
	}
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "web", wanted, 0), -faults[_i].error);
	assert_failure(faults[_i].error, faults[_i].step, faults[_i].type);
	assert_nothing_is_left();
}
END_TEST

/* Creates with ever more descriptors, until it works: every open of the library fails once. */
static int create_with_few_descriptors(void *data)
{
	struct rlimit limit = { 0, 4096 };
	int r = -1, failures = 0;

	(void)data;
	CHILD_NEEDS(setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 4096, 4096 }) == 0);
	for (rlim_t count = 3; r < 0 && count < 64; count++) {
		limit.rlim_cur = count;
		CHILD_NEEDS(setrlimit(RLIMIT_NOFILE, &limit) == 0);
		r = nsmgr_create(fixture.ctx, "web", wanted, 0);
		limit.rlim_cur = 4096;
		CHILD_NEEDS(setrlimit(RLIMIT_NOFILE, &limit) == 0);
		failures += r < 0;
		if (r < 0) {
			assert_nothing_is_left();
			CHILD_NEEDS(!path_exists(in_root("web")));
		}
	}
	CHILD_NEEDS(r == 0 && failures > 3);
	CHILD_NEEDS(nsmgr_remove(fixture.ctx, "web", 0, NULL) == 0);
	return 0;
}

START_TEST(without_descriptors_it_fails_and_leaves_nothing)
{
	if (_i)
		nsmgr_config_make_rest(wanted);
	else
		nsmgr_config_make(wanted, NSMGR_NET);
	ck_assert_child(create_with_few_descriptors, NULL);
}
END_TEST

static int create_in_small_namespace(void *data)
{
	(void)data;
	CHILD_NEEDS(unshare(CLONE_NEWUSER) == 0);
	CHILD_NEEDS(nsmgr_create(fixture.ctx, "web", wanted, 0) < 0);
	CHILD_NEEDS(!path_exists(in_root("web")));
	return 0;
}

START_TEST(without_privilege_it_fails_and_leaves_nothing)
{
	nsmgr_config_make(wanted, NSMGR_NET);
	ck_assert_child(create_in_small_namespace, NULL);
	ck_assert_int_eq(mounts_below(fixture.dir), 0);
	clear_away(fixture.root);
}
END_TEST

static int create_named(void *data)
{
	char go;

	CHILD_NEEDS(read(*(int *)data, &go, 1) == 0);
	return nsmgr_create(fixture.ctx, "web", wanted, 0) == 0 ? 0 : 17;
}

START_TEST(of_racing_creators_exactly_one_wins)
{
	enum { COUNT = 16 };
	int gate[2], status, winners = 0, losers = 0;
	pid_t pids[COUNT];

	nsmgr_config_make(wanted, NSMGR_UTS);
	nsmgr_config_make(wanted, NSMGR_PID);
	ck_assert_int_eq(pipe2(gate, O_CLOEXEC), 0);
	for (int i = 0; i < COUNT; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			close(gate[1]);
			_exit(create_named(&gate[0]));
		}
	}
	close(gate[0]);
	close(gate[1]);
	for (int i = 0; i < COUNT; i++) {
		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		winners += WEXITSTATUS(status) == 0;
		losers += WEXITSTATUS(status) == 17;
	}
	ck_assert_int_eq(winners, 1);
	ck_assert_int_eq(losers, COUNT - 1);
	ck_assert_int_eq(mounts_below(fixture.root), 3);
	set_drop("web");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("create_fails");
	TCase *tcase = suite_case(suite, "failures");

	tcase_add_checked_fixture(tcase, wanted_new, wanted_free);
	tcase_add_loop_test(tcase, a_failure_at_any_step_is_named_and_leaves_nothing, 0, (int)NSM_ARRAY_SIZE(faults));
	tcase_add_loop_test(tcase, without_descriptors_it_fails_and_leaves_nothing, 0, 2);
	tcase_add_test(tcase, without_privilege_it_fails_and_leaves_nothing);
	tcase_add_test(tcase, of_racing_creators_exactly_one_wins);
	return suite_run(suite, NEED_ROOT);
}
