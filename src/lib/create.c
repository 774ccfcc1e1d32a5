/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/create.h"

#include "base/fd.h"
#include "lib/build.h"
#include "lib/edge.h"
#include "lib/store_pool.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A batch of names, and what becomes of them. */
struct batch {
	struct nsm_stage *stage;
	struct nsmgr_config *config;
	unsigned flags;
	const char *const *names;
	size_t count;
	nsmgr_result_fn *done;
	void *data;
};

/* What a worker tells: so many sets made, and then perhaps one that failed. Told seldom: to wake the reader costs as
 * much as half a set. */
struct outcome {
	uint32_t made;
	int failed; /* -errno of the next, or 0 */
	struct nsm_failure failure; /* only there if it did */
};

#define MADE_AT_ONCE 64

/* A signal that would have ended us is waiting: stop between two sets, with nothing half done. */
static bool is_asked_to_stop(void)
{
	sigset_t pending;

	return sigpending(&pending) == 0 &&
	       (sigismember(&pending, SIGTERM) || sigismember(&pending, SIGINT) || sigismember(&pending, SIGHUP));
}

static bool tell(int pipe, const struct outcome *outcome)
{
	return nsm_write_once(pipe, outcome, outcome->failed ? sizeof(*outcome) : offsetof(struct outcome, failure)) == 0;
}

/* The child that makes all sets of a batch, unsharing itself for each: no namespace of the caller's is touched, and no
 * child a set is needed. Allocates nothing: it may have been cloned from a threaded program. */
static _Noreturn void run_worker(const struct batch *batch, int pipe)
{
	struct nsm_creator self = NSM_CREATOR_INIT;
	struct outcome outcome = { 0 };
	bool told = true;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	umask(0); /* ours alone */
	batch->stage->modes_exact = true;
	for (size_t i = 0; told && i < batch->count && !is_asked_to_stop(); i++) {
		outcome.failed = nsm_build(batch->stage, batch->names[i], batch->config, batch->flags, &self);
		if (outcome.failed == 0)
			outcome.made++;
		else
			outcome.failure = batch->config->ctx->failure;
		if (outcome.failed || outcome.made == MADE_AT_ONCE) {
			told = tell(pipe, &outcome);
			outcome = (struct outcome){ 0 };
		}
	}
	tell(pipe, &outcome);
	nsm_stage_close(batch->stage); /* opened by us */
	_exit(0);
}

