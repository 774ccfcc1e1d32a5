/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"
#include "fixture.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define CAP_SYS_RESOURCE 24

/* "SOFT HARD" as the kernel tells it of the command. */
static const char *limits_of(struct nsmgr_set *set, const char *title)
{
	char line[256];

	snprintf(line, sizeof(line), "sed -nE 's/^%s +([^ ]+) +([^ ]+).*/\\1 \\2/p' /proc/self/limits", title);
	return output_of(set, line);
}

static const struct {
	const char *name, *title;
	int resource;
} all[] = {
	{ "as", "Max address space", RLIMIT_AS },
	{ "core", "Max core file size", RLIMIT_CORE },
	{ "cpu", "Max cpu time", RLIMIT_CPU },
	{ "data", "Max data size", RLIMIT_DATA },
	{ "fsize", "Max file size", RLIMIT_FSIZE },
	{ "locks", "Max file locks", RLIMIT_LOCKS },
	{ "memlock", "Max locked memory", RLIMIT_MEMLOCK },
	{ "msgqueue", "Max msgqueue size", RLIMIT_MSGQUEUE },
	{ "nice", "Max nice priority", RLIMIT_NICE },
	{ "nofile", "Max open files", RLIMIT_NOFILE },
	{ "nproc", "Max processes", RLIMIT_NPROC },
	{ "rss", "Max resident set", RLIMIT_RSS },
	{ "rtprio", "Max realtime priority", RLIMIT_RTPRIO },
	{ "rttime", "Max realtime timeout", RLIMIT_RTTIME },
	{ "sigpending", "Max pending signals", RLIMIT_SIGPENDING },
	{ "stack", "Max stack size", RLIMIT_STACK },
};

START_TEST(every_limit_is_what_the_command_has)
{
	struct rlimit have;
	char expected[64];
	uint64_t soft, hard;

	ck_assert_int_eq(getrlimit((unsigned)all[_i].resource, &have), 0);
	/* Enough of everything for a shell, and no more than there is. */
	hard = have.rlim_max < 1u << 30 ? have.rlim_max : 1u << 30;
	soft = hard ? hard - 1 : 0;
	ck_assert_int_eq(nsmgr_limit_number(all[_i].name), all[_i].resource);
	ck_assert_int_eq(nsmgr_command_limit(command, all[_i].resource, soft, hard), 0);
	snprintf(expected, sizeof(expected), "%llu %llu\n", (unsigned long long)soft, (unsigned long long)hard);
	ck_assert_str_eq(limits_of(NULL, all[_i].title), expected);
	/* The caller's is what it was. */
	hard = have.rlim_max;
	ck_assert_int_eq(getrlimit((unsigned)all[_i].resource, &have), 0);
	ck_assert_uint_eq(have.rlim_max, hard);
}
END_TEST

START_TEST(the_last_limit_of_a_resource_counts)
{
	ck_assert_int_eq(nsmgr_command_limit(command, RLIMIT_CORE, 0, 0), 0);
	ck_assert_int_eq(nsmgr_command_limit(command, RLIMIT_NOFILE, 10, 20), 0);
	ck_assert_int_eq(nsmgr_command_limit(command, RLIMIT_NOFILE, 30, 40), 0);
	ck_assert_str_eq(limits_of(NULL, "Max open files"), "30 40\n");
	ck_assert_str_eq(limits_of(NULL, "Max core file size"), "0 0\n");
}
END_TEST

START_TEST(what_is_no_limit_is_refused)
{
	ck_assert_int_eq(nsmgr_command_limit(command, -1, 1, 1), -EINVAL);
	ck_assert_int_eq(nsmgr_command_limit(command, 16, 1, 1), -EINVAL);
	ck_assert_int_eq(nsmgr_command_limit(command, RLIMIT_CPU, 2, 1), -EINVAL);
	ck_assert_int_eq(nsmgr_command_limit(command, RLIMIT_CPU, NSMGR_UNLIMITED, 1), -EINVAL);
	ck_assert_int_eq(nsmgr_limit_number("NOFILE"), -1);
	ck_assert_int_eq(nsmgr_limit_number("nofil"), -1);
	ck_assert_int_eq(nsmgr_limit_number(""), -1);
	/* Nothing of it stays. */
	ck_assert_int_eq(status_of(start_shell(NULL, "exit 0")), 0);
}
END_TEST

static int nothing(void *data)
{
	(void)data;
	return 0;
}

