/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/told.h"

#include "base/fd.h"

#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

/* What a row calls the value, without what stands around it. */
static const char *row_of(const struct opt *opt)
{
	return opt->value ? opt->value + strspn(opt->value, "[=") : "";
}

/* DST=@FILE of --file=: the separator that comes first counts. */
static const char *relative_file(const char *value)
{
	const char *at = strstr(value, "=@");

	if (!at || at > value + strcspn(value, ":") || (at > value && at[-1] == '\\') || at[2] == '/')
		return NULL;
	return at + 2;
}

/* Something that is a path only if it looks like one. */
static bool is_path(const char *value)
{
	size_t slash = strcspn(value, "/");

	return value[0] == '.' || (slash < strcspn(value, ":") && strcspn(value, "=@") > slash);
}

const char *told_relative(const struct opt *opt, const char *value)
{
	const char *row = row_of(opt);
	bool relative = false;

	if (!value)
		return NULL;
	if (nsm_after(row, "DST:TEXT"))
		return relative_file(value);
	if (value[0] == '/')
		return NULL;
	if (nsm_after(row, "SOURCE") || nsm_after(row, "SRC:"))
		relative = is_path(value);
	else if (nsm_after(row, "DIR["))
		relative = !nsm_after(value, "tmpfs") || (value[5] && value[5] != ':');
	else if (nsm_after(row, "PROFILE"))
		relative = !nsm_streq(value, "container") && !nsm_streq(value, "audit"); /* those built in */
	else
		relative = nsm_after(row, "SRC[") || nsm_streq(row, "DIR") || nsm_streq(row, "FILE]");
	return relative ? value : NULL;
}

/* Of --bind= and its like, whose fields end at a ':'. */
static bool has_fields(const struct opt *opt)
{
	return nsm_after(row_of(opt), "SRC") || nsm_after(row_of(opt), "DIR[");
}

/* A file that is here, as the SRC of --fs=, where a name may be that of a file system as well. */
static bool is_file_here(const struct opt *opt, const char *value)
{
	size_t len = strcspn(value, ":");
	char name[256], known[8192];
	const char *at;

	if (!nsm_after(row_of(opt), "SRC:") || strcspn(value, "/\\=") < len || len >= sizeof(name))
		return false;
	memcpy(name, value, len);
	name[len] = '\0';
	if (access(name, F_OK) < 0 || nsm_read_text_at(AT_FDCWD, "/proc/filesystems", known, sizeof(known)) < 0)
		return false;
	for (at = known; (at = strstr(at, name)); at++)
		if (at > known && at[-1] == '\t' && at[len] == '\n')
			return false;
	return true;
}

/* Takes "./" and "../" off the front of a path; the present directory has no link in its name, so that its parent is the one above. */
static const char *climb(const char *path, char *cwd)
{
	const char *rest = nsm_after(path, "./"), *above = nsm_after(path, "../");

	if (above) {
		char *slash = strrchr(cwd, '/');

		slash[slash == cwd] = '\0';
	}
	return above ? climb(above, cwd) : rest ? climb(rest, cwd) : path;
}

char *told_absolute(const struct opt *opt, const char *value)
{
	const char *path = value && is_file_here(opt, value) ? value : told_relative(opt, value);
	char cwd[PATH_MAX], *ret, *to;

	if (!path || !getcwd(cwd, sizeof(cwd)) || cwd[0] != '/')
		return NULL;
	ret = to = malloc(strlen(value) + 2 * strlen(cwd) + 2);
	if (!ret)
		return NULL;
	memcpy(to, value, (size_t)(path - value));
	to += path - value;
	path = climb(path, cwd);
	for (const char *p = cwd; *p; p++) {
		if (has_fields(opt) && strchr(":\\=", *p))
			*to++ = '\\';
		*to++ = *p;
	}
	if (to[-1] != '/')
		*to++ = '/';
	memcpy(to, path, strlen(path) + 1);
	return ret;
}
