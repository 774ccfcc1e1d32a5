/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "watched.h"

#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* What is told while others change the store, and after more than could be kept. Directories made by hand do, and are cheap. */

#define UTS NSMGR_MASK(NSMGR_UTS)

static pid_t start(child_fn *run, void *data)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(run(data));
	ck_assert_int_gt(pid, 0);
	return pid;
}

static bool has_ended(pid_t pid)
{
	siginfo_t info = { 0 };

	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT), 0);
	return info.si_pid == pid;
}

static void reap(pid_t pid)
{
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

#define ROUNDS 20000

/* Slower than it is read, so that the reader comes between the halves. */
static int rename_to_and_fro(void *data)
{
	(void)data;
	for (int i = 0; i < ROUNDS; i++) {
		CHILD_NEEDS(rename(in_root(i % 2 ? "b" : "a"), in_root(i % 2 ? "a" : "b")) == 0);
		for (int pause = 0; pause < 60; pause++)
			getppid();
	}
	return 0;
}

/* However close we are behind, no rename is told in two halves. */
START_TEST(both_halves_of_a_rename_are_one_event)
{
	auto_account struct account account;
	pid_t pid;

	make_dir(fixture.root, 0755);
	make_dir(in_root("a"), 0755);
	account_begin(&account, NSMGR_WATCH_INITIAL);
	account_read(&account);
	pid = start(rename_to_and_fro, NULL);
	while (!has_ended(pid))
		account_read(&account);
	reap(pid);
	account_read(&account);
	assert_account_is_right(&account);
	ck_assert_uint_eq(account.counts[NSMGR_EVENT_REMOVED] + account.counts[NSMGR_EVENT_CREATED], 0);
	ck_assert_uint_gt(account.counts[NSMGR_EVENT_RENAMED], 0);
	rmdir(in_root("a"));
}
END_TEST

struct stirring {
	unsigned seed;
	int rounds;
};

/* Makes, renames and removes at random, among few names. */
static int stir(void *data)
{
	const struct stirring *stirring = data;
	unsigned seed = stirring->seed;

	for (int i = 0; i < stirring->rounds; i++) {
		const char *one = in_root("n%d", rand_r(&seed) % 12), *other = in_root("n%d", rand_r(&seed) % 12);

		switch (rand_r(&seed) % 3) {
		case 0:
			mkdir(one, 0755);
			break;
		case 1:
			rename(one, other);
			break;
		default:
			rmdir(one);
			break;
		}
	}
	return 0;
}

/* Whatever happens between the watch, the listing and the first look, nothing is lost or told twice. */
START_TEST(a_watch_can_begin_at_any_moment)
{
	struct account accounts[200];
	pid_t pids[2];

	make_dir(fixture.root, 0755);
	for (unsigned i = 0; i < 2; i++)
		pids[i] = start(stir, &(struct stirring){ i, INT_MAX });
	for (size_t i = 0; i < NSM_ARRAY_SIZE(accounts); i++) {
		account_begin(&accounts[i], NSMGR_WATCH_INITIAL);
		if (i % 2) {
			account_read(&accounts[i]);
			account_end(&accounts[i]);
		}
		/* Only so many instances of inotify are anybody's; and these end while others go on. */
		if (i >= 20 && i % 2 == 0)
			account_end(&accounts[i]);
	}
	for (size_t i = 0; i < 2; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
	for (size_t i = 0; i < 20; i += 2) {
		account_read(&accounts[i]);
		assert_account_is_right(&accounts[i]);
		account_end(&accounts[i]);
	}
	for (int i = 0; i < 12; i++)
		rmdir(in_root("n%d", i));
}
END_TEST

static int queue_length(void)
{
	FILE *file = fopen("/proc/sys/fs/inotify/max_queued_events", "re");
	int length = 0;

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(fscanf(file, "%d", &length), 1);
	fclose(file);
	return length;
}

/* So many events. */
static void flood(int count)
{
	for (int i = 0; i < count; i += 4) {
		ck_assert_int_eq(rename(in_root("x"), in_root("y")), 0);
		ck_assert_int_eq(rename(in_root("y"), in_root("x")), 0);
	}
}

/* Events that the kernel dropped are made up for by a listing. */
START_TEST(more_than_can_be_kept_is_not_lost)
{
	auto_account struct account account;
	int length = queue_length();

	set_make("moved", UTS | NSMGR_MASK(NSMGR_PID));
	set_make("gone", UTS);
	set_make("again", UTS);
	set_make("kept", UTS);
	set_make("other", UTS);
	make_dir(in_root("x"), 0755);
	account_begin(&account, NSMGR_WATCH_INITIAL | NSMGR_WATCH_LABELS);
	ck_assert_told(&account, "present again, present gone, present kept, present moved, present other, present x");
	flood(length + 100);
	set_drop("gone");
	set_make("new", UTS);
	set_drop("again");
	set_make("again", UTS);
	ck_assert_int_eq(nsmgr_label_set(fixture.ctx, "moved", &(struct nsmgr_label){ "a", "1" }, 1), 0);
	ck_assert_int_eq(nsmgr_label_set(fixture.ctx, "kept", &(struct nsmgr_label){ "a", "1" }, 1), 0);
	ck_assert_int_eq(nsmgr_rename(fixture.ctx, "moved", "there"), 0);
	account_read(&account);
	assert_account_is_right(&account);
	/* So it did overflow, and what came later was told by the listing. */
	ck_assert_uint_lt(account.counts[NSMGR_EVENT_RENAMED], (size_t)length / 2 + 50);
	ck_assert_uint_eq(account.counts[NSMGR_EVENT_REMOVED], 2);
	ck_assert_uint_eq(account.counts[NSMGR_EVENT_CREATED], 2);
	ck_assert_uint_eq(account.counts[NSMGR_EVENT_LABELLED], 2);
	set_drop("kept");
	set_drop("other");
	ck_assert_told(&account, "removed kept, removed other");
	ck_assert_int_eq(nsmgr_rename(fixture.ctx, "there", "moved"), 0);
	ck_assert_int_eq(nsmgr_rename(fixture.ctx, "new", "gone"), 0);
	ck_assert_told(&account, "renamed there moved, renamed new gone");
	ck_assert_uint_eq(account.counts[NSMGR_EVENT_DIED], 0);
	set_drop("moved");
	set_drop("gone");
	set_drop("again");
	rmdir(in_root("x"));
	ck_assert_told(&account, "removed moved, removed gone, removed again, removed x");
}
END_TEST

/* The queue is read while it is filled anew. */
START_TEST(an_overflow_can_go_on)
{
	auto_account struct account account;
	pid_t pid;

	make_dir(fixture.root, 0755);
	make_dir(in_root("x"), 0755);
	account_begin(&account, NSMGR_WATCH_INITIAL);
	account_read(&account);
	flood(queue_length() + 100);
	pid = start(stir, &(struct stirring){ 7, 8000 });
	while (!has_ended(pid))
		account_read(&account);
	reap(pid);
	account_read(&account);
	assert_account_is_right(&account);
	for (int i = 0; i < 12; i++)
		rmdir(in_root("n%d", i));
	rmdir(in_root("x"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("watch while others change the store");
	TCase *tcase = suite_case(suite, "race");

	tcase_add_test(tcase, both_halves_of_a_rename_are_one_event);
	tcase_add_test(tcase, a_watch_can_begin_at_any_moment);
	tcase_add_test(tcase, more_than_can_be_kept_is_not_lost);
	tcase_add_test(tcase, an_overflow_can_go_on);
	return suite_run(suite, NEED_ROOT);
}
