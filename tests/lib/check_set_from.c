/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "opened.h"

#include "base/fd.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NET NSMGR_MASK(NSMGR_NET)
#define UTS NSMGR_MASK(NSMGR_UTS)
#define USER NSMGR_MASK(NSMGR_USER)
#define PID NSMGR_MASK(NSMGR_PID)

START_TEST(the_callers_are_what_proc_shows)
{
	auto_set struct nsmgr_set *all = NULL, *two = NULL;

	ck_assert_int_eq(nsmgr_set_from_caller(fixture.ctx, NSMGR_MASK_ALL, &all), 0);
	assert_is_of(all, getpid(), NSMGR_MASK_ALL);
	ck_assert_int_eq(nsmgr_set_from_caller(fixture.ctx, NET | UTS, &two), 0);
	assert_is_of(two, getpid(), NET | UTS);
	ck_assert_int_eq(nsmgr_set_from_caller(fixture.ctx, 0, &two), -ENOENT);
	assert_failure(ENOENT, "source", NSMGR_TYPE_NONE);
}
END_TEST

struct thread_view {
	bool ok;
	ino_t own, others;
};

/* setns(2) and unshare(2) move a thread, not its process. */
static void *look_from_thread(void *data)
{
	struct thread_view *view = data;
	struct nsmgr_ctx *ctx = NULL;
	struct nsmgr_set *set = NULL;
	struct nsmgr_id id;

	if (unshare(CLONE_NEWUTS) == 0 && nsmgr_new(&ctx) == 0 && nsmgr_set_from_caller(ctx, UTS, &set) == 0 &&
	    nsmgr_set_id(set, NSMGR_UTS, &id) == 0) {
		view->own = id.ino;
		view->ok = true;
	}
	nsmgr_set_close(set);
	nsmgr_unref(ctx);
	return NULL;
}

static int look_with_thread(void *data)
{
	struct thread_view view = { .others = inode_of("/proc/self/ns/uts") };
	pthread_t thread;

	(void)data;
	CHILD_NEEDS(pthread_create(&thread, NULL, look_from_thread, &view) == 0);
	CHILD_NEEDS(pthread_join(thread, NULL) == 0);
	CHILD_NEEDS(view.ok && view.own != view.others);
	return 0;
}

START_TEST(a_thread_has_namespaces_of_its_own)
{
	ck_assert_child(look_with_thread, NULL);
}
END_TEST

