/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "pinned.h"

#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define NET NSMGR_MASK(NSMGR_NET)
#define UTS NSMGR_MASK(NSMGR_UTS)
#define MNT NSMGR_MASK(NSMGR_MNT)

/* ---- mount namespaces (KERNEL R4, R10) ---- */

START_TEST(the_own_mount_namespace_cannot_be_bound)
{
	make_private();
	pinned_open_own(MNT | NET);
	ck_assert_int_eq(nsmgr_set_mount(pinned, in_dir("d")), -EINVAL);
	assert_failure(EINVAL, "bind", NSMGR_MNT);
	ck_assert_ptr_nonnull(strstr(nsmgr_get_failure(fixture.ctx)->text, "own mount namespace"));
	ck_assert_int_eq(entries_of(in_dir("d")), 0);
	pinned_close();
	drop_private();
}
END_TEST

static int bind_from_newer(void *data)
{
	(void)data;
	CHILD_NEEDS(unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	CHILD_NEEDS(nsmgr_set_mount(pinned, in_dir("d")) == -EINVAL);
	CHILD_NEEDS(strstr(nsmgr_get_failure(fixture.ctx)->text, "older than the caller's") != NULL);
	CHILD_NEEDS(mounts_below(in_dir("d")) == 1 && entries_of(in_dir("d")) == 0);
	return 0;
}

START_TEST(an_older_mount_namespace_cannot_be_bound)
{
	make_private();
	pinned_open_own(MNT);
	ck_assert_child(bind_from_newer, NULL);
	pinned_close();
	drop_private();
}
END_TEST

static int bind_onto_shared(void *data)
{
	(void)data;
	/* A peer: the copy of the mount in a namespace of our own. */
	CHILD_NEEDS(mount(NULL, in_dir("d"), NULL, MS_SHARED, NULL) == 0);
	make_dir(in_dir("peer"), 0755);
	CHILD_NEEDS(mount(in_dir("d"), in_dir("peer"), NULL, MS_BIND, NULL) == 0);
	if (nsmgr_set_mount(pinned, in_dir("d")) == 0)
		return umount2(in_dir("d/mnt"), MNT_DETACH); /* not all kernels refuse it */
	CHILD_NEEDS(nsmgr_get_failure(fixture.ctx)->error == EINVAL);
	CHILD_NEEDS(strstr(nsmgr_get_failure(fixture.ctx)->text, "shared") != NULL);
	CHILD_NEEDS(entries_of(in_dir("d")) == 0);
	CHILD_NEEDS(umount2(in_dir("peer"), MNT_DETACH) == 0 && mount(NULL, in_dir("d"), NULL, MS_PRIVATE, NULL) == 0);
	CHILD_NEEDS(nsmgr_set_mount(pinned, in_dir("d")) == 0);
	return umount2(in_dir("d/mnt"), MNT_DETACH);
}

START_TEST(a_shared_mount_takes_no_mount_namespace)
{
	make_private();
	pinned_open_new(MNT);
	ck_assert_child(bind_onto_shared, NULL);
	pinned_close();
	set_drop("web");
	drop_private();
}
END_TEST

/* ---- failures leave nothing ---- */

static int bind_unprivileged(void *data)
{
	(void)data;
	CHILD_NEEDS(chmod(in_dir("d"), 0777) == 0 && setgid(65534) == 0 && setuid(65534) == 0);
	/* A change of ids takes our own files in /proc away from us. */
	CHILD_NEEDS(prctl(PR_SET_DUMPABLE, 1) == 0);
	CHILD_NEEDS(nsmgr_set_mount(pinned, in_dir("d")) == -EPERM);
	CHILD_NEEDS(*nsmgr_get_failure(fixture.ctx)->hint);
	CHILD_NEEDS(entries_of(in_dir("d")) == 0);
	return 0;
}

START_TEST(without_privilege_nothing_is_left)
{
	make_dir(in_dir("d"), 0755);
	pinned_open_own(NET | UTS);
	ck_assert_child(bind_unprivileged, NULL);
	pinned_close();
}
END_TEST

static int bind_with_few(void *data)
{
	int r = -1, failures = 0;

	(void)data;
	for (rlim_t count = 3; r < 0 && count < 64; count++) {
		struct rlimit limit = { count, 4096 };

		CHILD_NEEDS(setrlimit(RLIMIT_NOFILE, &limit) == 0);
		r = nsmgr_set_mount(pinned, in_dir("d"));
		limit.rlim_cur = 4096;
		CHILD_NEEDS(setrlimit(RLIMIT_NOFILE, &limit) == 0);
		failures += r < 0;
		CHILD_NEEDS(r == 0 || r == -EMFILE);
		CHILD_NEEDS(r == 0 || (entries_of(in_dir("d")) == 1 && mounts_below(in_dir("d")) == 1));
	}
	CHILD_NEEDS(r == 0 && failures > 1);
	return 0;
}

START_TEST(without_descriptors_nothing_is_left)
{
	make_private();
	pinned_open_new(NSMGR_MASK_ALL);
	put_text(in_dir("d/net"), "there before");
	ck_assert_child(bind_with_few, NULL);
	pinned_close();
	set_drop("web");
	drop_private();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("set_mount_fails");
	TCase *mnt = suite_case(suite, "mnt");
	TCase *fails = suite_case(suite, "failures");

	tcase_add_test(mnt, the_own_mount_namespace_cannot_be_bound);
	tcase_add_test(mnt, an_older_mount_namespace_cannot_be_bound);
	tcase_add_test(mnt, a_shared_mount_takes_no_mount_namespace);
	add_test_needing(NEED_IDS, fails, without_privilege_nothing_is_left);
	tcase_add_test(fails, without_descriptors_nothing_is_left);
	return suite_run(suite, NEED_ROOT);
}
