/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Numbers that are none of an enumeration: errors, or passed over where nothing can be given back, and never an index. */

static const int strange[] = { -2, NSMGR_TYPE_COUNT, 99, INT32_MAX, INT32_MIN };

static struct nsmgr_config *config;

static void begin(void)
{
	ck_assert_int_eq(nsmgr_config_new(fixture.ctx, &config), 0);
}

START_TEST(types_that_are_none)
{
	enum nsmgr_type type = (enum nsmgr_type)strange[_i];
	char text[NSMGR_ID_TEXT_SIZE];
	struct nsmgr_id id = { 0 };
	struct nsmgr_set *set;
	int fd = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);

	begin();
	ck_assert_ptr_null(nsmgr_type_name(type));
	ck_assert_ptr_nonnull(nsmgr_id_text(type, &id, text));
	nsmgr_config_make(config, type);
	ck_assert_uint_eq(nsmgr_config_types(config), 0);
	ck_assert_int_eq(nsmgr_config_pin(config, type, "/proc/self/ns/net"), -EINVAL);
	ck_assert_int_eq(nsmgr_config_pin(config, type, "1"), -EINVAL);
	assert_failure(EINVAL, "source", NSMGR_TYPE_NONE);
	ck_assert_int_eq(nsmgr_enter_fd(fixture.ctx, fd, type), -EINVAL);
	close(fd);
	ck_assert_int_eq(nsmgr_set_from_caller(fixture.ctx, NSMGR_MASK_ALL, &set), 0);
	ck_assert_int_eq(nsmgr_set_fd(set, type), -ENOENT);
	ck_assert_int_eq(nsmgr_set_take_fd(set, type), -ENOENT);
	ck_assert_int_eq(nsmgr_set_id(set, type, &id), -ENOENT);
	ck_assert_int_lt(nsmgr_set_mount_one(set, type, in_dir("file")), 0);
	ck_assert(!path_exists(in_dir("file")));
	nsmgr_set_close(set);
	nsmgr_config_free(config);
}
END_TEST

START_TEST(kinds_and_clocks_that_are_none)
{
	const struct nsmgr_extent extent = { 0, 0, 1 };
	enum nsmgr_id_kind kind = (enum nsmgr_id_kind)strange[_i];

	begin();
	nsmgr_config_make(config, NSMGR_USER);
	ck_assert_int_eq(nsmgr_config_map(config, kind, &extent), -EINVAL);
	assert_failure(EINVAL, "map", NSMGR_USER);
	ck_assert_int_eq(nsmgr_write_map(fixture.ctx, getpid(), kind, &extent, 1), -EINVAL);
	ck_assert_int_eq(nsmgr_config_offset(config, (clockid_t)strange[_i],
					     &(struct timespec){ 0 }), -EINVAL);
	ck_assert_int_eq(nsmgr_config_offset(config, CLOCK_BOOTTIME, &(struct timespec){ .tv_nsec = -1 }), -EINVAL);
	ck_assert_int_eq(nsmgr_config_offset(config, CLOCK_BOOTTIME, &(struct timespec){ .tv_nsec = 1000000000 }), -EINVAL);
	nsmgr_config_free(config);
}
END_TEST

START_TEST(propagations_and_states_that_are_none)
{
	begin();
	nsmgr_config_make(config, NSMGR_UTS);
	/* Passed over: otherwise it would ask for a mount namespace that is not made. */
	nsmgr_config_propagation(config, (enum nsmgr_propagation)strange[_i]);
	ck_assert_int_eq(nsmgr_config_check(config), 0);
	ck_assert_ptr_null(nsmgr_state_name((enum nsmgr_state)strange[_i]));
	nsmgr_config_free(config);
}
END_TEST

START_TEST(masks_beyond_the_types)
{
	struct nsmgr_set *set;

	ck_assert_int_eq(nsmgr_set_from_caller(fixture.ctx, ~NSMGR_MASK_ALL, &set), -ENOENT);
	ck_assert_int_eq(nsmgr_set_from_caller(fixture.ctx, 0, &set), -ENOENT);
	ck_assert_int_eq(nsmgr_set_from_caller(fixture.ctx, ~0u, &set), 0);
	ck_assert_uint_eq(nsmgr_set_types(set), NSMGR_MASK_ALL);
	ck_assert_int_eq(nsmgr_set_enter(set, ~NSMGR_MASK_ALL), -ENOENT);
	nsmgr_set_close(set);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("misuse");
	TCase *tcase = suite_case(suite, "numbers");

	tcase_add_loop_test(tcase, types_that_are_none, 0, (int)NSM_ARRAY_SIZE(strange));
	tcase_add_loop_test(tcase, kinds_and_clocks_that_are_none, 0, (int)NSM_ARRAY_SIZE(strange));
	tcase_add_loop_test(tcase, propagations_and_states_that_are_none, 0, (int)NSM_ARRAY_SIZE(strange));
	tcase_add_test(tcase, masks_beyond_the_types);
	return suite_run(suite, NEED_NOTHING);
}
