/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/cgroup.h"

#include "base/fd.h"
#include "base/text.h"
#include "lib/sys.h"

#include <fcntl.h>
#include <unistd.h>

/* A line at a time, without allocation: a creator, which may be the child of a threaded program, asks too. */

int nsm_cgroup_mounts_begin(struct nsm_cgroup_mounts *mounts)
{
	mounts->len = mounts->pos = 0;
	mounts->skipped = false;
	mounts->fd = openat(AT_FDCWD, NSM_PROC_SELF "/mountinfo", O_RDONLY | O_CLOEXEC);
	return mounts->fd < 0 ? -errno : 0;
}

void nsm_cgroup_mounts_end(struct nsm_cgroup_mounts *mounts)
{
	nsm_close(&mounts->fd);
}

/* The next line, in place; 0 at the end, or -errno. One that does not fit is none, and remembered. */
static int next_line(struct nsm_cgroup_mounts *mounts, char **ret)
{
	for (;;) {
		char *line = mounts->text + mounts->pos;
		char *end = memchr(line, '\n', mounts->len - mounts->pos);
		ssize_t n;

		if (end) {
			*end = '\0';
			mounts->pos = (size_t)(end + 1 - mounts->text);
			*ret = line;
			return 1;
		}
		mounts->len -= mounts->pos;
		memmove(mounts->text, line, mounts->len);
		mounts->pos = 0;
		if (mounts->len == sizeof(mounts->text)) {
			mounts->len = 0;
			mounts->skipped = true;
		}
		do
			n = read(mounts->fd, mounts->text + mounts->len, sizeof(mounts->text) - mounts->len);
		while (n < 0 && errno == EINTR);
		if (n <= 0)
			return n < 0 ? -errno : 0;
		mounts->len += (size_t)n;
	}
}

/* ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [OPTIONAL...] - TYPE ... proc_pid_mountinfo(5) */
static bool parse_line(char *line, struct nsm_cgroup_mount *ret)
{
	char *fields[5], *field;

	for (size_t i = 0; i < NSM_ARRAY_SIZE(fields); i++) {
		fields[i] = nsm_token(&line, ' ');
		if (!fields[i])
			return false;
	}
	do
		field = nsm_token(&line, ' ');
	while (field && !nsm_streq(field, "-"));
	field = field ? nsm_token(&line, ' ') : NULL;
	if (!field || !nsm_after(field, "cgroup"))
		return false;
	nsm_unescape_octal(fields[4]);
	ret->point = fields[4];
	ret->version2 = nsm_streq(field, "cgroup2");
	ret->whole = nsm_streq(fields[3], "/");
	return ret->version2 || nsm_streq(field, "cgroup");
}

int nsm_cgroup_mounts_next(struct nsm_cgroup_mounts *mounts, struct nsm_cgroup_mount *ret)
{
	char *line = NULL;
	int r;

	while ((r = next_line(mounts, &line)) > 0)
		if (parse_line(line, ret))
			return 1;
	return r;
}
