/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* A program of somebody else's: nsmgr.h and libnsmgr, and nothing behind them. */

static int read_hostname(void *data)
{
	struct nsmgr_set *set;
	char name[65];

	CHILD_NEEDS(nsmgr_set_open(fixture.ctx, "web", NSMGR_MASK_ALL, NSMGR_OPEN_HOLD, &set) == 0);
	CHILD_NEEDS(nsmgr_set_enter(set, NSMGR_MASK_ALL) == 0);
	nsmgr_set_close(set);
	CHILD_NEEDS(gethostname(name, sizeof(name)) == 0);
	CHILD_NEEDS(strcmp(name, data) == 0);
	return 0;
}

START_TEST(a_set_is_created_listed_entered_and_removed)
{
	struct nsmgr_handle handles[NSMGR_TYPE_COUNT];
	struct nsmgr_config *config;
	struct nsmgr_list *list;
	const char *name;

	ck_assert_int_eq(nsmgr_config_new(fixture.ctx, &config), 0);
	nsmgr_config_make(config, NSMGR_NET);
	ck_assert_int_eq(nsmgr_config_hostname(config, "host-of-web"), 0);
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "web", config, 0), 0);
	ck_assert_int_eq(nsmgr_create(fixture.ctx, "web", config, 0), -EEXIST);
	nsmgr_config_free(config);
	ck_assert_int_eq(nsmgr_list_new(fixture.ctx, 0, &list), 0);
	ck_assert_int_eq(nsmgr_list_next(list, &name), 0);
	ck_assert_str_eq(name, "web");
	ck_assert_int_eq(nsmgr_list_handles(list, name, handles), 2);
	ck_assert_int_eq(handles[0].type, NSMGR_NET);
	ck_assert_int_eq(handles[1].type, NSMGR_UTS);
	ck_assert_uint_eq(handles[0].ino, inode_of(in_root("web/net")));
	ck_assert_int_eq(nsmgr_list_next(list, &name), 1);
	nsmgr_list_free(list);
	ck_assert_child(read_hostname, (char[]){ "host-of-web" });
	ck_assert_int_eq(nsmgr_remove(fixture.ctx, "web", 0, NULL), 0);
	ck_assert_int_eq(nsmgr_remove(fixture.ctx, "web", 0, NULL), -ENOENT);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("public");

	tcase_add_test(suite_case(suite, "public"), a_set_is_created_listed_entered_and_removed);
	return suite_run(suite, NEED_ROOT);
}
