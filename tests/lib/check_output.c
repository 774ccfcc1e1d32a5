/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"
#include "fixture.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)

static struct nsmgr_output output;
static struct nsmgr_status status;

static struct nsmgr_child *start_piped(const char *line)
{
	ck_assert_int_eq(nsmgr_command_stdio(command, 1, NSMGR_STDIO_PIPE), 0);
	ck_assert_int_eq(nsmgr_command_stdio(command, 2, NSMGR_STDIO_PIPE), 0);
	return start_shell(NULL, line);
}

static void assert_all(const char *text, size_t size, char byte)
{
	ck_assert_uint_eq(size, MIB);
	for (size_t i = 0; i < size; i++)
		if (text[i] != byte)
			ck_abort_msg("byte %zu is %d", i, text[i]);
	ck_assert_int_eq(text[size], '\0');
}

/* A pipe holds 64 KiB: who reads one whole and then the other waits for ever. */
START_TEST(a_mebibyte_on_each_is_read_whole)
{
	static const char *const lines[] = {
		"head -c 1048576 /dev/zero | tr '\\0' o; head -c 1048576 /dev/zero | tr '\\0' e >&2; exit 4",
		"head -c 1048576 /dev/zero | tr '\\0' e >&2; head -c 1048576 /dev/zero | tr '\\0' o; exit 4",
		"head -c 1048576 /dev/zero | tr '\\0' e >&2 & head -c 1048576 /dev/zero | tr '\\0' o; wait; exit 4",
	};
	struct nsmgr_child *child = start_piped(lines[_i]);

	ck_assert_int_eq(nsmgr_child_output(child, NULL, MIB, &output, &status), 0);
	ck_assert_int_eq(status.code, 4);
	assert_all(output.out, output.out_size, 'o');
	assert_all(output.err, output.err_size, 'e');
	nsmgr_output_clear(&output);
	ck_assert(!output.out && !output.err && !output.out_size && !output.err_size);
	nsmgr_child_free(child);
}
END_TEST

START_TEST(nothing_is_an_empty_text_and_no_pipe_is_none)
{
	struct nsmgr_child *child;

	ck_assert_int_eq(nsmgr_command_stdio(command, 2, NSMGR_STDIO_PIPE), 0);
	child = start_shell(NULL, "exit 0");
	ck_assert_int_eq(nsmgr_child_output(child, NULL, 0, &output, NULL), 0);
	ck_assert_ptr_null(output.out);
	ck_assert_str_eq(output.err, "");
	nsmgr_output_clear(&output);
	nsmgr_output_clear(NULL);
	/* A second time there is nothing to read any more. */
	ck_assert_int_eq(nsmgr_child_output(child, NULL, 0, &output, &status), 0);
	ck_assert(!output.out && !output.err);
	nsmgr_child_free(child);
}
END_TEST

START_TEST(zero_bytes_are_bytes)
{
	struct nsmgr_child *child = start_piped("printf 'a\\0b'");

	ck_assert_int_eq(nsmgr_child_output(child, NULL, SIZE_MAX, &output, &status), 0);
	ck_assert_uint_eq(output.out_size, 3);
	ck_assert_mem_eq(output.out, "a\0b", 4);
	nsmgr_output_clear(&output);
	nsmgr_child_free(child);
}
END_TEST

START_TEST(its_standard_input_is_closed_first)
{
	struct nsmgr_child *child;

	ck_assert_int_eq(nsmgr_command_stdio(command, 0, NSMGR_STDIO_PIPE), 0);
	child = start_piped("cat; cat >&2; echo end");
	ck_assert_int_eq(write(nsmgr_child_pipe(child, 0, false), "hello\n", 6), 6);
	ck_assert_int_eq(nsmgr_child_output(child, NULL, 100, &output, &status), 0);
	ck_assert_str_eq(output.out, "hello\nend\n");
	nsmgr_output_clear(&output);
	nsmgr_child_free(child);
}
END_TEST

