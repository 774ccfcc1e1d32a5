/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stages.h"

#include "fixture.h"

#include "lib/nsfd.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>

struct nsm_store store = NSM_STORE_INIT;
struct nsm_stage stage = NSM_STAGE_INIT;

void open_store(void)
{
	ck_assert_int_eq(nsm_store_open_rw(fixture.ctx, true, false, &store), 0);
	ck_assert_int_eq(nsm_store_begin_changes(&store), 0);
	ck_assert_int_eq(nsm_stage_open(&store, &stage), 0);
}

void close_store(void)
{
	nsm_stage_close(&stage);
	nsm_store_close(&store);
}

int bind_own(struct nsm_stage *in, enum nsmgr_type type)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/self/ns/%s", nsmgr_type_name(type));
	nsm_autoclose int fd = nsm_nsfd_open(AT_FDCWD, path, false);

	return fd < 0 ? fd : nsm_stage_bind(in, type, fd, NULL);
}

int stages_left(void)
{
	DIR *dir = opendir(in_root(".stage"));
	struct dirent *entry;
	int count = 0;

	while (dir && (entry = readdir(dir)))
		count += entry->d_name[0] != '.';
	if (dir)
		closedir(dir);
	return count;
}
