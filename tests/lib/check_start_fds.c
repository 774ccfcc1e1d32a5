/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"
#include "fixture.h"

#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* The files of a directory, opened under chosen numbers: each holds its letter. */
static int open_letter(char letter, int number)
{
	char text[2] = { letter, '\0' };
	const char *path = in_dir("%c", letter);
	int fd;

	put_text(path, text);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	if (fd != number) {
		ck_assert_int_eq(dup3(fd, number, O_CLOEXEC), number);
		close(fd);
	}
	return number;
}

/* The numbers that are open in the shell itself, and what is in those above 2. /proc may be that of another pid namespace. */
static const char numbers[] = "for n in $(seq 0 400); do test -e /proc/self/fd/$n && echo -n \"$n \"; done; true";
static const char letters[] = "for n in $(seq 3 100); do test -e /proc/self/fd/$n && "
			      "echo -n \"$n$(cat /proc/self/fd/$n) \"; done; true";

START_TEST(two_descriptors_change_places)
{
	open_letter('a', 40);
	open_letter('b', 41);
	ck_assert_int_eq(nsmgr_command_give_fd(command, 40, 41), 0);
	ck_assert_int_eq(nsmgr_command_give_fd(command, 41, 40), 0);
	ck_assert_str_eq(output_of(NULL, letters), "40b 41a ");
	/* The caller's are as they were. */
	ck_assert_int_eq(fcntl(40, F_GETFD), FD_CLOEXEC);
	close(40);
	close(41);
}
END_TEST

START_TEST(whatever_numbers_are_asked_for_are_had)
{
	char expected[400] = "";

	open_letter('a', 30);
	open_letter('b', 31);
	/* All low ones, which the start uses itself. */
	for (int i = 3; i < 26; i++) {
		ck_assert_int_eq(nsmgr_command_give_fd(command, i % 2 ? 30 : 31, i), 0);
		snprintf(expected + strlen(expected), 8, "%d%c ", i, i % 2 ? 'a' : 'b');
	}
	nsmgr_command_parent_death(command, 15);
	ck_assert_str_eq(output_of(NULL, letters), expected);
	close(30);
	close(31);
}
END_TEST

START_TEST(the_standard_ones_can_be_given_too_and_the_last_word_counts)
{
	open_letter('a', 50);
	ck_assert_int_eq(nsmgr_command_stdio(command, 0, NSMGR_STDIO_PIPE), 0);
	ck_assert_int_eq(nsmgr_command_give_fd(command, 50, 0), 0);
	ck_assert_str_eq(output_of(NULL, "cat"), "a");
	ck_assert_int_eq(nsmgr_command_stdio(command, 0, NSMGR_STDIO_NULL), 0);
	ck_assert_str_eq(output_of(NULL, "readlink /proc/$$/fd/0; cat"), "/dev/null\n");
	ck_assert_int_eq(nsmgr_command_stdio(command, 0, NSMGR_STDIO_INHERIT), 0);
	ck_assert_int_eq(nsmgr_command_give_fd(command, 50, 7), 0);
	ck_assert_int_eq(nsmgr_command_give_fd(command, 0, 7), 0);
	ck_assert_str_eq(output_of(NULL, "test /proc/$$/fd/0 -ef /proc/$$/fd/7 && echo same"), "same\n");
	close(50);
}
END_TEST

START_TEST(the_command_reads_what_is_written_to_its_pipe)
{
	struct nsmgr_child *child;
	char buf[16] = "";

	ck_assert_int_eq(nsmgr_command_stdio(command, 0, NSMGR_STDIO_PIPE), 0);
	ck_assert_int_eq(nsmgr_command_stdio(command, 2, NSMGR_STDIO_PIPE), 0);
	child = start_shell(NULL, "read word; echo $word >&2");
	ck_assert_int_eq(write(nsmgr_child_pipe(child, 0, false), "hello\n", 6), 6);
	ck_assert_int_eq(read(nsmgr_child_pipe(child, 2, false), buf, sizeof(buf) - 1), 6);
	ck_assert_str_eq(buf, "hello\n");
	ck_assert_int_eq(status_of(child), 0);
}
END_TEST

/* LESSONS security 3 and 18. */
START_TEST(all_others_are_closed_with_a_set_and_without)
{
	unsigned masks[] = { 0, NSMGR_MASK(NSMGR_UTS), NSMGR_MASK(NSMGR_PID), NSMGR_MASK_ALL };
	struct nsmgr_set *set = NULL;

	for (int fd = 60; fd < 70; fd++)
		ck_assert_int_eq(dup2(0, fd), fd);
	ck_assert_int_eq(nsmgr_command_preserve_fd(command, 66), 0);
	ck_assert_int_eq(nsmgr_command_preserve_fd(command, 66), 0);
	if (masks[_i]) {
		set_make("web", masks[_i]);
		set = set_open("web");
	}
	for (int again = 0; again < 2; again++)
		ck_assert_str_eq(output_of(set, numbers), "0 1 2 66 ");
	nsmgr_set_close(set);
	if (masks[_i])
		set_drop("web");
	for (int fd = 60; fd < 70; fd++)
		close(fd);
}
END_TEST

