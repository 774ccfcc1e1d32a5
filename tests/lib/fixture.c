/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct fixture fixture;

static char base[40]; /* of the program: the tests' directories are below it */
static char before[PORTRAIT_SIZE];

static void set_up(void)
{
	static unsigned number;

	snprintf(fixture.dir, sizeof(fixture.dir), "%s/%d-%u", base, (int)getpid(), number++);
	snprintf(fixture.root, sizeof(fixture.root), "%s/store", fixture.dir);
	make_dir(fixture.dir, 0755);
	ck_assert_int_eq(nsmgr_new(&fixture.ctx), 0);
	ck_assert_int_eq(nsmgr_set_root(fixture.ctx, fixture.root), 0);
	portrait_take(before, sizeof(before));
}

static void tear_down(void)
{
	static char after[PORTRAIT_SIZE];
	int allowed;

	nsmgr_unref(fixture.ctx);
	fixture.ctx = NULL;
	/* A thread that was joined is counted for a moment longer: its end is told before it leaves the process. */
	for (int looks = 0; looks < 1000; looks++) {
		portrait_take(after, sizeof(after));
		if (strcmp(before, after) == 0)
			break;
		sched_yield();
	}
	ck_assert_str_eq(before, after);
	ck_assert_msg(has_no_children(), "a child process is left");
	assert_store_is_empty();
	/* The store's own mount stays, once. */
	allowed = mounts_below(fixture.root) > 0;
	ck_assert_int_eq(mounts_below(fixture.dir), allowed);
	clear_away(fixture.dir);
	ck_assert(!path_exists(fixture.dir));
}

TCase *suite_case(Suite *suite, const char *name)
{
	TCase *tcase = tcase_create(name);

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 60);
	suite_add_tcase(suite, tcase);
	return tcase;
}

/* ---- the program ---- */

static int can_mount(void *data)
{
	(void)data;
	return unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0;
}

static bool is_set(const char *variable)
{
	const char *value = getenv(variable);

	return value && *value && strcmp(value, "0") != 0;
}

/* Orphans of the tests come to us: a keeper that outlived its set is found alive here. The dead are those of sets that
 * were removed. */
static bool end_orphans(void)
{
	int count = 0;
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG | __WALL)) > 0)
		;
	if (pid < 0)
		return true;
	for (;;) {
		char path[64], line[4096], *end = NULL;
		FILE *children;

		snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
		children = fopen(path, "re");
		if (!children || !fgets(line, sizeof(line), children))
			line[0] = '\0';
		if (children)
			fclose(children);
		for (char *p = line; (pid = (pid_t)strtol(p, &end, 10)) > 0; p = end, count++)
			kill(pid, SIGKILL);
		if (!*line || waitpid(-1, NULL, __WALL) < 0)
			break;
	}
	fprintf(stderr, "%d processes were left behind\n", count);
	return false;
}

int suite_run(Suite *suite, enum need need)
{
	SRunner *runner = srunner_create(suite);
	bool forks = srunner_fork_status(runner) == CK_FORK;
	const char *dir = getenv("TMPDIR");
	int failures, ran;

	if (need == NEED_ROOT && (geteuid() != 0 || child_status(can_mount, NULL) != 0)) {
		fprintf(stderr, "SKIPPED: namespaces and mounts need root and CAP_SYS_ADMIN\n");
		srunner_free(runner);
		return is_set("NSMGR_MUST_WORK") ? 1 : 77;
	}
	/* One that leaves no room for the names of tests is not taken. */
	if (!dir || *dir != '/' || snprintf(base, sizeof(base), "%s/nsmgr-check-XXXXXX", dir) >= (int)sizeof(base))
		strcpy(base, "/tmp/nsmgr-check-XXXXXX");
	umask(022);
	if (!mkdtemp(base) || chmod(base, 0755) < 0) {
		perror(base);
		return 1;
	}
	if (forks)
		prctl(PR_SET_CHILD_SUBREAPER, 1);
	srunner_run_all(runner, CK_ENV);
	failures = srunner_ntests_failed(runner);
	ran = srunner_ntests_run(runner);
	srunner_free(runner);
	clear_away(base);
	if (forks && !end_orphans())
		failures++;
	if (tests_skipped() && is_set("NSMGR_MUST_WORK") && !getenv("NSMGR_LACKS"))
		failures++;
	return failures ? 1 : ran ? 0 : 77;
}
