/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Sixteen threads at once, each with a context of its own, all in one store. .ci/run has this suite built with
 * ThreadSanitizer as well. */

#define THREADS 16

struct worker {
	pthread_t thread;
	unsigned number;
	struct nsmgr_ctx *ctx;
	const char *wrong; /* the step that failed */
	char text[200];
};

static void complain(struct worker *worker, const char *what)
{
	const struct nsmgr_failure *failure = nsmgr_get_failure(worker->ctx);

	if (worker->wrong)
		return;
	worker->wrong = what;
	snprintf(worker->text, sizeof(worker->text), "%s: %s", failure->step, failure->text);
}

/* In a child in the set: whether it is there. */
static int is_inside(void *data)
{
	struct stat here;

	return stat("/proc/self/ns/uts", &here) < 0 || here.st_ino != *(ino_t *)data;
}

static void enter(struct worker *worker, const char *name)
{
	struct nsmgr_set *set = NULL;
	struct nsmgr_status status = { .code = -1 };
	struct nsmgr_id id;

	if (nsmgr_set_open(worker->ctx, name, NSMGR_MASK_ALL, 0, &set) < 0)
		complain(worker, "open");
	else if (nsmgr_set_id(set, NSMGR_UTS, &id) < 0 ||
		 nsmgr_call(set, NSMGR_MASK_ALL, is_inside, &id.ino, &status) < 0 || status.signal || status.code)
		complain(worker, "call");
	nsmgr_set_close(set);
}

static void run_command(struct worker *worker, const char *name)
{
	const char *const argv[] = { "sh", "-c", "echo $NSMGR_NAME; echo err >&2; exit 7", NULL };
	struct nsmgr_command *echo = NULL;
	struct nsmgr_child *child = NULL;
	struct nsmgr_set *set = NULL;
	struct nsmgr_output output = { 0 };
	struct nsmgr_status status = { 0 };

	if (nsmgr_set_open(worker->ctx, name, NSMGR_MASK_ALL, 0, &set) < 0 ||
	    nsmgr_command_new(worker->ctx, &echo) < 0 || nsmgr_command_stdio(echo, 1, NSMGR_STDIO_PIPE) < 0 ||
	    nsmgr_command_stdio(echo, 2, NSMGR_STDIO_PIPE) < 0)
		complain(worker, "command");
	else if (nsmgr_command_start(echo, set, argv, &child) < 0)
		complain(worker, "start");
	else if (nsmgr_child_output(child, NULL, SIZE_MAX, &output, &status) < 0)
		complain(worker, "output");
	else if (status.code != 7 || strncmp(output.out, name, strlen(name)) || strcmp(output.err, "err\n"))
		complain(worker, "another's output");
	nsmgr_output_clear(&output);
	nsmgr_child_free(child);
	nsmgr_command_free(echo);
	nsmgr_set_close(set);
}

static void list(struct worker *worker, const char *wanted)
{
	struct nsmgr_handle handles[NSMGR_TYPE_COUNT];
	struct nsmgr_list *sets = NULL;
	const char *name;
	bool found = false;

	if (nsmgr_list_new(worker->ctx, 0, &sets) < 0) {
		complain(worker, "list");
		return;
	}
	while (nsmgr_list_next(sets, &name) == 0)
		found |= strcmp(name, wanted) == 0 && nsmgr_list_handles(sets, name, handles) > 0;
	if (!found)
		complain(worker, "list it");
	nsmgr_list_free(sets);
}

static void round_of(struct worker *worker, unsigned types, unsigned number)
{
	struct nsmgr_config *config;
	char name[32];

	snprintf(name, sizeof(name), "set%u-%u", worker->number, number);
	if (nsmgr_config_new(worker->ctx, &config) < 0) {
		complain(worker, "configuration");
		return;
	}
	for (unsigned t = 0; t < NSMGR_TYPE_COUNT; t++)
		if (types & NSMGR_MASK(t))
			nsmgr_config_make(config, (enum nsmgr_type)t);
	if (nsmgr_create(worker->ctx, name, config, 0) < 0) {
		complain(worker, "create");
	} else {
		list(worker, name);
		enter(worker, name);
		run_command(worker, name);
		if (nsmgr_remove(worker->ctx, name, NSMGR_REMOVE_KILL, NULL) < 0)
			complain(worker, "remove");
	}
	nsmgr_config_free(config);
}

static void *work(void *data)
{
	static const unsigned types[] = {
		NSMGR_MASK(NSMGR_UTS),
		NSMGR_MASK(NSMGR_UTS) | NSMGR_MASK(NSMGR_PID),
		NSMGR_MASK_ALL & ~NSMGR_MASK(NSMGR_NET),
		NSMGR_MASK(NSMGR_UTS) | NSMGR_MASK(NSMGR_USER) | NSMGR_MASK(NSMGR_IPC),
	};
	struct worker *worker = data;

	if (nsmgr_new(&worker->ctx) < 0 || nsmgr_set_root(worker->ctx, fixture.root) < 0) {
		complain(worker, "context");
		return NULL;
	}
	for (unsigned i = 0; i < 4 && !worker->wrong; i++)
		round_of(worker, types[(worker->number + i) % 4], i);
	nsmgr_unref(worker->ctx);
	return NULL;
}

START_TEST(sixteen_threads_have_a_context_each)
{
	struct worker workers[THREADS] = { 0 };

	for (unsigned i = 0; i < THREADS; i++) {
		workers[i].number = i;
		ck_assert_int_eq(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
	}
	for (unsigned i = 0; i < THREADS; i++) {
		ck_assert_int_eq(pthread_join(workers[i].thread, NULL), 0);
		ck_assert_msg(!workers[i].wrong, "thread %u: %s: %s", i, workers[i].wrong, workers[i].text);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("threads");
	TCase *tcase = suite_case(suite, "threads");

	tcase_add_test(tcase, sixteen_threads_have_a_context_each);
	return suite_run(suite, NEED_ROOT);
}