START_TEST(more_than_allowed_kills_it)
{
	struct nsmgr_child *child = start_piped("exec cat /dev/zero");

	output.out = NULL;
	ck_assert_int_eq(nsmgr_child_output(child, NULL, 100000, &output, &status), -EFBIG);
	assert_failure(EFBIG, "output", NSMGR_TYPE_NONE);
	ck_assert_ptr_null(output.out);
	ck_assert(has_no_children());
	ck_assert_int_eq(nsmgr_child_wait(child, NULL, &status), 0);
	ck_assert_int_eq(status.signal, SIGKILL);
	nsmgr_child_free(child);
	/* Exactly that much is allowed. */
	child = start_piped("printf 12345");
	ck_assert_int_eq(nsmgr_child_output(child, NULL, 5, &output, &status), 0);
	nsmgr_output_clear(&output);
	nsmgr_child_free(child);
	child = start_piped("printf 12345");
	ck_assert_int_eq(nsmgr_child_output(child, NULL, 4, &output, &status), -EFBIG);
	nsmgr_child_free(child);
}
END_TEST

START_TEST(the_time_bounds_the_whole)
{
	struct nsmgr_child *child = start_piped("echo before; exec sleep 1000");

	ck_assert_int_eq(poll(&(struct pollfd){ .fd = nsmgr_child_pipe(child, 1, false), .events = POLLIN }, 1, -1), 1);
	ck_assert_int_eq(nsmgr_child_output(child, &(struct timespec){ .tv_nsec = 50000000 }, SIZE_MAX, &output, &status), 0);
	ck_assert_str_eq(output.out, "before\n");
	ck_assert(status.timed_out && status.signal == SIGKILL);
	nsmgr_output_clear(&output);
	nsmgr_child_free(child);
	/* One that has closed both still counts. */
	child = start_piped("exec >/dev/null 2>&1; exec sleep 1000");
	ck_assert_int_eq(nsmgr_child_output(child, &(struct timespec){ .tv_nsec = 50000000 }, SIZE_MAX, &output, &status), 0);
	ck_assert(status.timed_out && status.signal == SIGKILL);
	nsmgr_output_clear(&output);
	nsmgr_child_free(child);
}
END_TEST

/* A daemon that it left holds the pipe: with a time that is not for ever. It ends with the pipe that it reads from. */
START_TEST(somebody_who_keeps_the_pipe_does_not_hold_us_up)
{
	struct nsmgr_child *child;
	int fds[2];

	ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
	ck_assert_int_eq(nsmgr_command_give_fd(command, fds[0], 5), 0);
	child = start_piped("(echo kept; read line <&5) & exit 6");
	close(fds[0]);
	ck_assert_int_eq(nsmgr_child_output(child, &(struct timespec){ .tv_nsec = 100000000 }, SIZE_MAX, &output, &status), 0);
	ck_assert_str_eq(output.out, "kept\n");
	/* It was not the one that took too long. */
	ck_assert(!status.timed_out && status.code == 6);
	nsmgr_output_clear(&output);
	nsmgr_child_free(child);
	close(fds[1]);
}
END_TEST

START_TEST(an_end_that_does_not_block_is_fine)
{
	struct nsmgr_child *child = start_piped("sleep 0.01; echo late");

	ck_assert_int_eq(fcntl(nsmgr_child_pipe(child, 1, false), F_SETFL, O_NONBLOCK), 0);
	ck_assert_int_eq(nsmgr_child_output(child, NULL, SIZE_MAX, &output, &status), 0);
	ck_assert_str_eq(output.out, "late\n");
	nsmgr_output_clear(&output);
	nsmgr_child_free(child);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("output");
	TCase *tcase = suite_case(suite, "output");

	tcase_add_checked_fixture(tcase, command_make, command_drop);
	tcase_add_loop_test(tcase, a_mebibyte_on_each_is_read_whole, 0, 3);
	tcase_add_test(tcase, nothing_is_an_empty_text_and_no_pipe_is_none);
	tcase_add_test(tcase, zero_bytes_are_bytes);
	tcase_add_test(tcase, its_standard_input_is_closed_first);
	tcase_add_test(tcase, more_than_allowed_kills_it);
	tcase_add_test(tcase, the_time_bounds_the_whole);
	tcase_add_test(tcase, somebody_who_keeps_the_pipe_does_not_hold_us_up);
	tcase_add_test(tcase, an_end_that_does_not_block_is_fine);
	return suite_run(suite, NEED_ROOT);
}
