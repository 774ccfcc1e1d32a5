/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "maps.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define OWNER 65534u /* newuidmap wants a user with a name: nobody */

struct unprivileged {
	int (*run)(pid_t pid);
	const char *subids; /* of OWNER's */
};

/* The files that newuidmap and newgidmap ask, as a mount namespace of our own has them. */
static int put_subids(const char *subids)
{
	CHILD_NEEDS(unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	put_text(in_dir("subid"), subids);
	CHILD_NEEDS(mount(in_dir("subid"), "/etc/subuid", NULL, MS_BIND, NULL) == 0);
	CHILD_NEEDS(mount(in_dir("subid"), "/etc/subgid", NULL, MS_BIND, NULL) == 0);
	return 0;
}

static int run_unprivileged(void *data)
{
	const struct unprivileged *job = data;
	int ready[2], r;
	char byte;
	pid_t pid;

	CHILD_NEEDS(put_subids(job->subids) == 0);
	CHILD_NEEDS(setgid(OWNER) == 0 && setuid(OWNER) == 0 && prctl(PR_SET_DUMPABLE, 1) == 0);
	CHILD_NEEDS(pipe2(ready, O_CLOEXEC) == 0);
	pid = fork();
	if (pid == 0) {
		if (unshare(CLONE_NEWUSER) < 0 || write(ready[1], "r", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	CHILD_NEEDS(pid > 0 && read(ready[0], &byte, 1) == 1);
	r = job->run(pid);
	CHILD_NEEDS(kill(pid, SIGKILL) == 0 && waitpid(pid, NULL, 0) == pid && has_no_children());
	return r;
}

static int map_by_helpers(pid_t pid)
{
	static const struct nsmgr_extent extents[] = { { 0, OWNER, 1 }, { 1, 300000, 1000 } };

	CHILD_NEEDS(nsmgr_write_map(fixture.ctx, pid, NSMGR_UID, extents, 2) == 0);
	CHILD_NEEDS(nsmgr_write_map(fixture.ctx, pid, NSMGR_GID, extents, 2) == 0);
	CHILD_NEEDS(strcmp(read_file(pid, "uid_map"), "0 65534 1\n1 300000 1000\n") == 0);
	CHILD_NEEDS(strcmp(read_file(pid, "gid_map"), "0 65534 1\n1 300000 1000\n") == 0);
	CHILD_NEEDS(write_one(pid, NSMGR_UID, 0, OWNER, 1) == -EPERM);
	CHILD_NEEDS(strstr(nsmgr_get_failure(fixture.ctx)->text, "already") != NULL);
	return 0;
}

static int map_what_is_not_given(pid_t pid)
{
	CHILD_NEEDS(write_one(pid, NSMGR_UID, 0, 300000, 1000) == -EPERM);
	/* What newuidmap says. */
	CHILD_NEEDS(strstr(nsmgr_get_failure(fixture.ctx)->text, "newuidmap") != NULL);
	CHILD_NEEDS(strcmp(read_file(pid, "uid_map"), "") == 0);
	return 0;
}

static int map_oneself(pid_t pid)
{
	CHILD_NEEDS(write_one(pid, NSMGR_UID, 0, OWNER, 1) == 0);
	CHILD_NEEDS(nsmgr_write_setgroups(fixture.ctx, pid, false) == 0);
	CHILD_NEEDS(write_one(pid, NSMGR_GID, 0, OWNER, 1) == 0);
	return 0;
}

START_TEST(the_helpers_are_asked_where_the_kernel_refuses)
{
	ck_assert_child(run_unprivileged, (&(struct unprivileged){ map_by_helpers, "65534:300000:65536\n" }));
}
END_TEST

START_TEST(what_the_helpers_refuse_they_explain)
{
	ck_assert_child(run_unprivileged, (&(struct unprivileged){ map_what_is_not_given, "" }));
}
END_TEST

START_TEST(oneself_can_be_mapped_by_anybody)
{
	ck_assert_child(run_unprivileged, (&(struct unprivileged){ map_oneself, "" }));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("map_users");
	TCase *tcase = suite_case(suite, "users");

	add_test_needing(NEED_IDS, tcase, the_helpers_are_asked_where_the_kernel_refuses);
	add_test_needing(NEED_IDS, tcase, what_the_helpers_refuse_they_explain);
	add_test_needing(NEED_IDS, tcase, oneself_can_be_mapped_by_anybody);
	return suite_run(suite, NEED_ROOT);
}
