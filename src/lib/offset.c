/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/offset.h"

#include "base/fd.h"

int nsm_offset_check(struct nsmgr_ctx *ctx, clockid_t clock, const struct timespec *offset)
{
	if (clock != CLOCK_MONOTONIC && clock != CLOCK_BOOTTIME)
		return nsm_fail_text(ctx, -EINVAL, "offsets", NSMGR_TIME, NULL,
				     "only the monotonic and boottime clocks have offsets");
	if (offset->tv_nsec < 0 || offset->tv_nsec > 999999999)
		return nsm_fail_text(ctx, -EINVAL, "offsets", NSMGR_TIME, NULL, "nanoseconds go from 0 to 999999999");
	return 0;
}

void nsm_offset_add(struct nsm_text *text, clockid_t clock, const struct timespec *offset)
{
	nsm_text_add(text, "%s %lld %ld\n", clock == CLOCK_MONOTONIC ? "monotonic" : "boottime", (long long)offset->tv_sec,
		     offset->tv_nsec);
}

int nsm_offset_write(struct nsmgr_ctx *ctx, int proc, const struct nsm_text *text)
{
	int r = nsm_write_text_at(proc, "timens_offsets", text->buf);

	if (r == -EACCES)
		return nsm_fail_text(ctx, r, "offsets", NSMGR_TIME, NULL,
				     "not ours to write, or somebody has entered the time namespace, whose clocks stay then");
	return r < 0 ? nsm_fail(ctx, r, "offsets", NSMGR_TIME, NULL) : 0;
}
