/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include "denial.h"
#include "edge_ops.h"
#include "edge_world.h"

#include <dirent.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Every function with every system call that it may make denied, one after the other: it gives an error of its list or does its
 * work, records why, and leaves nothing. */

enum verdict { DONE, FAILED, NOT_DENIED, NOT_BEGUN, NOT_TRUE, NOT_LISTED, NOT_RECORDED, NOT_EXPLAINED };

static const char *const complaints[] = {
	[NOT_DENIED] = "cannot be denied it",
	[NOT_BEGUN] = "could not begin",
	[NOT_TRUE] = "says what is not so",
	[NOT_LISTED] = "gives an error that is not in its list",
	[NOT_RECORDED] = "records another error than it gives",
	[NOT_EXPLAINED] = "records neither step nor reason",
};

struct attempt {
	const struct op *op;
	const struct denied_call *call; /* NULL: nothing is denied */
	int error;
};

static const char *denied(const struct attempt *attempt)
{
	return attempt->call ? attempt->call->name : "nothing";
}

static enum verdict judge(const struct attempt *attempt, int r)
{
	const struct nsmgr_failure *failure = nsmgr_get_failure(fixture.ctx);

	if (r == LIED)
		return NOT_TRUE;
	if (r >= 0)
		return DONE;
	if (nsm_edge(NULL, attempt->op->edge, r) != r)
		return NOT_LISTED;
	if (failure->error != -r)
		return NOT_RECORDED;
	return *failure->step && *failure->text ? FAILED : NOT_EXPLAINED;
}

static enum verdict make_attempt(const struct attempt *attempt)
{
	enum verdict verdict;
	int r;

	if (attempt->op->begin && attempt->op->begin() < 0)
		return NOT_BEGUN;
	if (attempt->call && deny(&(struct denial){ .call = attempt->call->number, .error = (unsigned)attempt->error }, 1) < 0)
		return NOT_DENIED;
	r = attempt->op->run();
	verdict = judge(attempt, r);
	if (verdict != DONE && verdict != FAILED)
		child_complain(__FILE__, r, attempt->op->name);
	return verdict;
}

/* One that hangs is ended, whatever signals it has blocked. */
static int watched_status(const struct attempt *now)
{
	int status = -1, pidfd;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0)
		_exit((int)make_attempt(now));
	pidfd = pidfd_of(pid);
	if (!has_ended_within(pidfd, 5))
		kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	close(pidfd);
	return status;
}

static enum verdict verdict_of(const struct attempt *now)
{
	int status = watched_status(now);
	enum verdict verdict;

	ck_assert_msg(WIFEXITED(status), "%s with %s denied (%d): signal %d", now->op->name, denied(now), now->error,
		      WTERMSIG(status));
	verdict = (enum verdict)WEXITSTATUS(status);
	ck_assert_msg(verdict == DONE || verdict == FAILED, "%s with %s denied (%d) %s", now->op->name, denied(now),
		      now->error, verdict <= NOT_EXPLAINED ? complaints[verdict] : "ends by itself");
	return verdict;
}

static bool has_stage(void)
{
	DIR *dir = opendir(in_root(".stage"));
	const struct dirent *entry;
	bool found = false;

	ck_assert_ptr_nonnull(dir);
	while ((entry = readdir(dir)))
		found |= entry->d_name[0] != '.';
	closedir(dir);
	return found;
}

static void assert_cleaned_up(const struct attempt *now, enum verdict verdict)
{
	if (now->call && now->call->cleans)
		return;
	ck_assert_msg(!has_stage(), "%s with %s denied leaves a stage", now->op->name, denied(now));
	ck_assert_msg(verdict != FAILED || mounts_below(in_dir("mounts")) == 0, "%s with %s denied leaves a mount",
		      now->op->name, denied(now));
}

static enum verdict try_once(const struct attempt *now)
{
	enum verdict verdict;

	world_refresh();
	verdict = verdict_of(now);
	assert_cleaned_up(now, verdict);
	world_tidy();
	return verdict;
}

/* What fails with nothing denied, or with nothing that is denied, would show nothing. Orphans of an attempt come to us. */
static void try_each_denial(const struct op *op)
{
	struct attempt now = { .op = op };
	int failures = 0;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	world_make();
	ck_assert_msg(try_once(&now) == DONE, "%s fails with nothing denied", op->name);
	for (now.call = denied_calls; now.call->name; now.call++) {
		now.error = EXFULL;
		failures += try_once(&now) == FAILED;
		now.error = EPERM;
		failures += try_once(&now) == FAILED;
	}
	world_end();
	ck_assert_msg(failures > 0, "%s asks for nothing that was denied", op->name);
}

static const struct op *const tables[] = { set_ops, command_ops, store_ops, look_ops, config_ops, pool_ops };

static int count_ops(const struct op *ops)
{
	int count = 0;

	while (ops[count].name)
		count++;
	return count;
}

static const struct op *op_at(int number)
{
	for (size_t i = 0; i < NSM_ARRAY_SIZE(tables); i++) {
		int count = count_ops(tables[i]);

		if (number < count)
			return &tables[i][number];
		number -= count;
	}
	return NULL;
}

START_TEST(errors_are_those_of_the_list)
{
	try_each_denial(op_at(_i));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("edge");
	TCase *tcase = suite_case(suite, "denied calls");
	int count = 0;

	for (size_t i = 0; i < NSM_ARRAY_SIZE(tables); i++)
		count += count_ops(tables[i]);
	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, errors_are_those_of_the_list, 0, count);
	return suite_run(suite, NEED_ROOT);
}
