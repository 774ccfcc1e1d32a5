/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "stages.h"

#include "lib/init.h"
#include "lib/nsfd.h"
#include "lib/stage.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

/* What everybody does who is about to make a stage. */
static void sweep(void)
{
	nsm_autostore struct nsm_store other = NSM_STORE_INIT;

	ck_assert_int_eq(nsm_store_open_rw(fixture.ctx, false, false, &other), 0);
	ck_assert_int_eq(nsm_store_begin_changes(&other), 0);
}

/* Leaves a stage with a pid namespace of its own, whose init lives on, and dies without a word. */
static int die_in_a_stage(void *data)
{
	struct nsm_meta meta = { .boot_id = "boot", .mount_id = store.mount_id };
	struct nsm_stage mine;
	pid_t *init = data, pid;
	int fd, closed[2];
	char path[64];

	CHILD_NEEDS(nsm_stage_open(&store, &mine) == 0);
	CHILD_NEEDS(nsm_stage_begin(&mine) == 0);
	CHILD_NEEDS(unshare(CLONE_NEWPID) == 0 && pipe(closed) == 0);
	pid = fork();
	if (pid == 0) {
		nsm_sys_close_range(0, ~0u, false);
		for (;;)
			pause();
	}
	/* Until it has closed what it inherited, the stage's lock is its too. */
	close(closed[1]);
	CHILD_NEEDS(read(closed[0], path, 1) == 0);
	*init = pid;
	snprintf(path, sizeof(path), "/proc/%d/ns/pid", pid);
	fd = nsm_nsfd_open(AT_FDCWD, path, false);
	CHILD_NEEDS(nsm_nsfd_id(fd, &meta.types[NSMGR_PID].id) == 0);
	meta.types[NSMGR_PID].origin = NSMGR_MADE;
	meta.keeper = pid;
	CHILD_NEEDS(nsm_stage_bind(&mine, NSMGR_PID, fd, NULL) == 0);
	CHILD_NEEDS(bind_own(&mine, NSMGR_UTS) == 0);
	CHILD_NEEDS(nsm_stage_write_meta(&mine, &meta) == 0);
	raise(SIGKILL);
	return 1;
}

static pid_t *shared_pid(void)
{
	static char name[512];
	int fd;

	snprintf(name, sizeof(name), "%s", in_dir("pid"));
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	ck_assert_int_eq(ftruncate(fd, sizeof(pid_t)), 0);
	pid_t *pid = mmap(NULL, sizeof(pid_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return pid;
}

START_TEST(a_dead_stage_is_swept_and_its_keeper_ended)
{
	pid_t *init = shared_pid();
	nsm_autoclose int pidfd = -EBADF;

	ck_assert_int_eq(child_status(die_in_a_stage, init), SIGKILL);
	pidfd = nsm_sys_pidfd_open(*init);
	ck_assert_int_ge(pidfd, 0);
	ck_assert(!nsm_pidfd_has_ended(pidfd));
	ck_assert_int_eq(stages_left(), 2);
	sweep();
	/* It was killed; nobody is held up until it has ended. */
	ck_assert_int_eq(poll(&(struct pollfd){ .fd = pidfd, .events = POLLIN }, 1, 10000), 1);
	ck_assert_int_eq(mounts_below(fixture.root), 1);
	/* Ours is alive, and stays. */
	ck_assert_int_eq(stages_left(), 1);
	ck_assert_int_eq(nsm_stage_begin(&stage), 0);
	munmap(init, sizeof(*init));
}
END_TEST

START_TEST(the_next_create_sweeps_and_a_reader_does_not)
{
	pid_t *init = shared_pid();
	struct nsmgr_list *list;

	ck_assert_int_eq(child_status(die_in_a_stage, init), SIGKILL);
	ck_assert_int_eq(nsmgr_list_new(fixture.ctx, NSMGR_LIST_ALL, &list), 0);
	nsmgr_list_free(list);
	ck_assert_int_eq(stages_left(), 2);
	set_make("web", NSMGR_MASK(NSMGR_UTS));
	ck_assert_int_eq(stages_left(), 1);
	set_drop("web");
	munmap(init, sizeof(*init));
}
END_TEST

START_TEST(a_pinned_pid_namespace_of_a_dead_stage_is_left_alone)
{
	struct nsm_meta meta = { .boot_id = "boot", .types[NSMGR_PID] = { .origin = NSMGR_PINNED } };
	nsm_autoclose int fd = nsm_nsfd_open(AT_FDCWD, "/proc/self/ns/pid", false);

	/* Ours: if its init were ended this would be the end of us as well. */
	ck_assert_int_eq(nsm_nsfd_id(fd, &meta.types[NSMGR_PID].id), 0);
	ck_assert_int_eq(nsm_stage_begin(&stage), 0);
	ck_assert_int_eq(nsm_stage_bind(&stage, NSMGR_PID, fd, NULL), 0);
	ck_assert_int_eq(nsm_stage_write_meta(&stage, &meta), 0);
	nsm_close(&stage.dir); /* with its lock */
	sweep();
	ck_assert_int_eq(stages_left(), 0);
	ck_assert_int_eq(mounts_below(fixture.root), 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sweep");
	TCase *tcase = suite_case(suite, "sweep");

	tcase_add_checked_fixture(tcase, open_store, close_store);
	tcase_add_test(tcase, a_dead_stage_is_swept_and_its_keeper_ended);
	tcase_add_test(tcase, the_next_create_sweeps_and_a_reader_does_not);
	tcase_add_test(tcase, a_pinned_pid_namespace_of_a_dead_stage_is_left_alone);
	return suite_run(suite, NEED_ROOT);
}
