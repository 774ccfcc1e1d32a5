/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "calls.h"

#include "fixture.h"

#include <stdlib.h>

struct nsmgr_set *called;

void called_open(unsigned types)
{
	set_make("web", types);
	ck_assert_int_eq(nsmgr_set_open(fixture.ctx, "web", NSMGR_MASK_ALL, 0, &called), 0);
}

void called_drop(void)
{
	nsmgr_set_close(called);
	called = NULL;
	set_drop("web");
}

struct nsmgr_status call_it(nsmgr_call_fn *function, void *data)
{
	struct nsmgr_status status = { -1, -1, true };
	int r = nsmgr_call(called, NSMGR_MASK_ALL, function, data, &status);

	ck_assert_msg(r == 0, "%d at %s: %s", r, nsmgr_get_failure(fixture.ctx)->step, nsmgr_get_failure(fixture.ctx)->text);
	ck_assert(!status.timed_out);
	return status;
}

void assert_call_gives(nsmgr_call_fn *function, void *data, int code)
{
	struct nsmgr_status status = call_it(function, data);

	ck_assert_int_eq(status.signal, 0);
	ck_assert_int_eq(status.code, code);
}

int give(void *data)
{
	return *(int *)data;
}

int abort_it(void *data)
{
	(void)data;
	abort();
}
