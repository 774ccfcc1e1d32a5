/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pinned.h"

#include "fixture.h"

#include <dirent.h>
#include <sys/mount.h>

struct nsmgr_set *pinned;

void pinned_close(void)
{
	nsmgr_set_close(pinned);
	pinned = NULL;
}

void make_private(void)
{
	make_dir(in_dir("d"), 0755);
	ck_assert_int_eq(mount(in_dir("d"), in_dir("d"), NULL, MS_BIND, NULL), 0);
	ck_assert_int_eq(mount(NULL, in_dir("d"), NULL, MS_PRIVATE, NULL), 0);
}

void drop_private(void)
{
	ck_assert_int_eq(umount2(in_dir("d"), MNT_DETACH), 0);
}

void pinned_open_new(unsigned types)
{
	set_make("web", types);
	ck_assert_int_eq(nsmgr_set_open(fixture.ctx, "web", NSMGR_MASK_ALL, 0, &pinned), 0);
}

void pinned_open_own(unsigned types)
{
	ck_assert_int_eq(nsmgr_set_from_caller(fixture.ctx, types, &pinned), 0);
}

int entries_of(const char *path)
{
	DIR *dir = opendir(path);
	int count = -2;

	while (dir && readdir(dir))
		count++;
	if (dir)
		closedir(dir);
	return count;
}
