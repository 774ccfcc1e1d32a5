/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include "lib/store.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int open_and_close(bool make, bool force)
{
	nsm_autostore struct nsm_store store = NSM_STORE_INIT;
	int r = nsm_store_open_rw(fixture.ctx, make, force, &store);

	return r < 0 ? r : nsm_store_begin_changes(&store);
}

/* The optional fields of a mount's line in mountinfo: "shared:1 master:2 ", or "". proc_pid_mountinfo(5) */
static const char *propagation_of(const char *path)
{
	static char fields[256];
	char line[8192], point[4096];
	FILE *mounts = fopen("/proc/self/mountinfo", "re");

	strcpy(fields, "no mount");
	while (fgets(line, sizeof(line), mounts)) {
		int options = 0;
		char *end = strstr(line, " - ");

		if (!end || sscanf(line, "%*s %*s %*s %*s %4095s %*s %n", point, &options) != 1 ||
		    strcmp(point, path) != 0)
			continue;
		end[1] = '\0';
		snprintf(fields, sizeof(fields), "%s", line + options);
	}
	fclose(mounts);
	return fields;
}

START_TEST(opening_for_reading_makes_and_mounts_nothing)
{
	struct nsm_store store;

	ck_assert_int_eq(nsm_store_open(fixture.ctx, &store), -ENOENT);
	ck_assert(!path_exists(fixture.root));
	ck_assert_int_eq(open_and_close(false, false), -ENOENT);
	ck_assert(!path_exists(fixture.root));
	make_dir(fixture.root, 0755);
	ck_assert_int_eq(nsm_store_open(fixture.ctx, &store), 0);
	nsm_store_close(&store);
	ck_assert_int_eq(mounts_below(fixture.root), 0);
	ck_assert(!path_exists(in_root(".store")));
}
END_TEST

/* KERNEL R4: a private mount on itself, made once. */
START_TEST(the_root_is_mounted_once_and_private)
{
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(open_and_close(true, false), 0);
	ck_assert_int_eq(mounts_below(fixture.root), 1);
	ck_assert_str_eq(propagation_of(fixture.root), "");
}
END_TEST

START_TEST(the_root_is_private_also_where_everything_is_shared)
{
	make_dir(in_dir("shared"), 0755);
	ck_assert_int_eq(mount("none", in_dir("shared"), "tmpfs", 0, "mode=755"), 0);
	ck_assert_int_eq(mount(NULL, in_dir("shared"), NULL, MS_SHARED, NULL), 0);
	ck_assert_int_eq(nsmgr_set_root(fixture.ctx, in_dir("shared/store")), 0);
	ck_assert_int_eq(open_and_close(true, false), 0);
	ck_assert_str_eq(propagation_of(in_dir("shared/store")), "");
	ck_assert_int_eq(mounts_below(in_dir("shared/store")), 1);
	ck_assert_int_eq(umount2(in_dir("shared"), MNT_DETACH), 0);
}
END_TEST

START_TEST(a_root_that_is_a_mount_already_is_taken_as_it_is)
{
	make_dir(fixture.root, 0755);
	ck_assert_int_eq(mount("none", fixture.root, "tmpfs", 0, "mode=755"), 0);
	ck_assert_int_eq(mount(NULL, fixture.root, NULL, MS_SHARED, NULL), 0);
	ck_assert_int_eq(open_and_close(true, false), 0);
	ck_assert_int_eq(mounts_below(fixture.root), 1);
	ck_assert_str_eq(propagation_of(fixture.root), "");
}
END_TEST

static int open_when_told(void *data)
{
	char go;

	CHILD_NEEDS(read(*(int *)data, &go, 1) == 0);
	CHILD_NEEDS(open_and_close(true, false) == 0);
	return 0;
}

