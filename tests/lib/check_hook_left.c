/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* What hooks leave behind, and what is left of them. */

static struct nsmgr_config *config;
static pid_t *told; /* a page that hooks share with the test */

static void begin(enum nsmgr_type type)
{
	told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(told, MAP_FAILED);
	ck_assert_int_eq(nsmgr_config_new(fixture.ctx, &config), 0);
	nsmgr_config_make(config, type);
}

static void end(void)
{
	nsmgr_config_free(config);
	munmap(told, sizeof(*told));
}

static int leave_a_process(void *data)
{
	pid_t pid = fork();

	(void)data;
	if (pid == 0)
		for (;;)
			pause();
	*told = pid;
	return pid < 0 ? -errno : 0;
}

static void end_process(pid_t pid)
{
	int pidfd = pidfd_of(pid);

	ck_assert_int_ge(pidfd, 0);
	ck_assert(!has_ended_within(pidfd, 0));
	kill(pid, SIGKILL);
	ck_assert(has_ended_within(pidfd, 10));
	close(pidfd);
}

/* It has nothing of ours: nobody waits for it. In a pid namespace it ends with that. */
START_TEST(a_process_of_the_hook_inside_is_not_waited_for)
{
	struct nsmgr_set *set = NULL;

	begin(NSMGR_PID);
	nsmgr_config_hook_inside(config, leave_a_process, NULL);
	ck_assert_int_eq(nsmgr_unshare(config, &set), 0);
	nsmgr_set_close(set);
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "web", config, 0), 0);
	set_drop("web");
	end();
	begin(NSMGR_UTS);
	nsmgr_config_hook_inside(config, leave_a_process, NULL);
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "web", config, 0), 0);
	end_process(*told);
	set_drop("web");
	end();
}
END_TEST

START_TEST(a_process_of_a_commands_hook_is_not_waited_for)
{
	const char *const argv[] = { "sh", "-c", "exit 5", NULL }, *const none[] = { "/no/such/thing", NULL };
	struct nsmgr_command *starting;
	struct nsmgr_child *child;
	struct nsmgr_status status;

	begin(NSMGR_UTS);
	ck_assert_int_eq(nsmgr_command_new(fixture.ctx, &starting), 0);
	nsmgr_command_hook(starting, leave_a_process, NULL);
	ck_assert_int_eq(nsmgr_command_start(starting, NULL, argv, &child), 0);
	ck_assert_int_eq(nsmgr_child_wait(child, NULL, &status), 0);
	ck_assert_int_eq(status.code, 5);
	nsmgr_child_free(child);
	end_process(*told);
	/* What fails behind the hook is told all the same. */
	ck_assert_int_eq(nsmgr_command_start(starting, NULL, none, &child), -ENOENT);
	assert_failure(ENOENT, "exec", NSMGR_TYPE_NONE);
	end_process(*told);
	nsmgr_command_free(starting);
	end();
}
END_TEST

static int never_return(void *data)
{
	(void)data;
	*told = getpid();
	while (pause() < 0)
		;
	return 0;
}

static int unshare_for_ever(void *data)
{
	struct nsmgr_set *set;

	(void)data;
	return nsmgr_unshare(config, &set);
}

/* Neither the hook nor whoever waits for it outlives a caller that is killed. */
START_TEST(a_hook_ends_with_its_caller)
{
	pid_t caller, hook;
	int pidfd;

	begin(NSMGR_NET);
	nsmgr_config_hook_inside(config, never_return, NULL);
	caller = fork();
	if (caller == 0)
		_exit(unshare_for_ever(NULL));
	while (!(hook = __atomic_load_n(told, __ATOMIC_ACQUIRE)))
		sched_yield();
	pidfd = pidfd_of(hook);
	ck_assert_int_ge(pidfd, 0);
	kill(caller, SIGKILL);
	ck_assert_int_eq(waitpid(caller, NULL, 0), caller);
	ck_assert(has_ended_within(pidfd, 10));
	close(pidfd);
	end();
}
END_TEST

static int set_told(void *data)
{
	(void)data;
	*told = 1;
	return 0;
}

/* A set of the pool has had no hook. */
START_TEST(a_set_with_a_hook_is_not_taken_from_the_pool)
{
	begin(NSMGR_UTS);
	ck_assert_int_eq(nsmgr_store_fill(fixture.ctx, config, 1), 1);
	nsmgr_config_hook_inside(config, set_told, NULL);
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "web", config, NSMGR_CREATE_FROM_POOL), 0);
	ck_assert_int_eq(*told, 1);
	ck_assert_int_eq(nsmgr_store_fill(fixture.ctx, config, 1), -EINVAL);
	nsmgr_config_hook_inside(config, NULL, NULL);
	ck_assert_int_eq(nsmgr_store_drain(fixture.ctx, NULL), 1);
	set_drop("web");
	end();
}
END_TEST

static int read_argument(void *data)
{
	return strcmp(data, "argument") ? -EXFULL : 0;
}

/* The keeper's title is written over the arguments of the program only when all hooks are done. */
START_TEST(a_hook_reads_what_it_is_given)
{
	struct nsmgr_set *set;

	begin(NSMGR_PID);
	nsmgr_config_hook_inside(config, read_argument, (char[]){ "argument" });
	ck_assert_int_eq(nsmgr_unshare(config, &set), 0);
	nsmgr_set_close(set);
	end();
}
END_TEST

START_TEST(flags_that_nobody_knows_are_refused)
{
	struct nsmgr_set *set;

	begin(NSMGR_UTS);
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "web", config, 4), -EINVAL);
	assert_failure(EINVAL, "flags", NSMGR_TYPE_NONE);
	ck_assert_int_eq(nsmgr_remove(fixture.ctx, "web", 1u << 31, NULL), -EINVAL);
	ck_assert_int_eq(nsmgr_set_open(fixture.ctx, "web", NSMGR_MASK_ALL, 2, &set), -EINVAL);
	ck_assert_int_eq(nsmgr_set_new(fixture.ctx, &set), 0);
	ck_assert_int_eq(nsmgr_config_base_set(config, set), -ENOENT);
	nsmgr_set_close(set);
	end();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hook_left");
	TCase *tcase = suite_case(suite, "hooks");

	tcase_add_test(tcase, a_process_of_the_hook_inside_is_not_waited_for);
	tcase_add_test(tcase, a_process_of_a_commands_hook_is_not_waited_for);
	tcase_add_test(tcase, a_hook_ends_with_its_caller);
	tcase_add_test(tcase, a_set_with_a_hook_is_not_taken_from_the_pool);
	tcase_add_test(tcase, a_hook_reads_what_it_is_given);
	tcase_add_test(tcase, flags_that_nobody_knows_are_refused);
	return suite_run(suite, NEED_ROOT);
}
