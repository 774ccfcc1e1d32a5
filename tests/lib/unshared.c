/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unshared.h"

#include "fixture.h"

struct nsmgr_config *wanted;
struct nsmgr_set *unshared;

void wanted_new(void)
{
	ck_assert_int_eq(nsmgr_config_new(fixture.ctx, &wanted), 0);
}

void wanted_free(void)
{
	nsmgr_config_free(wanted);
	wanted = NULL;
	nsmgr_config_free(wanted); /* NULL is fine */
}

void unshared_make(void)
{
	int r = nsmgr_unshare(wanted, &unshared);
	const struct nsmgr_failure *failure = nsmgr_get_failure(fixture.ctx);

	ck_assert_msg(r == 0, "%d at %s: %s %s", r, failure->step, failure->text, failure->hint);
}

void unshared_end(void)
{
	nsmgr_set_close(unshared);
	unshared = NULL;
	wanted_free();
}

ino_t own_inode(enum nsmgr_type type)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/ns/%s", nsmgr_type_name(type));
	return inode_of(path);
}

struct nsmgr_id id_of(const struct nsmgr_set *of, enum nsmgr_type type)
{
	struct nsmgr_id id = { 0 };

	ck_assert_int_eq(nsmgr_set_id(of, type, &id), 0);
	return id;
}

int inside(nsmgr_call_fn *function, void *data)
{
	struct nsmgr_status status;

	ck_assert_int_eq(nsmgr_call(unshared, NSMGR_MASK_ALL, function, data, &status), 0);
	ck_assert_int_eq(status.signal, 0);
	return status.code;
}
