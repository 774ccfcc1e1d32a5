/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/profile.h"

#include "base/fd.h"
#include "base/text.h"
#include "cmd/create_opts.h"
#include "cmd/launch.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Without blanks at both ends, in place. */
static char *trim(char *text)
{
	size_t len;

	while (is_blank(*text))
		text++;
	len = strlen(text);
	while (len && is_blank(text[len - 1]))
		text[--len] = '\0';
	return text;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* \xHH becomes the byte. Any other backslash stands for itself: an option may have a use for it. */
static bool unescape(char *text)
{
	char *out = text;

	for (const char *in = text; *in; in++) {
		int high, low;

		if (in[0] != '\\' || in[1] != 'x') {
			*out++ = *in;
			continue;
		}
		high = hex_digit(in[2]);
		low = high < 0 ? -1 : hex_digit(in[3]);
		if (low < 0 || high + low == 0)
			return false;
		*out++ = (char)(high << 4 | low);
		in += 3;
	}
	*out = '\0';
	return true;
}

static int check(const struct app *app, const struct opt *opt, const struct told *told, const char *name)
{
	if (told->id == CREATE_PROFILE)
		return say_usage(app, "a profile names no other");
	if (told->value && opt_takes_no_value(opt))
		return say_usage(app, "no value goes with '%s'", name);
	if (!told->value && opt_needs_value(opt))
		return say_usage(app, "a value is missing behind '%s'", name);
	if (told_relative(opt, told->value))
		return say_usage(app, "'%s': a path in a profile begins with '/'", told->value);
	return STATUS_DONE;
}

/* "NAME=VALUE" or "NAME", both trimmed. */
static int parse_line(struct app *app, char *line, struct told *told, struct told_list *ret)
{
	char *value = strchr(line, '=');
	const char *of_exec, *name = line;
	const struct opt *opt;
	int status;

	if (value) {
		*value++ = '\0';
		value = trim(value);
		trim(line);
		if (!unescape(value))
			return say_usage(app, "a backslash and x take two digits of 0-9 and a-f, not both 0");
	}
	of_exec = nsm_after(name, "exec-");
	opt = of_exec ? opt_find(launch_options, of_exec, strlen(of_exec)) : opt_find(recipe_options, name, strlen(name));
	if (!opt)
		return say_usage(app, "unknown option '%s'%s", name, name[0] == '-' ? " (without the dashes)" : "");
	told->id = opt->id + (of_exec ? CREATE_EXEC : 0);
	told->value = value;
	status = check(app, opt, told, name);
	if (status == STATUS_DONE && !told_add(ret, told))
		status = say_plain(app, "out of memory");
	return status;
}

int profile_parse(struct app *app, char *text, const char *file, struct told_list *ret)
{
	struct told told = { .file = file };
	int status = STATUS_DONE;

	while (status == STATUS_DONE && text) {
		char *line = text;

		text = strchr(text, '\n');
		if (text)
			*text++ = '\0';
		told.line++;
		told_point(app, &told);
		line = trim(line);
		if (*line && *line != '#')
			status = parse_line(app, line, &told, ret);
	}
	told_point(app, NULL);
	return status;
}

/* ---- files ---- */

static int check_owner(const struct app *app, int fd, const char *path)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return say_plain(app, "'%s': %s", path, strerror(errno));
	if ((st.st_uid != 0 && st.st_uid != geteuid()) || (st.st_mode & 022 && S_ISREG(st.st_mode)))
		return say_plain(app, "'%s': others than root can write to it, so it is not read", path);
	return STATUS_DONE;
}

static int read_text(const struct app *app, const char *path, bool trusted, char **ret)
{
	char escaped[1024];
	const char *shown = nsm_escape(path, escaped, sizeof(escaped));
	nsm_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | (trusted ? O_NONBLOCK : 0));
	nsm_autofree char *text = malloc(NSMGR_PROFILE_SIZE + 2);
	struct stat st;
	ssize_t len;

	if (!text)
		return say_plain(app, "out of memory");
	if (fd < 0)
		return say_usage(app, "cannot read the profile '%s': %s", path, strerror(errno));
	/* Nobody may be at the other end of a pipe. */
	if (trusted && fstat(fd, &st) < 0)
		return say_plain(app, "'%s': %s", shown, strerror(errno));
	if (trusted && !S_ISREG(st.st_mode))
		return say_plain(app, "'%s' is not a regular file, so it is not read", shown);
	if (trusted && check_owner(app, fd, shown) != STATUS_DONE)
		return STATUS_FAILED;
	len = nsm_read_text(fd, text, NSMGR_PROFILE_SIZE + 2);
	if (len == -EFBIG || len > NSMGR_PROFILE_SIZE)
		return say_usage(app, "the profile '%s' has more than %d bytes", path, NSMGR_PROFILE_SIZE);
	if (len < 0)
		return say_usage(app, "cannot read the profile '%s': %s", path, strerror((int)-len));
	if (strlen(text) != (size_t)len)
		return say_usage(app, "the profile '%s' has a zero byte", path);
	*ret = take_ptr(text);
	return STATUS_DONE;
}

int profile_read(struct app *app, const char *path, bool trusted, struct profile *profile)
{
	nsm_cleanup(told_free) struct told_list read = { 0 };
	char *text = NULL;
	int status = read_text(app, path, trusted, &text);

	if (status != STATUS_DONE)
		return status;
	if (!add_name(&profile->texts, text)) {
		free(text);
		return say_plain(app, "out of memory");
	}
	status = profile_parse(app, text, path, &read);
	if (status == STATUS_DONE && !told_merge(&profile->told, &read, recipe_find))
		status = say_plain(app, "out of memory");
	return status;
}
