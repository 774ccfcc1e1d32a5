/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pools.h"

#include "fixture.h"

#include <unistd.h>

struct nsmgr_pool *pool;

void new_pool(unsigned types, size_t size)
{
	struct nsmgr_config *config;
	struct nsmgr_ctx *own;

	ck_assert_int_eq(nsmgr_new(&own), 0);
	ck_assert_int_eq(nsmgr_config_new(own, &config), 0);
	nsmgr_unref(own); /* the configuration has it */
	for (unsigned t = 0; t < NSMGR_TYPE_COUNT; t++)
		if (types & NSMGR_MASK(t))
			nsmgr_config_make(config, (enum nsmgr_type)t);
	ck_assert_int_eq(nsmgr_pool_new(config, size, &pool), 0);
}

ino_t take_inode(struct nsmgr_set **ret_set)
{
	struct nsmgr_id id;

	ck_assert_int_eq(nsmgr_pool_get(pool, fixture.ctx, ret_set), 0);
	ck_assert_int_eq(nsmgr_set_id(*ret_set, NSMGR_UTS, &id), 0);
	return id.ino;
}

int count_set(void *data, struct nsmgr_set *set)
{
	struct hook *hook = data;
	int calls = __atomic_add_fetch(&hook->calls, 1, __ATOMIC_SEQ_CST);

	if (hook->event >= 0 && write(hook->event, &(uint64_t){ 1 }, 8) != 8)
		return -EIO;
	return nsmgr_set_types(set) != UTS ? -EINVAL : calls == hook->fail_at ? -EXFULL : 0;
}