/* -EINTR: it ended before that. */
static int read_whole(int fd, void *buf, size_t size)
{
	for (size_t done = 0; done < size;) {
		ssize_t n = read(fd, (char *)buf + done, size - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EINTR;
		done += (size_t)n;
	}
	return 0;
}

static void finish(const struct batch *batch, size_t *at, int result, int *failures)
{
	result = nsm_edge(batch->config->ctx, NSM_EDGE_create, result);
	*failures += result < 0;
	if (batch->done)
		batch->done(batch->data, batch->names[*at], result);
	++*at;
}

/* Collects outcomes until all names have theirs. A worker that ends before leaves its names as interrupted. */
static int collect(const struct batch *batch, int fd)
{
	struct nsmgr_ctx *ctx = batch->config->ctx;
	struct outcome outcome;
	int failures = 0, r = 0;
	size_t at = 0;

	while (at < batch->count && (r = read_whole(fd, &outcome, offsetof(struct outcome, failure))) == 0) {
		for (; outcome.made && at < batch->count; outcome.made--)
			finish(batch, &at, 0, &failures);
		if (!outcome.failed || at == batch->count)
			continue;
		r = read_whole(fd, &outcome.failure, sizeof(outcome.failure));
		if (r < 0)
			break;
		finish(batch, &at, nsm_failure_take(ctx, &outcome.failure), &failures);
	}
	while (at < batch->count) {
		if (r == -EINTR)
			nsm_fail_text(ctx, r, "worker", NSMGR_TYPE_NONE, NULL, "it was interrupted");
		else
			nsm_fail(ctx, r, "worker", NSMGR_TYPE_NONE, NULL);
		finish(batch, &at, r, &failures);
	}
	return failures;
}

static int create_by_worker(const struct batch *batch)
{
	struct nsmgr_ctx *ctx = batch->config->ctx;
	nsm_autoclose int from = -EBADF;
	int failures, fds[2];
	sigset_t signals;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return nsm_fail(ctx, -errno, "worker", NSMGR_TYPE_NONE, NULL);
	from = fds[0];
	nsm_sys_block_signals(&signals);
	pid = nsm_sys_clone(NULL);
	if (pid == 0) {
		close(fds[0]);
		run_worker(batch, fds[1]);
	}
	nsm_sys_restore_signals(&signals);
	close(fds[1]);
	if (pid < 0)
		return nsm_fail(ctx, pid, "fork", NSMGR_TYPE_NONE, NULL);
	/* What it tells of one fits into the pipe: to be woken once is enough then. */
	if (batch->count == 1)
		nsm_sys_reap(pid, NULL);
	failures = collect(batch, from);
	nsm_close(&from);
	if (batch->count != 1)
		nsm_sys_reap(pid, NULL);
	return failures;
}

static int create_by_creators(const struct batch *batch)
{
	struct nsm_creator none = NSM_CREATOR_INIT;
	int failures = 0;

	for (size_t i = 0; i < batch->count;) {
		int r;

		nsm_sys_block_signals(&batch->config->signals);
		r = nsm_build(batch->stage, batch->names[i], batch->config, batch->flags, &none);
		nsm_sys_restore_signals(&batch->config->signals);
		finish(batch, &i, r, &failures);
	}
	return failures;
}

int nsm_create_batch(struct nsm_store *store, const char *const names[], size_t count, struct nsmgr_config *config,
		     unsigned flags, nsmgr_result_fn *done, void *data)
{
	nsm_autostage struct nsm_stage stage = NSM_STAGE_OF(store);
	struct batch batch = { &stage, config, flags, names, count, done, data };

	/* A set that makes nothing has no use for a worker either. */
	return nsm_creator_is_needed(config) || !config->make ? create_by_creators(&batch) : create_by_worker(&batch);
}

/* Gives names to ready sets as long as there are any: how many names are dealt with. */
static size_t create_from_pool(struct nsm_store *store, const struct batch *batch, int *failures)
{
	size_t at = 0;

	while (at < batch->count) {
		int r = nsm_store_pool_take(store, batch->config, batch->names[at], false);

		if (r > 0)
			break;
		/* What has the name may be as wanted, or a leftover: that is judged in one place. */
		if (r == -EEXIST) {
			int begun = nsm_store_begin_changes(store);

			if (begun == 0)
				begun = nsm_create_batch(store, &batch->names[at], 1, batch->config, batch->flags,
							 nsm_keep_result, &r);
			r = begun < 0 ? begun : r;
		}
		finish(batch, &at, r, failures);
	}
	return at;
}

/* The same of those that need no look at when the store was made, and where. Whatever is in the way is told by the other. */
static size_t create_at_a_glance(struct nsmgr_ctx *ctx, const struct batch *batch, int *failures)
{
	nsm_autostore struct nsm_store store = NSM_STORE_INIT;
	size_t at = 0;

	if (nsm_store_open(ctx, &store) < 0)
		return 0;
	while (at < batch->count && nsm_store_pool_take(&store, batch->config, batch->names[at], true) == 0)
		finish(batch, &at, 0, failures);
	return at;
}

int nsmgr_create_many(struct nsmgr_ctx *ctx, const char *const names[], size_t count, struct nsmgr_config *config,
		      unsigned flags, nsmgr_result_fn *done, void *data)
{
	nsm_autostore struct nsm_store store = NSM_STORE_INIT;
	struct batch batch = { NULL, config, flags, names, count, done, data };
	int failures = 0, r = 0;
	size_t taken = 0;

	if (flags & ~(NSMGR_CREATE_EXIST_OK | NSMGR_CREATE_FROM_POOL))
		r = nsm_refuse_flags(ctx);
	for (size_t i = 0; r == 0 && i < count; i++)
		r = nsmgr_check_name(ctx, names[i]);
	if (r == 0)
		r = nsm_config_prepare(config);
	if (r == 0 && (flags & NSMGR_CREATE_FROM_POOL))
		taken = create_at_a_glance(ctx, &batch, &failures);
	if (taken > 0 && taken == count)
		return failures;
	if (r == 0)
		r = nsm_store_open_rw(ctx, true, false, &store);
	if (r == 0 && (flags & NSMGR_CREATE_FROM_POOL))
		taken += create_from_pool(&store, &(struct batch){ NULL, config, flags, names + taken, count - taken, done, data },
					  &failures);
	if (r == 0 && taken < count)
		r = nsm_store_begin_changes(&store);
	if (r == 0 && taken < count)
		r = nsm_create_batch(&store, names + taken, count - taken, config, flags, done, data);
	if (r < 0 && taken == 0)
		return nsm_edge(ctx, NSM_EDGE_create_many, r);
	/* It has begun: each of the others has failed. */
	while (r < 0 && taken < count)
		finish(&batch, &taken, r, &failures);
	return r < 0 ? failures : failures + r;
}

int nsmgr_create(struct nsmgr_ctx *ctx, const char *name, struct nsmgr_config *config, unsigned flags)
{
	int result = 0;
	int r = nsmgr_create_many(ctx, &name, 1, config, flags, nsm_keep_result, &result);

	return r < 0 ? r : result;
}
