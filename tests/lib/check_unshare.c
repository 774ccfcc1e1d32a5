/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "unshared.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NS_GET_USERNS 0xb701u

/* ---- what it has ---- */

START_TEST(every_type_is_new_and_of_its_type)
{
	wanted_new();
	nsmgr_config_make_rest(wanted);
	unshared_make();
	ck_assert_uint_eq(nsmgr_set_types(unshared), NSMGR_MASK_ALL);
	for (unsigned t = 0; t < NSMGR_TYPE_COUNT; t++) {
		enum nsmgr_type type = (enum nsmgr_type)t;

		ck_assert_uint_ne(id_of(unshared, type).ino, own_inode(type));
		ck_assert(fcntl(nsmgr_set_fd(unshared, type), F_GETFD) & FD_CLOEXEC);
	}
	unshared_end();
	ck_assert(!path_exists(fixture.root));
}
END_TEST

START_TEST(without_a_base_it_has_what_was_asked_for)
{
	wanted_new();
	nsmgr_config_make(wanted, NSMGR_UTS);
	ck_assert_int_eq(nsmgr_config_pin(wanted, NSMGR_NET, "/proc/self/ns/net"), 0);
	unshared_make();
	ck_assert_uint_eq(nsmgr_set_types(unshared), NSMGR_MASK(NSMGR_UTS) | NSMGR_MASK(NSMGR_NET));
	ck_assert_uint_eq(id_of(unshared, NSMGR_NET).ino, own_inode(NSMGR_NET));
	ck_assert_int_eq(nsmgr_set_keeper(unshared), 0);
	unshared_end();
}
END_TEST

START_TEST(the_rest_is_the_callers)
{
	wanted_new();
	ck_assert_int_eq(nsmgr_config_base_caller(wanted), 0);
	nsmgr_config_make(wanted, NSMGR_IPC);
	unshared_make();
	ck_assert_uint_eq(nsmgr_set_types(unshared), NSMGR_MASK_ALL);
	for (unsigned t = 0; t < NSMGR_TYPE_COUNT; t++)
		ck_assert_int_eq(id_of(unshared, (enum nsmgr_type)t).ino == own_inode((enum nsmgr_type)t), t != NSMGR_IPC);
	unshared_end();
}
END_TEST

START_TEST(the_rest_is_a_base_sets)
{
	struct nsmgr_set *base;

	wanted_new();
	nsmgr_config_make(wanted, NSMGR_UTS);
	nsmgr_config_make(wanted, NSMGR_NET);
	unshared_make();
	base = take_ptr(unshared);
	nsmgr_config_free(wanted);
	wanted_new();
	ck_assert_int_eq(nsmgr_config_base_set(wanted, base), 0);
	nsmgr_config_make(wanted, NSMGR_NET);
	unshared_make();
	ck_assert_uint_eq(nsmgr_set_types(unshared), NSMGR_MASK(NSMGR_UTS) | NSMGR_MASK(NSMGR_NET));
	ck_assert_uint_eq(id_of(unshared, NSMGR_UTS).ino, id_of(base, NSMGR_UTS).ino);
	ck_assert_uint_ne(id_of(unshared, NSMGR_NET).ino, id_of(base, NSMGR_NET).ino);
	nsmgr_set_close(base);
	unshared_end();
}
END_TEST

/* A namespace made beside a base with a user namespace belongs to that. */
START_TEST(a_base_with_a_user_namespace_owns_what_is_new)
{
	struct nsmgr_set *base;
	struct stat owner, user;
	int fd;

	wanted_new();
	nsmgr_config_make(wanted, NSMGR_USER);
	unshared_make();
	base = take_ptr(unshared);
	nsmgr_config_free(wanted);
	wanted_new();
	ck_assert_int_eq(nsmgr_config_base_set(wanted, base), 0);
	nsmgr_config_make(wanted, NSMGR_NET);
	nsmgr_config_make(wanted, NSMGR_PID);
	unshared_make();
	ck_assert_int_eq(fstat(nsmgr_set_fd(base, NSMGR_USER), &user), 0);
	for (enum nsmgr_type type = NSMGR_NET; type <= NSMGR_PID; type++) {
		fd = ioctl(nsmgr_set_fd(unshared, type), NS_GET_USERNS);
		ck_assert_int_ge(fd, 0);
		ck_assert_int_eq(fstat(fd, &owner), 0);
		close(fd);
		ck_assert_uint_eq(owner.st_ino, user.st_ino);
	}
	nsmgr_set_close(base);
	unshared_end();
}
END_TEST

