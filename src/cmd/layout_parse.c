/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/layout.h"

#include "base/fd.h"
#include "base/text.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

char *field_next(const char **cursor)
{
	const char *p = *cursor;
	char *field = malloc(strlen(p) + 1), *to = field;

	if (!field)
		return NULL;
	for (; *p && *p != ':'; p++) {
		if (p[0] == '\\' && (p[1] == ':' || p[1] == '\\' || p[1] == '='))
			p++;
		*to++ = *p;
	}
	*to = '\0';
	*cursor = *p ? p + 1 : NULL;
	return field;
}

int target_parse(const struct app *app, const char *option, const char *text, char **ret)
{
	size_t size = strlen(text) + 2;
	nsm_autofree char *path = NULL;
	char *to;

	if (*text != '/')
		return say_usage(app, "--%s: '%s' is not an absolute path", option, text);
	if (size > PATH_MAX)
		return say_usage(app, "--%s: a path is too long", option);
	path = to = calloc(1, size);
	if (!path)
		return say_plain(app, "out of memory");
	while (*text) {
		size_t len = strcspn(text += strspn(text, "/"), "/");

		if (len == 2 && strncmp(text, "..", 2) == 0)
			return say_usage(app, "--%s: a path inside has no '..'", option);
		if (len > 0 && !(len == 1 && *text == '.')) {
			*to++ = '/';
			memcpy(to, text, len);
			to += len;
		}
		text += len;
	}
	if (to == path)
		*to = '/';
	*ret = take_ptr(path);
	return STATUS_DONE;
}

/* Its name without links: -ENOENT where it has none from here. */
static int find_path(int fd, char *buf, size_t size)
{
	char link[64];
	struct nsm_text text = NSM_TEXT(link);
	ssize_t n;

	nsm_text_add(&text, "/proc/self/fd/%d", fd);
	n = readlink(link, buf, size - 1);
	if (n < 0)
		return -errno;
	buf[n] = '\0';
	return *buf == '/' ? 0 : -ENOENT;
}

int source_open(const struct app *app, const char *option, const char *path, struct source *ret)
{
	char real[PATH_MAX + 16];
	nsm_autoclose int fd = open(path, O_PATH | O_CLOEXEC);
	struct stat st;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return say_usage(app, "--%s: '%s': %s", option, path, strerror(errno));
	r = find_path(fd, real, sizeof(real));
	if (r < 0 && r != -ENOENT)
		return say_usage(app, "--%s: '%s': %s", option, path, strerror(-r));
	if (st.st_nlink == 0)
		return say_usage(app, "--%s: '%s' is removed already", option, path);
	if (r < 0)
		return say_usage(app, "--%s: '%s' has no path here", option, path);
	ret->path = strdup(real);
	if (!ret->path)
		return say_plain(app, "out of memory");
	ret->dev = st.st_dev;
	ret->ino = st.st_ino;
	ret->mode = st.st_mode;
	ret->fd = take_fd(fd);
	return STATUS_DONE;
}

void source_free(struct source *source)
{
	nsm_close(&source->fd);
	free(source->path);
	source->path = NULL;
}
