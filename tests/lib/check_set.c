/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "opened.h"

#include "base/fd.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define NET NSMGR_MASK(NSMGR_NET)
#define UTS NSMGR_MASK(NSMGR_UTS)
#define USER NSMGR_MASK(NSMGR_USER)
#define PID NSMGR_MASK(NSMGR_PID)

START_TEST(ids_are_those_that_are_never_reused)
{
	auto_set struct nsmgr_set *set = NULL;
	struct nsmgr_id a = { 4, 17, 0 }, b = { 4, 17, 5 }, c = { 4, 18, 5 };
	char text[NSMGR_ID_TEXT_SIZE];

	ck_assert_int_eq(nsmgr_set_from_caller(fixture.ctx, NSMGR_MASK_ALL, &set), 0);
	for (unsigned t = 0; t < NSMGR_TYPE_COUNT; t++) {
		struct nsmgr_id id;

		ck_assert_int_eq(nsmgr_set_id(set, (enum nsmgr_type)t, &id), 0);
		/* Linux 6.18 has them for all types. */
		ck_assert_msg(id.id != 0 || getenv("NSMGR_MUST_WORK") == NULL, "type %u", t);
	}
	ck_assert_int_eq(nsmgr_set_id(set, NSMGR_TYPE_NONE, &a), -ENOENT);
	ck_assert_int_eq(nsmgr_set_id(set, NSMGR_TYPE_COUNT, &a), -ENOENT);
	ck_assert_int_eq(nsmgr_set_fd(set, NSMGR_TYPE_NONE), -ENOENT);
	ck_assert(nsmgr_id_equal(&a, &b));  /* one has none: device and inode */
	ck_assert(!nsmgr_id_equal(&a, &c));
	ck_assert(nsmgr_id_equal(&b, &c));  /* both have */
	c.id = 6;
	c.ino = 17;
	ck_assert(!nsmgr_id_equal(&b, &c)); /* the inode was reused */
	a.dev = 5;
	ck_assert(!nsmgr_id_equal(&a, &b));
	ck_assert_str_eq(nsmgr_id_text(NSMGR_CGROUP, &(struct nsmgr_id){ 0, UINT64_MAX, 0 }, text),
			 "cgroup:[18446744073709551615]");
	ck_assert_str_eq(nsmgr_id_text(NSMGR_TYPE_NONE, &a, text), "none:[17]");
}
END_TEST

START_TEST(a_copy_outlives_the_original)
{
	auto_set struct nsmgr_set *set = NULL, *copy = NULL, *one = NULL;
	struct nsmgr_id before[NSMGR_TYPE_COUNT], after;

	set_make("web", NET | UTS | USER);
	ck_assert_int_eq(nsmgr_set_open(fixture.ctx, "web", NSMGR_MASK_ALL, NSMGR_OPEN_HOLD, &set), 0);
	set_drop("web");
	for (unsigned t = NSMGR_NET; t < NSMGR_TYPE_COUNT; t++)
		if (nsmgr_set_types(set) & NSMGR_MASK(t))
			ck_assert_int_eq(nsmgr_set_id(set, (enum nsmgr_type)t, &before[t]), 0);
	ck_assert_int_eq(nsmgr_set_dup(set, NSMGR_MASK_ALL, &copy), 0);
	ck_assert_int_eq(nsmgr_set_dup(set, UTS | PID, &one), 0);
	ck_assert_int_eq(nsmgr_set_dup(one, NET, &one), -ENOENT);
	ck_assert_int_ne(nsmgr_set_fd(copy, NSMGR_NET), nsmgr_set_fd(set, NSMGR_NET));
	close_set(&set);
	ck_assert_uint_eq(nsmgr_set_types(copy), NET | UTS | USER);
	ck_assert_uint_eq(nsmgr_set_types(one), UTS);
	for (unsigned t = NSMGR_NET; t < NSMGR_TYPE_COUNT; t++)
		if (nsmgr_set_types(copy) & NSMGR_MASK(t)) {
			ck_assert_int_eq(nsmgr_set_id(copy, (enum nsmgr_type)t, &after), 0);
			ck_assert(nsmgr_id_equal(&before[t], &after));
			ck_assert_int_eq(fcntl(nsmgr_set_fd(copy, (enum nsmgr_type)t), F_GETFD), FD_CLOEXEC);
		}
}
END_TEST