/* What is limited is the command's, not what it takes to start it: no descriptor is left for that, nor a process for its user. */
START_TEST(the_start_itself_is_not_limited)
{
	struct nsmgr_set *set;

	set_make("web", NSMGR_MASK(NSMGR_PID) | NSMGR_MASK(NSMGR_USER) | NSMGR_MASK(NSMGR_UTS));
	set = set_open("web");
	nsmgr_command_hook(command, nothing, NULL);
	ck_assert_int_eq(nsmgr_command_limit(command, RLIMIT_NOFILE, 0, 0), 0);
	ck_assert_int_eq(nsmgr_command_limit(command, RLIMIT_FSIZE, 0, 0), 0);
	/* It runs, as far as a program comes that cannot open its libraries. */
	status_of(start(set, (const char *const[]){ "/bin/true", NULL }));
	nsmgr_set_close(set);
	/* This one does not hold root, and the change of ids comes before it. */
	ck_assert_int_eq(nsmgr_command_limit(command, RLIMIT_NOFILE, 64, 64), 0);
	ck_assert_int_eq(nsmgr_command_limit(command, RLIMIT_NPROC, 0, 0), 0);
	ck_assert_int_eq(status_of(start_shell(NULL, "/bin/true; exit 7")), 7);
	ck_assert_int_eq(nsmgr_command_ids(command, 1234, 1234, NULL, 0), 0);
	ck_assert_int_eq(status_of(start_shell(NULL, "exit 7")), 7);
	ck_assert_int_ne(status_of(start_shell(NULL, "/bin/true; exit 7")), 7);
	set_drop("web");
}
END_TEST

/* ---- Raising ---- */

static int raise_with(void *data)
{
	const bool may = *(bool *)data;
	const char *const argv[] = { "/bin/sh", "-c", "[ $(ulimit -n) = 60 ] && [ $(ulimit -Hn) = 70 ]", NULL };
	struct nsmgr_child *child;
	struct nsmgr_status status = { 0 };
	struct nsmgr_set *set;
	int r;

	CHILD_NEEDS(setrlimit(RLIMIT_NOFILE, &(struct rlimit){ .rlim_cur = 50, .rlim_max = 50 }) == 0);
	CHILD_NEEDS(nsmgr_set_open(fixture.ctx, "web", NSMGR_MASK_ALL, 0, &set) == 0);
	CHILD_NEEDS(nsmgr_command_limit(command, RLIMIT_NOFILE, 60, 70) == 0);
	nsmgr_command_keep_capabilities(command, 0);
	r = nsmgr_command_start(command, set, argv, &child);
	nsmgr_set_close(set);
	if (!may) {
		CHILD_NEEDS(r == -EPERM);
		CHILD_NEEDS(strcmp(nsmgr_get_failure(fixture.ctx)->step, "limit") == 0);
		CHILD_NEEDS(strcmp(nsmgr_get_failure(fixture.ctx)->path, "nofile") == 0);
		CHILD_NEEDS(strstr(nsmgr_get_failure(fixture.ctx)->text, "CAP_SYS_RESOURCE") != NULL);
		return 0;
	}
	CHILD_NEEDS(r == 0 && nsmgr_child_wait(child, NULL, &status) == 0 && status.code == 0);
	nsmgr_child_free(child);
	return 0;
}

/* Inside a user namespace of the set nobody can, whatever he is there. */
START_TEST(a_hard_limit_goes_up_with_the_right_to_it_alone)
{
	bool may = prctl(PR_CAPBSET_READ, CAP_SYS_RESOURCE, 0, 0, 0) == 1;

	set_make("web", NSMGR_MASK(NSMGR_USER) | NSMGR_MASK(NSMGR_UTS));
	if (!may)
		fprintf(stderr, "without CAP_SYS_RESOURCE here, only the failure is tried\n");
	ck_assert_child(raise_with, &may);
	set_drop("web");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("start_limits");
	TCase *tcase = suite_case(suite, "start_limits");

	tcase_add_checked_fixture(tcase, command_make, command_drop);
	tcase_add_loop_test(tcase, every_limit_is_what_the_command_has, 0, NSM_ARRAY_SIZE(all));
	tcase_add_test(tcase, the_last_limit_of_a_resource_counts);
	tcase_add_test(tcase, what_is_no_limit_is_refused);
	add_test_needing(NEED_IDS, tcase, the_start_itself_is_not_limited);
	add_test_needing(NEED_MACHINE, tcase, a_hard_limit_goes_up_with_the_right_to_it_alone);
	return suite_run(suite, NEED_ROOT);
}
