/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"
#include "fixture.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 8
#define ROUNDS 40

/* ck_assert is not for threads: each counts what went wrong. */
struct worker {
	pthread_t thread;
	int number, failures;
	bool in_set;
};

static atomic_bool over;

static bool run_once(struct nsmgr_ctx *ctx, struct nsmgr_set *set, int number)
{
	const char *const argv[] = { "/bin/sh", "-c", "echo $NUMBER; cat; exit $NUMBER", NULL };
	struct nsmgr_command *own = NULL;
	struct nsmgr_child *child = NULL;
	struct nsmgr_output output = { 0 };
	struct nsmgr_status status = { 0 };
	char variable[32], expected[16];
	bool well;

	snprintf(variable, sizeof(variable), "NUMBER=%d", number);
	snprintf(expected, sizeof(expected), "%d\n", number);
	well = nsmgr_command_new(ctx, &own) == 0 && nsmgr_command_env(own, variable) == 0 &&
	       nsmgr_command_stdio(own, 0, NSMGR_STDIO_PIPE) == 0 && nsmgr_command_stdio(own, 1, NSMGR_STDIO_PIPE) == 0 &&
	       nsmgr_command_start(own, set, argv, &child) == 0 &&
	       nsmgr_child_output(child, NULL, 1000, &output, &status) == 0 && status.code == number &&
	       strcmp(output.out, expected) == 0;
	nsmgr_output_clear(&output);
	nsmgr_child_free(child);
	nsmgr_command_free(own);
	return well;
}

static void *run_many(void *data)
{
	struct worker *worker = data;
	struct nsmgr_ctx *ctx = NULL;
	struct nsmgr_set *set = NULL;

	if (nsmgr_new(&ctx) < 0 || nsmgr_set_root(ctx, fixture.root) < 0 ||
	    (worker->in_set && nsmgr_set_open(ctx, "web", NSMGR_MASK_ALL, 0, &set) < 0))
		worker->failures++;
	for (int i = 0; i < ROUNDS && !worker->failures; i++)
		worker->failures += !run_once(ctx, set, (worker->number * ROUNDS + i) % 256);
	nsmgr_set_close(set);
	nsmgr_unref(ctx);
	return NULL;
}

/* A thread that was joined is listed until it is wholly gone. */
static void join(pthread_t thread)
{
	char line[256];
	int threads = 0;

	pthread_join(thread, NULL);
	while (FORKED_ALONE && threads != 1 && over) {
		FILE *status = fopen("/proc/self/status", "re");

		while (status && fgets(line, sizeof(line), status))
			sscanf(line, "Threads: %d", &threads);
		fclose(status);
		sched_yield();
	}
}

static void *do_nothing(void *data)
{
	return data;
}

/* Allocates and frees all the time: a child of a thread that took the allocator's lock would hang. */
static void *allocate(void *data)
{
	while (!over) {
		void *volatile block = malloc(100000);

		free(block);
	}
	return data;
}

