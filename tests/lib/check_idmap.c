/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include "base/macro.h"
#include "lib/idmap.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

static struct nsm_idmap map;

static int add(uint32_t inner, uint32_t outer, uint32_t count)
{
	const struct nsmgr_extent extent = { inner, outer, count };

	return nsm_idmap_add(&map, &extent);
}

static void empty_map(void)
{
	map.count = 0;
}

START_TEST(ranges_that_touch_do_not_overlap)
{
	ck_assert_int_eq(add(0, 100000, 1000), 0);
	ck_assert_int_eq(add(1000, 101000, 1), 0);
	ck_assert_int_eq(add(1001, 99999, 1), 0);
	ck_assert_uint_eq(map.count, 3);
	ck_assert_uint_eq(map.lines[2].outer, 99999);
}
END_TEST

/* KERNEL R21: no overlap on either side, no empty range, none that runs over the last id. */
START_TEST(overlaps_on_either_side_are_refused)
{
	ck_assert_int_eq(add(1000, 5000, 100), 0);
	ck_assert_int_eq(add(1099, 9000, 1), -EINVAL);
	ck_assert_int_eq(add(1000, 9000, 1), -EINVAL);
	ck_assert_int_eq(add(901, 9000, 100), -EINVAL);
	ck_assert_int_eq(add(0, 9000, 5000), -EINVAL);
	ck_assert_int_eq(add(1100, 5099, 1), -EINVAL);
	ck_assert_int_eq(add(0, 4999, 2), -EINVAL);
	ck_assert_int_eq(add(0, 1, 4294967294u), -EINVAL);
	ck_assert_uint_eq(map.count, 1);
	ck_assert_int_eq(add(900, 4900, 100), 0);
	ck_assert_int_eq(add(1100, 5100, 100), 0);
}
END_TEST

START_TEST(ranges_reach_to_the_last_id_and_not_over_it)
{
	ck_assert_int_eq(add(0, 0, 0), -EINVAL);
	ck_assert_int_eq(add(UINT32_MAX, 0, 1), -EINVAL);
	ck_assert_int_eq(add(0, UINT32_MAX, 1), -EINVAL);
	ck_assert_int_eq(add(1, 0, UINT32_MAX), -EINVAL);
	ck_assert_int_eq(add(2147483648u, 0, 2147483648u), -EINVAL);
	ck_assert_uint_eq(map.count, 0);
	/* What /proc/self/uid_map of the initial user namespace says. */
	ck_assert_int_eq(add(0, 0, UINT32_MAX), 0);
	map.count = 0;
	ck_assert_int_eq(add(4294967294u, 4294967294u, 1), 0);
}
END_TEST

START_TEST(a_map_has_at_most_340_lines)
{
	for (uint32_t i = 0; i < 340; i++)
		ck_assert_int_eq(add(i, 1000 + i, 1), 0);
	ck_assert_int_eq(add(340, 1340, 1), -E2BIG);
	ck_assert_uint_eq(map.count, 340);
}
END_TEST

START_TEST(an_id_is_mapped_from_the_first_to_the_last_of_a_range)
{
	ck_assert(!nsm_idmap_maps(&map, 0));
	ck_assert_int_eq(add(10, 0, 5), 0);
	ck_assert_int_eq(add(4294967294u, 10, 1), 0);
	ck_assert(!nsm_idmap_maps(&map, 9));
	ck_assert(nsm_idmap_maps(&map, 10));
	ck_assert(nsm_idmap_maps(&map, 14));
	ck_assert(!nsm_idmap_maps(&map, 15));
	ck_assert(nsm_idmap_maps(&map, 4294967294u));
	ck_assert(!nsm_idmap_maps(&map, 4294967295u));
}
END_TEST

START_TEST(our_own_map_is_read_as_the_kernel_shows_it)
{
	unsigned inner, outer, count;
	FILE *file = fopen("/proc/self/gid_map", "re");

	ck_assert_int_eq(nsm_idmap_read_own(NSMGR_GID, &map), 0);
	for (size_t i = 0; i < map.count; i++) {
		ck_assert_int_eq(fscanf(file, "%u %u %u", &inner, &outer, &count), 3);
		ck_assert_uint_eq(map.lines[i].inner, inner);
		ck_assert_uint_eq(map.lines[i].outer, outer);
		ck_assert_uint_eq(map.lines[i].count, count);
	}
	ck_assert_int_eq(fscanf(file, "%u", &inner), EOF);
	fclose(file);
}
END_TEST

static int write_own_map(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n = write(fd, text, strlen(text));

	close(fd);
	return n == (ssize_t)strlen(text) ? 0 : -1;
}

static int in_smaller_namespace(void *data)
{
	char line[64];

	(void)data;
	snprintf(line, sizeof(line), "7 %u 1\n", geteuid());
	CHILD_NEEDS(unshare(CLONE_NEWUSER) == 0);
	/* No map at all yet. */
	CHILD_NEEDS(nsm_idmap_read_own(NSMGR_UID, &map) == 0 && map.count == 0);
	CHILD_NEEDS(write_own_map("/proc/self/uid_map", line) == 0);
	CHILD_NEEDS(nsm_idmap_identity(NSMGR_UID, &map) == 0);
	CHILD_NEEDS(map.count == 1 && map.lines[0].inner == 7 && map.lines[0].outer == 7 && map.lines[0].count == 1);
	CHILD_NEEDS(nsm_idmap_read_own(NSMGR_UID, &map) == 0);
	CHILD_NEEDS(map.count == 1 && map.lines[0].inner == 7 && map.lines[0].outer != 7);
	return 0;
}

START_TEST(the_identity_is_that_of_our_own_extents)
{
	/* KERNEL section 9: in a smaller user namespace the full identity map is EPERM. */
	ck_assert_child(in_smaller_namespace, NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("idmap");
	TCase *tcase = suite_case(suite, "idmap");

	tcase_add_checked_fixture(tcase, empty_map, NULL);
	tcase_add_test(tcase, ranges_that_touch_do_not_overlap);
	tcase_add_test(tcase, overlaps_on_either_side_are_refused);
	tcase_add_test(tcase, ranges_reach_to_the_last_id_and_not_over_it);
	tcase_add_test(tcase, a_map_has_at_most_340_lines);
	tcase_add_test(tcase, an_id_is_mapped_from_the_first_to_the_last_of_a_range);
	tcase_add_test(tcase, our_own_map_is_read_as_the_kernel_shows_it);
	tcase_add_test(tcase, the_identity_is_that_of_our_own_extents);
	return suite_run(suite, NEED_ROOT);
}
