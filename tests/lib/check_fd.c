/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include "base/fd.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

START_TEST(closing_keeps_errno_and_leaves_nothing_to_close_again)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC), number = fd;

	errno = EXDEV;
	nsm_close(&fd);
	ck_assert_int_eq(errno, EXDEV);
	ck_assert_int_eq(fd, -EBADF);
	ck_assert_int_eq(fcntl(number, F_GETFD), -1);
	/* A number that is somebody else's by now is not closed. */
	errno = 0;
	nsm_close(&fd);
	ck_assert_int_eq(errno, 0);
	fd = -ENOENT; /* a result that is no descriptor */
	nsm_close(&fd);
	ck_assert_int_eq(fd, -EBADF);
}
END_TEST

START_TEST(a_scope_closes_what_was_opened_in_it)
{
	int number;

	{
		nsm_autoclose int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

		number = fd;
		ck_assert_int_ge(number, 0);
	}
	ck_assert_int_eq(fcntl(number, F_GETFD), -1);
}
END_TEST

START_TEST(a_text_is_read_whole_or_refused)
{
	char buf[8];

	put_text(in_dir("file"), "1234567");
	ck_assert_int_eq(nsm_read_text_at(AT_FDCWD, in_dir("file"), buf, sizeof(buf)), 7);
	ck_assert_str_eq(buf, "1234567");
	put_text(in_dir("file"), "12345678");
	ck_assert_int_eq(nsm_read_text_at(AT_FDCWD, in_dir("file"), buf, sizeof(buf)), -EFBIG);
	put_text(in_dir("file"), "");
	ck_assert_int_eq(nsm_read_text_at(AT_FDCWD, in_dir("file"), buf, sizeof(buf)), 0);
	ck_assert_str_eq(buf, "");
	ck_assert_int_eq(nsm_read_text_at(AT_FDCWD, in_dir("none"), buf, sizeof(buf)), -ENOENT);
	ck_assert_int_eq(nsm_read_text_at(AT_FDCWD, fixture.dir, buf, sizeof(buf)), -EISDIR);
}
END_TEST

START_TEST(of_a_long_line_the_beginning_is_read)
{
	char text[10000], buf[600], *p = text;

	memcpy(p, "a\n", 2);
	memset(p += 2, 'b', 9000);
	strcpy(p + 9000, "\nc\n");
	put_text(in_dir("file"), text);
	ck_assert_int_eq(nsm_read_lines_at(AT_FDCWD, in_dir("file"), buf, sizeof(buf)), 2 + NSM_LINE_SIZE + 3);
	ck_assert_int_eq(memcmp(buf, text, 2 + NSM_LINE_SIZE), 0);
	ck_assert_str_eq(buf + 2 + NSM_LINE_SIZE, "\nc\n");
	/* As with a text, room for the NUL. */
	ck_assert_int_eq(nsm_read_lines_at(AT_FDCWD, in_dir("file"), buf, 2 + NSM_LINE_SIZE + 4), 2 + NSM_LINE_SIZE + 3);
	ck_assert_int_eq(nsm_read_lines_at(AT_FDCWD, in_dir("file"), buf, 2 + NSM_LINE_SIZE + 3), -EFBIG);
	ck_assert_int_eq(nsm_read_lines_at(AT_FDCWD, in_dir("none"), buf, sizeof(buf)), -ENOENT);
	ck_assert_int_eq(nsm_read_lines_at(AT_FDCWD, fixture.dir, buf, sizeof(buf)), -EISDIR);
}
END_TEST

static void do_nothing(int sig)
{
	(void)sig;
}

/* Writes in pieces, each when a signal has met the reader. */
static int write_slowly(void *data)
{
	int fd = *(int *)data;

	for (int i = 0; i < 3; i++) {
		kill(getppid(), SIGUSR1);
		CHILD_NEEDS(write(fd, "ab", 2) == 2);
	}
	return 0;
}

static int read_slow_writer(void *data)
{
	struct sigaction action = { .sa_handler = do_nothing };
	char buf[16];
	int fds[2];
	pid_t pid;

	(void)data;
	sigaction(SIGUSR1, &action, NULL); /* without SA_RESTART */
	CHILD_NEEDS(pipe(fds) == 0);
	pid = fork();
	if (pid == 0)
		_exit(write_slowly(&fds[1]));
	close(fds[1]);
	CHILD_NEEDS(nsm_read_text(fds[0], buf, sizeof(buf)) == 6);
	CHILD_NEEDS(strcmp(buf, "ababab") == 0);
	return 0;
}

START_TEST(pieces_and_signals_do_not_end_a_read)
{
	ck_assert_child(read_slow_writer, NULL);
}
END_TEST

START_TEST(a_text_is_written_only_to_a_file_that_exists)
{
	char buf[16];

	ck_assert_int_eq(nsm_write_text_at(AT_FDCWD, in_dir("none"), "x"), -ENOENT);
	ck_assert(!path_exists(in_dir("none")));
	put_text(in_dir("file"), "abcdef");
	ck_assert_int_eq(nsm_write_text_at(AT_FDCWD, in_dir("file"), "xy"), 0);
	/* As to a proc file: nothing is truncated. */
	ck_assert_int_eq(nsm_read_text_at(AT_FDCWD, in_dir("file"), buf, sizeof(buf)), 6);
	ck_assert_str_eq(buf, "xycdef");
}
END_TEST

START_TEST(a_write_that_takes_only_a_part_is_an_error)
{
	/* KERNEL R21: a map is one write or none. */
	int fds[2], r;
	static char much[1 << 20];

	ck_assert_int_eq(pipe2(fds, O_CLOEXEC | O_NONBLOCK), 0);
	r = nsm_write_once(fds[1], much, sizeof(much));
	ck_assert_int_eq(r, -EIO);
	ck_assert_int_eq(nsm_write_once(fds[1], much, sizeof(much)), -EAGAIN);
	ck_assert_int_eq(nsm_write_once(-1, much, 1), -EBADF);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("fd");
	TCase *tcase = suite_case(suite, "fd");

	tcase_add_test(tcase, closing_keeps_errno_and_leaves_nothing_to_close_again);
	tcase_add_test(tcase, a_scope_closes_what_was_opened_in_it);
	tcase_add_test(tcase, a_text_is_read_whole_or_refused);
	tcase_add_test(tcase, of_a_long_line_the_beginning_is_read);
	tcase_add_test(tcase, pieces_and_signals_do_not_end_a_read);
	tcase_add_test(tcase, a_text_is_written_only_to_a_file_that_exists);
	tcase_add_test(tcase, a_write_that_takes_only_a_part_is_an_error);
	return suite_run(suite, NEED_NOTHING);
}