static void run_workers(bool in_set)
{
	struct worker workers[THREADS] = { 0 };
	pthread_t allocator;

	over = false;
	ck_assert_int_eq(pthread_create(&allocator, NULL, allocate, NULL), 0);
	for (int i = 0; i < THREADS; i++) {
		workers[i].number = i;
		workers[i].in_set = in_set;
		ck_assert_int_eq(pthread_create(&workers[i].thread, NULL, run_many, &workers[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(workers[i].thread, NULL);
		ck_assert_int_eq(workers[i].failures, 0);
	}
	over = true;
	join(allocator);
}

START_TEST(many_threads_start_commands_at_once)
{
	run_workers(false);
}
END_TEST

START_TEST(many_threads_start_commands_in_a_set_at_once)
{
	set_make("web", _i ? FORKED_MASK : NSMGR_MASK(NSMGR_PID));
	run_workers(true);
	set_drop("web");
}
END_TEST

/* ---- Somebody who waits for anybody ---- */

static void *reap_anybody(void *data)
{
	int *reaped = data;

	while (!over)
		if (waitpid(-1, NULL, WNOHANG) > 0)
			(*reaped)++;
	return NULL;
}

START_TEST(a_thread_that_reaps_all_takes_no_helper_and_breaks_no_start)
{
	struct nsmgr_set *set;
	int reaped = 0, known = 0, ended = 0;
	pthread_t thread;

	set_make("web", NSMGR_MASK(NSMGR_PID));
	set = set_open("web");
	over = false;
	ck_assert_int_eq(pthread_create(&thread, NULL, reap_anybody, &reaped), 0);
	for (int i = 0; i < 100; i++) {
		struct nsmgr_child *child = start_shell(i % 2 ? set : NULL, "exit 3");
		struct nsmgr_status status = { 0 };
		int r = nsmgr_child_wait(child, NULL, &status);

		ck_assert(r == -ECHILD || (r == 0 && status.code == 3));
		known += r == 0;
		ended += nsmgr_child_usage(child) != NULL;
		nsmgr_child_free(child);
		nsmgr_command_cwd(command, "/no/such/directory");
		assert_start_fails(i % 2 ? set : NULL, "true", ENOENT, "cwd", NSMGR_TYPE_NONE);
		nsmgr_command_cwd(command, NULL);
	}
	over = true;
	join(thread);
	/* Each was reaped once, by one or the other, and no process but these. */
	ck_assert_int_eq(reaped + ended, 100);
	nsmgr_set_close(set);
	set_drop("web");
	(void)known;
}
END_TEST

/* ---- Somebody who forks meanwhile ---- */

static int linger(void *data)
{
	char byte;

	return (int)read(*(int *)data, &byte, 1);
}

struct forker {
	int leash[2];
	pid_t pids[64];
	int count;
};

/* Children that have whatever is open at some moment of a start, and stay. */
static void *fork_on(void *data)
{
	struct forker *forker = data;

	while (!over && forker->count < 64) {
		pid_t pid = fork();

		if (pid == 0) {
			close(forker->leash[1]);
			_exit(linger(&forker->leash[0]));
		}
		forker->pids[forker->count++] = pid;
	}
	return NULL;
}

/* The end of file that tells of the execve must not wait for them. */
START_TEST(children_that_others_make_meanwhile_do_not_hold_up_a_start)
{
	struct forker forker = { .count = 0 };
	pthread_t thread;

	ck_assert_int_eq(pipe2(forker.leash, O_CLOEXEC), 0);
	over = false;
	ck_assert_int_eq(pthread_create(&thread, NULL, fork_on, &forker), 0);
	for (int i = 0; i < 50; i++)
		ck_assert_int_eq(status_of(start_shell(NULL, "exit 0")), 0);
	over = true;
	join(thread);
	close(forker.leash[1]);
	for (int i = 0; i < forker.count; i++)
		ck_assert_int_eq(waitpid(forker.pids[i], NULL, 0), forker.pids[i]);
	close(forker.leash[0]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("start_threads");
	TCase *tcase = suite_case(suite, "start_threads");
	pthread_t thread;

	/* The first of a process makes the C library install a handler of its own. */
	if (pthread_create(&thread, NULL, do_nothing, NULL) == 0)
		pthread_join(thread, NULL);

	tcase_add_checked_fixture(tcase, command_make, command_drop);
	tcase_add_test(tcase, many_threads_start_commands_at_once);
	tcase_add_loop_test(tcase, many_threads_start_commands_in_a_set_at_once, 0, 2);
	/* Under ThreadSanitizer our helpers have an exit signal, and are anybody's to reap: nsm_sys_clone. */
	tcase_add_loop_test(tcase, a_thread_that_reaps_all_takes_no_helper_and_breaks_no_start, 0, FORKED_ALONE);
	tcase_add_test(tcase, children_that_others_make_meanwhile_do_not_hold_up_a_start);
	return suite_run(suite, NEED_ROOT);
}
