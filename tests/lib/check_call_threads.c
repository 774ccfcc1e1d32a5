/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "calls.h"
#include "fixture.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define UTS NSMGR_MASK(NSMGR_UTS)
#define PID NSMGR_MASK(NSMGR_PID)

#define THREADS 8

struct worker {
	int number;
	bool ok;
};

static int give_inode(void *data)
{
	struct stat st;

	(void)data;
	return stat("/proc/self/ns/uts", &st) < 0 ? -1 : (int)st.st_ino;
}

static void *work(void *data)
{
	struct worker *worker = data;
	struct nsmgr_set *own = NULL;
	struct nsmgr_ctx *ctx = NULL;
	struct nsmgr_status status;
	struct nsmgr_id id = { 0 };

	worker->ok = nsmgr_new(&ctx) == 0 && nsmgr_set_root(ctx, fixture.root) == 0 &&
		     nsmgr_set_open(ctx, "web", NSMGR_MASK_ALL & ~NSMGR_MASK(NSMGR_MNT), 0, &own) == 0 &&
		     nsmgr_set_id(own, NSMGR_UTS, &id) == 0;
	for (int i = 0; worker->ok && i < 25; i++) {
		int wanted = worker->number * 100000 - i;

		worker->ok = nsmgr_call(own, NSMGR_MASK_ALL, give, &wanted, &status) == 0 && status.code == wanted &&
			     status.signal == 0 && nsmgr_call(own, UTS | PID, abort_it, NULL, &status) == 0 &&
			     status.signal == SIGABRT && nsmgr_call(own, UTS, give_inode, NULL, &status) == 0 &&
			     status.code == (int)id.ino;
	}
	nsmgr_set_close(own);
	nsmgr_unref(ctx);
	return NULL;
}

static int call_from_threads(void *data)
{
	struct worker workers[THREADS];
	pthread_t threads[THREADS];

	(void)data;
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	for (int i = 0; i < THREADS; i++) {
		workers[i].number = i - 3;
		CHILD_NEEDS(pthread_create(&threads[i], NULL, work, &workers[i]) == 0);
	}
	for (int i = 0; i < THREADS; i++) {
		CHILD_NEEDS(pthread_join(threads[i], NULL) == 0);
		CHILD_NEEDS(workers[i].ok);
	}
	CHILD_NEEDS(has_no_children());
	return 0;
}

START_TEST(threads_with_contexts_of_their_own_call_at_once)
{
	set_make("web", FORKED_MASK);
	ck_assert_child(call_from_threads, NULL);
	set_drop("web");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("call_threads");
	TCase *tcase = suite_case(suite, "call_threads");

	tcase_add_test(tcase, threads_with_contexts_of_their_own_call_at_once);
	return suite_run(suite, NEED_ROOT);
}
