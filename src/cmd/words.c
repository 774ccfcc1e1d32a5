/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/words.h"

#include "base/text.h"

#include <time.h>

const char *origin_name(enum nsmgr_origin origin)
{
	static const char *const names[] = { [NSMGR_ORIGIN_UNKNOWN] = "", [NSMGR_MADE] = "made", [NSMGR_PINNED] = "pinned" };

	return names[origin];
}

/* Up to the second, and what comes behind that. */
static const char *put_time(const struct timespec *time, char buf[32], const char *behind)
{
	struct nsm_text text = { .buf = buf, .size = 32 };
	struct tm tm;

	if (time->tv_sec && gmtime_r(&time->tv_sec, &tm))
		text.len = strftime(buf, 32, "%FT%T", &tm);
	buf[text.len] = '\0';
	if (text.len)
		nsm_text_add(&text, "%s", behind);
	return buf;
}

const char *format_time(const struct timespec *time, char buf[32])
{
	return put_time(time, buf, "Z");
}

const char *format_moment(const struct timespec *time, char buf[32])
{
	char behind[16];
	struct nsm_text text = NSM_TEXT(behind);

	nsm_text_add(&text, ".%06ldZ", time->tv_nsec / 1000);
	return put_time(time, buf, behind);
}
