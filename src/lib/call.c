/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/set.h"

#include "lib/edge.h"
#include "lib/sys.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* A function inside a set takes two processes: one that enters, cloned without exit signal so that the caller does not notice
 * it, and its child, which a pid namespace asks for anyway (KERNEL R42). The first is known to the C library as the thread that
 * it was copied from, and raise(3) would miss; the second is a process in every respect: nsm_sys_fork().
 *
 * They tell by a page that all three share. A pipe could be closed by the function, have no room left below the limit of
 * descriptors, or block or kill who writes when the caller is gone; this cannot. */
struct verdict {
	bool returned; /* the function did, with: */
	int result;
	bool ended; /* its process did: wait(2) */
	int status;
	struct nsm_failure failure; /* of who entered, where error is not 0 */
};

struct job {
	struct nsmgr_set *set;
	unsigned types;
	nsmgr_call_fn *function;
	void *data;
	sigset_t mask;
	struct sigaction child_action; /* the caller's for SIGCHLD */
	struct verdict *verdict;
};

static _Noreturn void run_function(const struct job *job)
{
	pid_t self = getpid();
	int result;

	sigaction(SIGCHLD, &job->child_action, NULL);
	nsm_sys_restore_signals(&job->mask);
	result = job->function(job->data);
	/* A child that the function made can come back here as well. */
	if (getpid() == self) {
		job->verdict->result = result;
		job->verdict->returned = true;
	}
	_exit(result & 0xff);
}

static _Noreturn void leave(const struct job *job, bool failed)
{
	if (failed)
		job->verdict->failure = job->set->ctx->failure;
	_exit(failed);
}

/* Every signal is blocked here: a handler of the program's would run a second time, and whom a terminal kills could not tell
 * how the function ended. */
static _Noreturn void run_helper(struct job *job)
{
	const unsigned exposing = NSMGR_MASK(NSMGR_MNT) | NSMGR_MASK(NSMGR_PID) | NSMGR_MASK(NSMGR_USER);
	unsigned types = nsmgr_set_types(job->set) & job->types;
	struct sigaction action = { .sa_handler = SIG_DFL };
	struct nsmgr_ctx *ctx = job->set->ctx;
	pid_t child;

	/* Where it is ignored nobody could wait. */
	sigaction(SIGCHLD, &action, &job->child_action);
	/* The lock of a set that is held is its owner's to let go of, whatever the function leaves running. */
	nsm_store_close(&job->set->store);
	/* Nobody inside shall trace us or read the caller's memory in us (CVE-2016-9962). */
	if (types & exposing)
		prctl(PR_SET_DUMPABLE, 0);
	if (nsm_set_join(job->set, types) < 0)
		leave(job, true);
	child = nsm_sys_fork();
	if (child == 0)
		run_function(job);
	if (child < 0) {
		nsm_fail(ctx, child, "fork", types & NSMGR_MASK(NSMGR_PID) ? NSMGR_PID : NSMGR_TYPE_NONE, NULL);
		leave(job, true);
	}
	/* A pipe that the function and its caller close has to be closed. */
	nsm_sys_close_range(0, ~0u, false);
	if (nsm_sys_reap(child, &job->verdict->status) < 0)
		_exit(1); /* told as what it is: nobody knows how it ended */
	job->verdict->ended = true;
	leave(job, false);
}

static int judge(struct nsmgr_ctx *ctx, const struct verdict *verdict, struct nsmgr_status *ret_status)
{
	if (verdict->failure.error)
		return nsm_failure_take(ctx, &verdict->failure);
	if (!verdict->ended)
		return nsm_fail_text(ctx, -ECHILD, "call", NSMGR_TYPE_NONE, NULL,
				     "its helper was killed: nobody knows how it ended");
	*ret_status = (struct nsmgr_status){ 0 };
	if (WIFSIGNALED(verdict->status))
		ret_status->signal = WTERMSIG(verdict->status);
	else
		ret_status->code = verdict->returned ? verdict->result : WEXITSTATUS(verdict->status);
	return 0;
}

static int call(struct job *job, struct nsmgr_status *ret_status)
{
	struct nsmgr_ctx *ctx = job->set->ctx;
	pid_t helper;
	int r;

	if (!(nsmgr_set_types(job->set) & job->types))
		return nsm_fail_text(ctx, -ENOENT, "enter", NSMGR_TYPE_NONE, NULL, "the set has none of these types");
	job->verdict = mmap(NULL, sizeof(*job->verdict), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (job->verdict == MAP_FAILED)
		return nsm_fail(ctx, -errno, "call", NSMGR_TYPE_NONE, NULL);
	nsm_sys_block_signals(&job->mask);
	helper = nsm_sys_clone(NULL);
	if (helper == 0)
		run_helper(job);
	nsm_sys_restore_signals(&job->mask);
	/* Should a wait for all, elsewhere in the program, have been faster, then what it told is there all the same. */
	if (helper > 0)
		nsm_sys_reap(helper, NULL);
	r = helper < 0 ? nsm_fail(ctx, helper, "fork", NSMGR_TYPE_NONE, NULL) : judge(ctx, job->verdict, ret_status);
	munmap(job->verdict, sizeof(*job->verdict));
	return r;
}

int nsmgr_call(struct nsmgr_set *set, unsigned types, nsmgr_call_fn *function, void *data,
	       struct nsmgr_status *ret_status)
{
	struct job job = { .set = set, .types = types, .function = function, .data = data };

	return nsm_edge(set->ctx, NSM_EDGE_call, call(&job, ret_status));
}
