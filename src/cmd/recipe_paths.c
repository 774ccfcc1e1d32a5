/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/create_opts.h"

#include "cmd/image_source.h"
#include "cmd/layout.h"

#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

/* What is recorded of a set is read again from anywhere, at boot as well: what was told as a path of the caller's directory is written
 * as one from the root. */

/* `text` with a backslash before what would end a field. */
static void put_field(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == ':' || *text == '\\')
			putc('\\', out);
		putc(*text, out);
	}
}

/* Whether SRC of --fs= is a file, and no name of a file system. */
static bool is_image(const char *source, const char *rest)
{
	nsm_autofree char *target = rest ? field_next(&rest) : NULL, *type = target && rest ? field_next(&rest) : NULL;
	struct stat st;

	if (type && *type && !nsm_streq(type, "auto") && image_type_is_virtual(type))
		return false;
	if (!strchr(source, '/') && image_type_is_virtual(source))
		return false;
	return stat(source, &st) == 0;
}

static bool is_path(int id, const char *source, const char *rest)
{
	if (*source == '/' || (id == CREATE_ROOTDIR && nsm_streq(source, "tmpfs")))
		return false;
	return id != CREATE_FS || is_image(source, rest);
}

static char *join(const char *head, size_t head_len, const char *path, bool is_field, const char *rest)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	bool failed;

	if (!out)
		return NULL;
	fwrite(head, 1, head_len, out);
	if (is_field)
		put_field(out, path);
	else
		fputs(path, out);
	if (rest)
		fprintf(out, ":%s", rest);
	failed = ferror(out);
	if (fclose(out) != 0 || failed) {
		free(text);
		return NULL;
	}
	return text;
}

static char *absolute_field(int id, const char *value)
{
	const char *rest = value;
	nsm_autofree char *source = field_next(&rest);
	char real[PATH_MAX];

	if (!source || !is_path(id, source, rest) || !realpath(source, real))
		return NULL;
	return join("", 0, real, true, rest);
}

/* DST=@FILE, as opposed to DST:TEXT. */
static char *absolute_file(const char *value)
{
	const char *at = strstr(value, "=@"), *rest = value;
	nsm_autofree char *target = field_next(&rest);
	char real[PATH_MAX];

	if (!target || !at || (rest && rest <= at) || (at > value && at[-1] == '\\') || at[2] == '/' || !realpath(at + 2, real))
		return NULL;
	return join(value, (size_t)(at + 2 - value), real, false, NULL);
}

char *recipe_absolute(const struct told *told)
{
	char real[PATH_MAX];

	switch (told->value ? told->id : -1) {
	case CREATE_ROOTDIR:
	case CREATE_BIND:
	case CREATE_BIND_RO:
	case CREATE_FS:
		return absolute_field(told->id, told->value);
	case CREATE_FILE:
		return absolute_file(told->value);
	case CREATE_ROOTFS:
		return *told->value != '/' && realpath(told->value, real) ? strdup(real) : NULL;
	default:
		return NULL;
	}
}