static int hide_proc(void *data)
{
	struct nsmgr_set *set = NULL;

	(void)data;
	CHILD_NEEDS(unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	CHILD_NEEDS(mount("none", "/proc", "tmpfs", 0, NULL) == 0);
	CHILD_NEEDS(nsmgr_set_from_caller(fixture.ctx, NSMGR_MASK_ALL, &set) == -ENOSYS && !set);
	/* A directory of that name is no proc (LESSONS security 14). */
	CHILD_NEEDS(mkdir("/proc/thread-self", 0755) == 0 && mkdir("/proc/thread-self/ns", 0755) == 0);
	CHILD_NEEDS(nsmgr_set_from_caller(fixture.ctx, NSMGR_MASK_ALL, &set) == -ENOSYS && !set);
	return 0;
}

START_TEST(what_is_not_proc_tells_nothing_of_the_caller)
{
	ck_assert_child(hide_proc, NULL);
}
END_TEST

static int enter_new_ones(void *data)
{
	(void)data;
	return unshare(CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNS | CLONE_NEWPID);
}

START_TEST(those_of_a_process_are_its_own)
{
	struct resident resident = resident_start(enter_new_ones, NULL);
	auto_set struct nsmgr_set *by_pid = NULL, *by_pidfd = NULL, *own = NULL;
	nsm_autoclose int pidfd = (int)syscall(SYS_pidfd_open, resident.pid, 0);
	struct nsmgr_id id, own_id;

	ck_assert_int_ge(pidfd, 0);
	ck_assert_int_eq(nsmgr_set_from_pid(fixture.ctx, resident.pid, NSMGR_MASK_ALL, &by_pid), 0);
	assert_is_of(by_pid, resident.pid, NSMGR_MASK_ALL);
	ck_assert_int_eq(nsmgr_set_from_pidfd(fixture.ctx, pidfd, NET | PID, &by_pidfd), 0);
	assert_is_of(by_pidfd, resident.pid, NET | PID);
	ck_assert_int_eq(nsmgr_set_from_caller(fixture.ctx, NET | USER, &own), 0);
	ck_assert(nsmgr_set_id(by_pid, NSMGR_NET, &id) == 0 && nsmgr_set_id(own, NSMGR_NET, &own_id) == 0);
	ck_assert(!nsmgr_id_equal(&id, &own_id));
	ck_assert(nsmgr_set_id(by_pidfd, NSMGR_NET, &own_id) == 0 && nsmgr_id_equal(&id, &own_id));
	ck_assert(nsmgr_set_id(by_pid, NSMGR_USER, &id) == 0 && nsmgr_set_id(own, NSMGR_USER, &own_id) == 0);
	ck_assert(nsmgr_id_equal(&id, &own_id));
	resident_end(&resident);
	/* They live on without it. */
	assert_is_of(own, getpid(), NET | USER);
	ck_assert_int_eq(nsmgr_set_id(by_pid, NSMGR_NET, &id), 0);
	ck_assert_int_eq(nsmgr_set_from_pidfd(fixture.ctx, pidfd, NSMGR_MASK_ALL, &by_pidfd), -ESRCH);
	assert_failure(ESRCH, "source", NSMGR_TYPE_NONE);
}
END_TEST

START_TEST(a_process_that_has_ended_has_none)
{
	struct nsmgr_set *set = NULL;
	siginfo_t info;
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	/* Not reaped yet: its user namespace is still to be seen in /proc. */
	ck_assert_int_eq(nsmgr_set_from_pid(fixture.ctx, pid, NSMGR_MASK_ALL, &set), -ESRCH);
	ck_assert_int_eq(nsmgr_set_from_pid(fixture.ctx, pid, USER, &set), -ESRCH);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	ck_assert_int_eq(nsmgr_set_from_pid(fixture.ctx, pid, NSMGR_MASK_ALL, &set), -ESRCH);
	assert_failure(ESRCH, "source", NSMGR_TYPE_NONE);
	ck_assert_int_eq(nsmgr_set_from_pid(fixture.ctx, 0, NSMGR_MASK_ALL, &set), -ESRCH);
	ck_assert_int_eq(nsmgr_set_from_pid(fixture.ctx, -7, NSMGR_MASK_ALL, &set), -ESRCH);
	ck_assert_ptr_null(set);
}
END_TEST

START_TEST(a_pidfd_has_to_be_one)
{
	nsm_autoclose int null = open("/dev/null", O_RDWR | O_CLOEXEC), dir = open("/", O_PATH | O_CLOEXEC);
	struct nsmgr_set *set = NULL;

	ck_assert_int_eq(nsmgr_set_from_pidfd(fixture.ctx, null, NSMGR_MASK_ALL, &set), -EBADF);
	ck_assert_int_eq(nsmgr_set_from_pidfd(fixture.ctx, dir, NSMGR_MASK_ALL, &set), -EBADF);
	ck_assert_int_eq(nsmgr_set_from_pidfd(fixture.ctx, -1, NSMGR_MASK_ALL, &set), -EBADF);
	ck_assert_int_eq(nsmgr_set_from_pidfd(fixture.ctx, 1000, NSMGR_MASK_ALL, &set), -EBADF);
	ck_assert_ptr_null(set);
}
END_TEST

static int look_as_nobody(void *data)
{
	struct nsmgr_set *set = NULL;

	CHILD_NEEDS(setgid(65534) == 0 && setuid(65534) == 0);
	CHILD_NEEDS(nsmgr_set_from_pid(fixture.ctx, *(pid_t *)data, NSMGR_MASK_ALL, &set) == -EACCES && !set);
	return 0;
}

START_TEST(whom_one_may_not_trace_one_may_not_ask)
{
	struct resident resident = resident_start(NULL, NULL);

	ck_assert_child(look_as_nobody, &resident.pid);
	resident_end(&resident);
}
END_TEST

/* As before Linux 6.11: each PIDFD_GET_*_NAMESPACE is ENOTTY (KERNEL R71). */
static int deny_pidfd_ioctls(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 4),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1])),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xfff0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0xff00, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOTTY),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { NSM_ARRAY_SIZE(code), code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -1 : prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static int look_through_proc(void *data)
{
	pid_t pid = *(pid_t *)data, dead;
	auto_set struct nsmgr_set *set = NULL, *other = NULL;
	siginfo_t info;

	CHILD_NEEDS(deny_pidfd_ioctls() == 0);
	CHILD_NEEDS(nsmgr_set_from_pid(fixture.ctx, pid, NSMGR_MASK_ALL, &set) == 0);
	assert_is_of(set, pid, NSMGR_MASK_ALL);
	dead = fork();
	if (dead == 0)
		_exit(0);
	CHILD_NEEDS(waitid(P_PID, (id_t)dead, &info, WEXITED | WNOWAIT) == 0);
	CHILD_NEEDS(nsmgr_set_from_pid(fixture.ctx, dead, NSMGR_MASK_ALL, &other) == -ESRCH);
	CHILD_NEEDS(nsmgr_set_from_pid(fixture.ctx, dead, USER, &other) == -ESRCH && !other);
	CHILD_NEEDS(waitpid(dead, NULL, 0) == dead);
	CHILD_NEEDS(setgid(65534) == 0 && setuid(65534) == 0);
	CHILD_NEEDS(nsmgr_set_from_pid(fixture.ctx, pid, NSMGR_MASK_ALL, &other) == -EACCES && !other);
	return 0;
}

START_TEST(an_older_kernel_is_asked_through_proc)
{
	struct resident resident = resident_start(enter_new_ones, NULL);

	ck_assert_child(look_through_proc, &resident.pid);
	resident_end(&resident);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("set_from");
	TCase *tcase = suite_case(suite, "set_from");

	tcase_add_test(tcase, the_callers_are_what_proc_shows);
	tcase_add_test(tcase, a_thread_has_namespaces_of_its_own);
	tcase_add_test(tcase, what_is_not_proc_tells_nothing_of_the_caller);
	tcase_add_test(tcase, those_of_a_process_are_its_own);
	tcase_add_test(tcase, a_process_that_has_ended_has_none);
	tcase_add_test(tcase, a_pidfd_has_to_be_one);
	add_test_needing(NEED_IDS, tcase, whom_one_may_not_trace_one_may_not_ask);
	add_test_needing(NEED_IDS, tcase, an_older_kernel_is_asked_through_proc);
	return suite_run(suite, NEED_ROOT);
}