START_TEST(a_descriptor_that_is_taken_is_the_takers)
{
	struct nsmgr_set *set = NULL;
	struct stat st;
	int fd;

	ck_assert_int_eq(nsmgr_set_from_caller(fixture.ctx, NET | UTS, &set), 0);
	fd = nsmgr_set_take_fd(set, NSMGR_NET);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(nsmgr_set_take_fd(set, NSMGR_NET), -ENOENT);
	ck_assert_int_eq(nsmgr_set_take_fd(set, NSMGR_TYPE_NONE), -ENOENT);
	ck_assert_uint_eq(nsmgr_set_types(set), UTS);
	nsmgr_set_close(set);
	ck_assert(fstat(fd, &st) == 0 && st.st_ino == inode_of("/proc/self/ns/net"));
	close(fd);
}
END_TEST

START_TEST(a_set_is_put_together_of_descriptors)
{
	auto_set struct nsmgr_set *set = NULL;
	nsm_autoclose int net = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	nsm_autoclose int path = open("/proc/self/ns/uts", O_PATH | O_CLOEXEC), uts = open("/proc/self/ns/uts", O_RDONLY);

	ck_assert_int_eq(nsmgr_set_new(fixture.ctx, &set), 0);
	ck_assert_uint_eq(nsmgr_set_types(set), 0);
	ck_assert_int_eq(nsmgr_set_add(set, net), 0);
	ck_assert_int_ne(nsmgr_set_fd(set, NSMGR_NET), net);
	ck_assert_int_eq(nsmgr_set_add(set, net), -EEXIST);
	assert_failure(EEXIST, "set", NSMGR_NET);
	ck_assert_int_eq(nsmgr_set_add(set, null), -EINVAL);
	ck_assert_int_eq(nsmgr_set_add(set, path), -EBADF);
	ck_assert_int_eq(nsmgr_set_add(set, -1), -EBADF);
	ck_assert_int_eq(nsmgr_set_add(set, 999), -EBADF);
	ck_assert_int_eq(nsmgr_set_add(set, uts), 0);
	nsm_close(&net);
	nsm_close(&uts);
	assert_is_of(set, getpid(), NET | UTS);
}
END_TEST

/* Runs each with ever more descriptors until it works; what failed has left none. */
static int open_with_few(void *data)
{
	static const char *const makers[] = { "caller", "pid", "dir", "dup", "open" };
	struct nsmgr_set *source = NULL;

	(void)data;
	CHILD_NEEDS(nsmgr_set_from_caller(fixture.ctx, NSMGR_MASK_ALL, &source) == 0);
	for (unsigned maker = 0; maker < NSM_ARRAY_SIZE(makers); maker++) {
		int r = -1, failures = 0, lowest;

		for (rlim_t count = 3; r < 0 && count < 64; count++) {
			struct nsmgr_set *set = NULL;
			struct rlimit limit = { count, 4096 };

			lowest = dup(0);
			close(lowest);
			CHILD_NEEDS(setrlimit(RLIMIT_NOFILE, &limit) == 0);
			r = maker == 0 ? nsmgr_set_from_caller(fixture.ctx, NSMGR_MASK_ALL, &set) :
			    maker == 1 ? nsmgr_set_from_pid(fixture.ctx, getppid(), NSMGR_MASK_ALL, &set) :
			    maker == 2 ? nsmgr_set_from_dir(fixture.ctx, "/proc/self/ns", NSMGR_MASK_ALL, &set) :
			    maker == 3 ? nsmgr_set_dup(source, NSMGR_MASK_ALL, &set) :
					 nsmgr_set_open(fixture.ctx, "web", NSMGR_MASK_ALL, 0, &set);
			limit.rlim_cur = 4096;
			CHILD_NEEDS(setrlimit(RLIMIT_NOFILE, &limit) == 0);
			CHILD_NEEDS((r == 0) == (set != NULL) && (r == 0 || r == -EMFILE));
			failures += r < 0;
			nsmgr_set_close(set);
			CHILD_NEEDS(dup(0) == lowest && close(lowest) == 0);
		}
		CHILD_NEEDS(r == 0 && failures > 3);
	}
	nsmgr_set_close(source);
	return 0;
}

START_TEST(without_descriptors_it_fails_and_leaves_none)
{
	set_make("web", NSMGR_MASK_ALL & ~PID);
	ck_assert_child(open_with_few, NULL);
	set_drop("web");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("set");
	TCase *use = suite_case(suite, "use");

	tcase_add_test(use, ids_are_those_that_are_never_reused);
	tcase_add_test(use, a_copy_outlives_the_original);
	tcase_add_test(use, a_descriptor_that_is_taken_is_the_takers);
	tcase_add_test(use, a_set_is_put_together_of_descriptors);
	tcase_add_test(use, without_descriptors_it_fails_and_leaves_none);
	return suite_run(suite, NEED_ROOT);
}