/* ---- what is set up ---- */

static int show_maps(void *data)
{
	char text[256];
	int fd = open(data, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, sizeof(text) - 1);
	unsigned inner, outer, count;

	close(fd);
	if (n <= 0)
		return -1;
	text[n] = '\0';
	if (sscanf(text, "%u %u %u", &inner, &outer, &count) != 3)
		return -2;
	return inner == 7 ? (int)(outer / 1000) * 100 + (int)count : -3;
}

START_TEST(maps_of_users_groups_and_projects_may_differ)
{
	const struct nsmgr_extent users = { 7, 3000000, 10 }, groups = { 7, 4000000, 20 }, projects = { 7, 5000000, 30 };

	wanted_new();
	nsmgr_config_make(wanted, NSMGR_USER);
	ck_assert_int_eq(nsmgr_config_map(wanted, NSMGR_UID, &users), 0);
	ck_assert_int_eq(nsmgr_config_map(wanted, NSMGR_GID, &groups), 0);
	ck_assert_int_eq(nsmgr_config_map(wanted, NSMGR_PROJID, &projects), 0);
	unshared_make();
	ck_assert_int_eq(inside(show_maps, (char[]){ "/proc/self/uid_map" }), 300010);
	ck_assert_int_eq(inside(show_maps, (char[]){ "/proc/self/gid_map" }), 400020);
	ck_assert_int_eq(inside(show_maps, (char[]){ "/proc/self/projid_map" }), 500030);
	unshared_end();
}
END_TEST

static int become_high(void *data)
{
	(void)data;
	if (setresgid(3000000001u, 3000000001u, 3000000001u) < 0 || setresuid(3000000001u, 3000000001u, 3000000001u) < 0)
		return 1;
	return geteuid() == 3000000001u && getegid() == 3000000001u ? 0 : 2;
}

/* KERNEL R21: ids are 32 bits without a sign. */
START_TEST(ids_above_two_to_the_31_are_right)
{
	const struct nsmgr_extent all = { 0, 0, 1 }, high = { 3000000000u, 3500000000u, 1000 };

	wanted_new();
	nsmgr_config_make(wanted, NSMGR_USER);
	for (enum nsmgr_id_kind kind = NSMGR_UID; kind <= NSMGR_GID; kind++) {
		ck_assert_int_eq(nsmgr_config_map(wanted, kind, &all), 0);
		ck_assert_int_eq(nsmgr_config_map(wanted, kind, &high), 0);
	}
	unshared_make();
	ck_assert_int_eq(inside(become_high, NULL), 0);
	unshared_end();
}
END_TEST

static int monotonic(void *data)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int)(now.tv_sec / *(int *)data);
}

START_TEST(the_handle_of_a_time_namespace_is_that_of_the_children)
{
	const struct timespec offset = { .tv_sec = 1000000000 };

	wanted_new();
	ck_assert_int_eq(nsmgr_config_offset(wanted, CLOCK_MONOTONIC, &offset), 0);
	unshared_make();
	ck_assert_int_ge(inside(monotonic, &(int){ 1000000000 }), 1);
	ck_assert_int_eq(monotonic(&(int){ 1000000000 }), 0);
	unshared_end();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("unshare");
	TCase *tcase = suite_case(suite, "sets");

	tcase_add_test(tcase, every_type_is_new_and_of_its_type);
	tcase_add_test(tcase, without_a_base_it_has_what_was_asked_for);
	tcase_add_test(tcase, the_rest_is_the_callers);
	tcase_add_test(tcase, the_rest_is_a_base_sets);
	tcase_add_test(tcase, a_base_with_a_user_namespace_owns_what_is_new);
	add_test_needing(NEED_IDS, tcase, maps_of_users_groups_and_projects_may_differ);
	add_test_needing(NEED_IDS, tcase, ids_above_two_to_the_31_are_right);
	tcase_add_test(tcase, the_handle_of_a_time_namespace_is_that_of_the_children);
	return suite_run(suite, NEED_ROOT);
}