static int start_without_standard_ones(void *data)
{
	const char *const argv[] = { "/bin/sh", "-c", numbers, NULL };
	struct nsmgr_output output;
	struct nsmgr_child *child;

	(void)data;
	close(0);
	close(2);
	CHILD_NEEDS(nsmgr_command_stdio(command, 1, NSMGR_STDIO_PIPE) == 0);
	CHILD_NEEDS(nsmgr_command_start(command, NULL, argv, &child) == 0);
	CHILD_NEEDS(nsmgr_child_output(child, NULL, 1000, &output, NULL) == 0);
	CHILD_NEEDS(strcmp(output.out, "1 ") == 0);
	nsmgr_output_clear(&output);
	nsmgr_child_free(child);
	CHILD_NEEDS(nsmgr_command_stdio(command, 0, NSMGR_STDIO_NULL) == 0);
	CHILD_NEEDS(nsmgr_command_stdio(command, 2, NSMGR_STDIO_PIPE) == 0);
	CHILD_NEEDS(nsmgr_command_start(command, NULL, argv, &child) == 0);
	CHILD_NEEDS(nsmgr_child_output(child, NULL, 1000, &output, NULL) == 0);
	CHILD_NEEDS(strcmp(output.out, "0 1 2 ") == 0 && output.err_size == 0);
	nsmgr_output_clear(&output);
	nsmgr_child_free(child);
	CHILD_NEEDS(fcntl(0, F_GETFD) < 0 && fcntl(2, F_GETFD) < 0);
	return 0;
}

START_TEST(a_caller_without_standard_descriptors_is_served_too)
{
	ck_assert_child(start_without_standard_ones, NULL);
}
END_TEST

START_TEST(what_cannot_be_given_is_refused)
{
	int full = fcntl(0, F_DUPFD_CLOEXEC, 70);

	ck_assert_int_eq(nsmgr_command_stdio(command, 3, NSMGR_STDIO_NULL), -EINVAL);
	ck_assert_int_eq(nsmgr_command_stdio(command, -1, NSMGR_STDIO_NULL), -EINVAL);
	ck_assert_int_eq(nsmgr_command_give_fd(command, 900, 5), -EBADF);
	ck_assert_int_eq(nsmgr_command_give_fd(command, 0, 1024), -EBADF);
	ck_assert_int_eq(nsmgr_command_give_fd(command, 0, -1), -EBADF);
	for (int i = 0; i < 256; i++)
		ck_assert_int_eq(nsmgr_command_give_fd(command, 0, 100 + i), 0);
	ck_assert_int_eq(nsmgr_command_give_fd(command, 0, 400), -E2BIG);
	ck_assert_int_eq(nsmgr_command_give_fd(command, full, 100), 0);
	ck_assert_int_eq(status_of(start_shell(NULL, "test -e /proc/$$/fd/355 && ! test -e /proc/$$/fd/356")), 0);
	/* Closed since. */
	close(full);
	assert_start_fails(NULL, "true", EBADF, "descriptors", NSMGR_TYPE_NONE);
}
END_TEST

static int give_at_the_limit(void *data)
{
	const char *const argv[] = { "/bin/sh", "-c", "test -e /proc/$$/fd/63", NULL };
	struct nsmgr_status status;
	struct nsmgr_child *child;

	(void)data;
	CHILD_NEEDS(setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 64, 64 }) == 0);
	CHILD_NEEDS(nsmgr_command_give_fd(command, 0, 63) == 0);
	CHILD_NEEDS(nsmgr_command_start(command, NULL, argv, &child) == 0);
	CHILD_NEEDS(nsmgr_child_wait(child, NULL, &status) == 0 && status.code == 0 && status.signal == 0);
	nsmgr_child_free(child);
	CHILD_NEEDS(nsmgr_command_give_fd(command, 0, 64) == 0);
	CHILD_NEEDS(nsmgr_command_start(command, NULL, argv, &child) == -EMFILE);
	CHILD_NEEDS(has_no_children());
	return 0;
}

START_TEST(the_highest_number_of_the_limit_can_be_given)
{
	ck_assert_child(give_at_the_limit, NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("start_fds");
	TCase *tcase = suite_case(suite, "start_fds");

	tcase_add_checked_fixture(tcase, command_make, command_drop);
	tcase_add_test(tcase, two_descriptors_change_places);
	tcase_add_test(tcase, whatever_numbers_are_asked_for_are_had);
	tcase_add_test(tcase, the_standard_ones_can_be_given_too_and_the_last_word_counts);
	tcase_add_test(tcase, the_command_reads_what_is_written_to_its_pipe);
	tcase_add_loop_test(tcase, all_others_are_closed_with_a_set_and_without, 0, 4);
	tcase_add_test(tcase, a_caller_without_standard_descriptors_is_served_too);
	tcase_add_test(tcase, what_cannot_be_given_is_refused);
	tcase_add_test(tcase, the_highest_number_of_the_limit_can_be_given);
	return suite_run(suite, NEED_ROOT);
}
