/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

void set_make(const char *name, unsigned types)
{
	struct nsmgr_config *config;
	int r;

	ck_assert_int_eq(nsmgr_config_new(fixture.ctx, &config), 0);
	for (unsigned type = 0; type < NSMGR_TYPE_COUNT; type++)
		if (types & NSMGR_MASK(type))
			nsmgr_config_make(config, (enum nsmgr_type)type);
	r = nsmgr_create(fixture.ctx, name, config, 0);
	nsmgr_config_free(config);
	ck_assert_msg(r == 0, "create '%s': %d at %s: %s %s", name, r, nsmgr_get_failure(fixture.ctx)->step,
		      nsmgr_get_failure(fixture.ctx)->text, nsmgr_get_failure(fixture.ctx)->hint);
}

void set_drop(const char *name)
{
	int r = nsmgr_remove(fixture.ctx, name, NSMGR_REMOVE_KILL, NULL);

	ck_assert_msg(r == 0, "remove '%s': %d at %s: %s", name, r, nsmgr_get_failure(fixture.ctx)->step,
		      nsmgr_get_failure(fixture.ctx)->text);
}

struct nsmgr_set *set_open(const char *name)
{
	struct nsmgr_set *set = NULL;
	int r = nsmgr_set_open(fixture.ctx, name, NSMGR_MASK_ALL, 0, &set);

	ck_assert_msg(r == 0, "open '%s': %d: %s", name, r, nsmgr_get_failure(fixture.ctx)->text);
	return set;
}

static bool describe(const char *name, enum nsmgr_type type, struct nsmgr_handle *ret)
{
	struct nsmgr_handle handles[NSMGR_TYPE_COUNT];
	struct nsmgr_list *list;
	bool found = false;
	int count;

	ck_assert_int_eq(nsmgr_list_new(fixture.ctx, NSMGR_LIST_ALL, &list), 0);
	count = nsmgr_list_handles(list, name, handles);
	for (int i = 0; i < count && !found; i++) {
		found = handles[i].type == type;
		*ret = handles[i];
	}
	nsmgr_list_free(list);
	return found;
}

ino_t set_inode(const char *name, enum nsmgr_type type)
{
	struct nsmgr_handle handle;

	ck_assert(describe(name, type, &handle));
	ck_assert_int_eq(handle.state, NSMGR_LIVE);
	return handle.ino;
}

int set_state(const char *name, enum nsmgr_type type)
{
	struct nsmgr_handle handle;

	return describe(name, type, &handle) ? (int)handle.state : -ENOENT;
}

void assert_failure(int error, const char *step, enum nsmgr_type type)
{
	const struct nsmgr_failure *failure = nsmgr_get_failure(fixture.ctx);

	ck_assert_int_eq(failure->error, error);
	ck_assert_str_eq(failure->step, step);
	ck_assert_int_eq(failure->type, type);
}

static void assert_holds_only(const char *path, const char *const allowed[])
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		bool known = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;

		for (size_t i = 0; allowed[i] && !known; i++)
			known = strcmp(entry->d_name, allowed[i]) == 0;
		ck_assert_msg(known, "%s/%s is left", path, entry->d_name);
	}
	if (dir)
		closedir(dir);
}

void assert_store_is_empty(void)
{
	static const char *const in_store[] = { ".lock", ".store", ".stage", ".pool", NULL };
	static const char *const nothing[] = { NULL };

	assert_holds_only(fixture.root, in_store);
	assert_holds_only(in_root(".stage"), nothing);
	assert_holds_only(in_root(".pool"), nothing);
}

void assert_nothing_is_left(void)
{
	assert_store_is_empty();
	ck_assert_int_le(mounts_below(fixture.root), 1);
	ck_assert(has_no_children());
}
