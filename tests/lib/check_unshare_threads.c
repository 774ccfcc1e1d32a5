/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "unshared.h"

#include <pthread.h>

#define THREADS 16
#define ROUNDS 64

struct worker {
	pthread_t thread;
	unsigned number;
	const char *wrong;
};

static const char *unshare_one(struct nsmgr_ctx *ctx, unsigned types)
{
	struct nsmgr_config *own;
	struct nsmgr_set *made = NULL;
	const char *wrong = NULL;

	if (nsmgr_config_new(ctx, &own) < 0)
		return "configuration";
	for (unsigned t = 0; t < NSMGR_TYPE_COUNT; t++)
		if (types & NSMGR_MASK(t))
			nsmgr_config_make(own, (enum nsmgr_type)t);
	if (nsmgr_config_base_caller(own) < 0)
		wrong = "base";
	else if (nsmgr_unshare(own, &made) < 0)
		wrong = "unshare";
	for (unsigned t = 0; !wrong && t < NSMGR_TYPE_COUNT; t++) {
		struct nsmgr_id id;

		if (nsmgr_set_id(made, (enum nsmgr_type)t, &id) < 0)
			wrong = "id";
		else if ((id.ino != own_inode((enum nsmgr_type)t)) != !!(types & NSMGR_MASK(t)))
			wrong = "another type was changed";
	}
	nsmgr_set_close(made);
	nsmgr_config_free(own);
	return wrong;
}

static void *work(void *data)
{
	struct worker *worker = data;
	struct nsmgr_ctx *ctx;

	if (nsmgr_new(&ctx) < 0) {
		worker->wrong = "context";
		return NULL;
	}
	/* Every combination, each several times; net and pid, which take long, a quarter of the time. */
	for (unsigned i = 0; i < ROUNDS && !worker->wrong; i++) {
		unsigned types = (worker->number * ROUNDS + i) * 37 % NSMGR_MASK_ALL + 1;

		if (i % 4)
			types &= ~(NSMGR_MASK(NSMGR_NET) | NSMGR_MASK(NSMGR_PID));
		worker->wrong = types ? unshare_one(ctx, types) : NULL;
	}
	nsmgr_unref(ctx);
	return NULL;
}

START_TEST(a_thousand_at_once_change_only_what_was_asked)
{
	struct worker workers[THREADS] = { 0 };

	for (unsigned i = 0; i < THREADS; i++) {
		workers[i].number = i;
		ck_assert_int_eq(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
	}
	for (unsigned i = 0; i < THREADS; i++) {
		ck_assert_int_eq(pthread_join(workers[i].thread, NULL), 0);
		ck_assert_msg(!workers[i].wrong, "%s", workers[i].wrong);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("unshare_threads");
	TCase *tcase = suite_case(suite, "threads");

	tcase_add_test(tcase, a_thousand_at_once_change_only_what_was_asked);
	return suite_run(suite, NEED_ROOT);
}