/* LESSONS pain 2: racing first use stacked mounts elsewhere. */
START_TEST(fifty_first_users_at_once_leave_one_mount)
{
	int gate[2], failures = 0, status;
	pid_t pids[50];

	ck_assert_int_eq(pipe2(gate, O_CLOEXEC), 0);
	for (int i = 0; i < 50; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			close(gate[1]);
			_exit(open_when_told(&gate[0]));
		}
	}
	close(gate[0]);
	close(gate[1]);
	for (int i = 0; i < 50; i++)
		failures += waitpid(pids[i], &status, 0) != pids[i] || status != 0;
	ck_assert_int_eq(failures, 0);
	ck_assert_int_eq(mounts_below(fixture.root), 1);
}
END_TEST

START_TEST(its_files_have_their_modes_whatever_the_umask)
{
	mode_t old = umask(0);
	struct stat st;
	int r = open_and_close(true, false);

	umask(old);
	ck_assert_int_eq(r, 0);
	ck_assert_int_eq(stat(fixture.root, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0755);
	ck_assert_int_eq(stat(in_root(".lock"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_int_eq(stat(in_root(".store"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0644);
	ck_assert_int_eq(stat(in_root(".stage"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0700);
}
END_TEST

START_TEST(it_is_readable_under_a_strict_umask)
{
	mode_t old = umask(077);
	struct stat st;
	int r = open_and_close(true, false);

	umask(old);
	ck_assert_int_eq(r, 0);
	ck_assert_int_eq(stat(fixture.root, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0755);
	ck_assert_int_eq(stat(in_root(".store"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0644);
}
END_TEST

START_TEST(a_lock_is_exclusive_or_shared)
{
	nsm_autostore struct nsm_store one = NSM_STORE_INIT, other = NSM_STORE_INIT;
	struct nsm_store *stores[] = { &one, &other };

	for (size_t i = 0; i < 2; i++)
		ck_assert_int_eq(nsm_store_open_rw(fixture.ctx, true, false, stores[i]), 0);
	ck_assert_int_eq(nsm_store_lock(&one, false), 0);
	ck_assert_int_eq(nsm_store_lock(&other, false), 0);
	nsm_store_unlock(&one);
	nsm_store_unlock(&other);
	ck_assert_int_eq(nsm_store_lock(&one, true), 0);
	nsm_store_unlock(&one);
	ck_assert_int_eq(nsm_store_lock(&other, true), 0);
}
END_TEST

START_TEST(a_lock_that_is_a_link_is_not_followed)
{
	ck_assert_int_eq(open_and_close(true, false), 0);
	unlink(in_root(".lock"));
	ck_assert_int_eq(symlink(in_dir("victim"), in_root(".lock")), 0);
	nsm_autostore struct nsm_store store = NSM_STORE_INIT;
	ck_assert_int_eq(nsm_store_open_rw(fixture.ctx, true, false, &store), 0);
	ck_assert_int_eq(nsm_store_lock(&store, true), -EINVAL);
	ck_assert(!path_exists(in_dir("victim")));
	nsm_store_close(&store);
	unlink(in_root(".lock"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("store");
	TCase *tcase = suite_case(suite, "store");

	tcase_add_test(tcase, opening_for_reading_makes_and_mounts_nothing);
	tcase_add_test(tcase, the_root_is_mounted_once_and_private);
	tcase_add_test(tcase, the_root_is_private_also_where_everything_is_shared);
	tcase_add_test(tcase, a_root_that_is_a_mount_already_is_taken_as_it_is);
	tcase_add_test(tcase, fifty_first_users_at_once_leave_one_mount);
	tcase_add_test(tcase, its_files_have_their_modes_whatever_the_umask);
	tcase_add_test(tcase, it_is_readable_under_a_strict_umask);
	tcase_add_test(tcase, a_lock_is_exclusive_or_shared);
	tcase_add_test(tcase, a_lock_that_is_a_link_is_not_followed);
	return suite_run(suite, NEED_ROOT);
}
