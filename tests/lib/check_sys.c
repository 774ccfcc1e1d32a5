/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include "base/fd.h"
#include "lib/dir.h"
#include "lib/init.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t signals_seen;

static void count_signal(int sig)
{
	(void)sig;
	signals_seen++;
}

static int clone_unseen(void *data)
{
	struct sigaction action = { .sa_handler = count_signal };
	int pidfd = -EBADF, status = 0;
	pid_t pid;

	(void)data;
	sigaction(SIGCHLD, &action, NULL);
	pid = nsm_sys_clone(&pidfd);
	if (pid == 0)
		_exit(pidfd == -EBADF ? 7 : 8);
	CHILD_NEEDS(pid > 0 && pidfd >= 0);
	CHILD_NEEDS(fcntl(pidfd, F_GETFD) == FD_CLOEXEC);
	while (!nsm_pidfd_has_ended(pidfd))
		poll(&(struct pollfd){ .fd = pidfd, .events = POLLIN }, 1, -1);
	/* It is a zombie now, and nobody was told. */
	CHILD_NEEDS(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
	CHILD_NEEDS(waitpid(pid, &status, __WALL) == pid && WEXITSTATUS(status) == 7);
	CHILD_NEEDS(signals_seen == 0);
	nsm_close(&pidfd);
	return 0;
}

START_TEST(a_helper_process_is_seen_neither_by_a_handler_nor_by_a_wait_for_anybody)
{
	ck_assert_child(clone_unseen, NULL);
}
END_TEST

static int end_by_pidfd(void *data)
{
	int pidfd = -EBADF, status = 0;
	pid_t pid = nsm_sys_clone(&pidfd);

	(void)data;
	if (pid == 0)
		for (;;)
			pause();
	CHILD_NEEDS(!nsm_pidfd_has_ended(pidfd));
	nsm_pidfd_end(pidfd);
	CHILD_NEEDS(nsm_pidfd_has_ended(pidfd));
	CHILD_NEEDS(waitpid(pid, &status, __WALL) == pid && WTERMSIG(status) == SIGKILL);
	/* Twice does no harm. */
	nsm_pidfd_end(pidfd);
	CHILD_NEEDS(nsm_pidfd_has_ended(pidfd));
	nsm_close(&pidfd);
	CHILD_NEEDS(nsm_sys_pidfd_open(pid) == -ESRCH);
	return 0;
}

START_TEST(a_process_is_ended_by_its_pidfd)
{
	ck_assert_child(end_by_pidfd, NULL);
}
END_TEST

static int close_some(void *data)
{
	int base;

	(void)data;
	base = fcntl(0, F_DUPFD, 100);
	CHILD_NEEDS(base >= 100);
	for (int i = 1; i < 6; i++)
		CHILD_NEEDS(dup2(0, base + i) == base + i);
	CHILD_NEEDS(nsm_sys_close_range((unsigned)base + 1, (unsigned)base + 2, true) == 0);
	CHILD_NEEDS(fcntl(base, F_GETFD) == 0 && fcntl(base + 3, F_GETFD) == 0);
	CHILD_NEEDS(fcntl(base + 1, F_GETFD) == FD_CLOEXEC && fcntl(base + 2, F_GETFD) == FD_CLOEXEC);
	CHILD_NEEDS(nsm_sys_close_range((unsigned)base + 4, ~0u, false) == 0);
	CHILD_NEEDS(fcntl(base + 3, F_GETFD) == 0);
	CHILD_NEEDS(fcntl(base + 4, F_GETFD) < 0 && fcntl(base + 5, F_GETFD) < 0);
	/* An empty range is none. */
	CHILD_NEEDS(nsm_sys_close_range((unsigned)base + 1, (unsigned)base, false) == 0);
	CHILD_NEEDS(fcntl(base, F_GETFD) == 0 && fcntl(base + 1, F_GETFD) >= 0);
	return 0;
}

START_TEST(a_range_of_descriptors_is_closed_or_marked_and_no_other)
{
	ck_assert_child(close_some, NULL);
}
END_TEST

START_TEST(exactly_one_rename_wins)
{
	const unsigned flags = NSM_RENAME_NOREPLACE;
	const char *name = in_dir("c");

	make_dir(in_dir("a"), 0755);
	make_dir(in_dir("b"), 0755);
	ck_assert_int_eq(nsm_sys_renameat2(AT_FDCWD, in_dir("a"), AT_FDCWD, name, flags), 0);
	ck_assert_int_eq(nsm_sys_renameat2(AT_FDCWD, in_dir("b"), AT_FDCWD, name, flags), -EEXIST);
	ck_assert(path_exists(in_dir("b")));
}
END_TEST

START_TEST(statx_says_what_stat_says)
{
	struct nsm_statx stx;
	struct stat st;

	put_text(in_dir("file"), "12345");
	ck_assert_int_eq(chown(in_dir("file"), 42, 43), 0);
	ck_assert_int_eq(nsm_sys_statx(AT_FDCWD, in_dir("file"), 0, NSM_STATX_BASIC | NSM_STATX_MNT_ID, &stx), 0);
	ck_assert_int_eq(stat(in_dir("file"), &st), 0);
	ck_assert_uint_eq(stx.stx_ino, st.st_ino);
	ck_assert_uint_eq(stx.stx_mode, st.st_mode);
	ck_assert_uint_eq(stx.stx_uid, 42);
	ck_assert_uint_eq(stx.stx_gid, 43);
	ck_assert_uint_eq(stx.stx_size, 5);
	ck_assert_uint_ne(stx.stx_mask & NSM_STATX_MNT_ID, 0);
	ck_assert_uint_ne(stx.stx_mnt_id, 0);
	ck_assert_int_eq(nsm_sys_statx(AT_FDCWD, in_dir("none"), 0, NSM_STATX_BASIC, &stx), -ENOENT);
}
END_TEST

START_TEST(a_directory_of_any_size_is_read_without_dots)
{
	enum { COUNT = 1000 };
	static bool seen[COUNT];
	const struct nsm_dirent *entry;
	struct nsm_dir dir;
	nsm_autoclose int fd = -EBADF;
	int number, count = 0, r;

	make_dir(in_dir("many"), 0755);
	for (int i = 0; i < COUNT; i++)
		put_text(in_dir("many/a-name-that-fills-the-buffer-%04d", i), "");
	fd = open(in_dir("many"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	nsm_dir_begin(&dir, fd);
	while ((r = nsm_dir_next(&dir, &entry)) > 0) {
		ck_assert_int_eq(sscanf(entry->d_name, "a-name-that-fills-the-buffer-%d", &number), 1);
		ck_assert(!seen[number]);
		seen[number] = true;
		count++;
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_eq(count, COUNT);
	nsm_dir_begin(&dir, -EBADF);
	ck_assert_int_eq(nsm_dir_next(&dir, &entry), -EBADF);
}
END_TEST

START_TEST(blocked_signals_are_restored_as_they_were)
{
	sigset_t one, old, now;

	sigemptyset(&one);
	sigaddset(&one, SIGUSR2);
	sigprocmask(SIG_BLOCK, &one, &old);
	nsm_sys_block_signals(&one);
	sigprocmask(SIG_SETMASK, NULL, &now);
	ck_assert(sigismember(&now, SIGTERM) && sigismember(&now, SIGUSR1));
	ck_assert(sigismember(&one, SIGUSR2) && !sigismember(&one, SIGTERM));
	nsm_sys_restore_signals(&one);
	sigprocmask(SIG_SETMASK, &old, &now);
	ck_assert(sigismember(&now, SIGUSR2) && !sigismember(&now, SIGTERM));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sys");
	TCase *tcase = suite_case(suite, "sys");

	tcase_add_test(tcase, a_helper_process_is_seen_neither_by_a_handler_nor_by_a_wait_for_anybody);
	tcase_add_test(tcase, a_process_is_ended_by_its_pidfd);
	tcase_add_test(tcase, a_range_of_descriptors_is_closed_or_marked_and_no_other);
	tcase_add_test(tcase, exactly_one_rename_wins);
	add_test_needing(NEED_IDS, tcase, statx_says_what_stat_says);
	tcase_add_test(tcase, a_directory_of_any_size_is_read_without_dots);
	tcase_add_test(tcase, blocked_signals_are_restored_as_they_were);
	return suite_run(suite, NEED_ROOT);
}
