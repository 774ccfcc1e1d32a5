/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/image_source.h"

#include "base/fd.h"
#include "base/text.h"
#include "cmd/probe.h"
#include "cmd/sys_mount.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

/* ---- virtual file systems ---- */

static bool is_listed(const char *type)
{
	FILE *file = fopen("/proc/filesystems", "re");
	char line[128];
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file)) {
		const char *name = nsm_after(line, "nodev\t");

		line[strcspn(line, "\n")] = '\0';
		found = name && nsm_streq(name, type);
	}
	if (file)
		fclose(file);
	return found;
}

bool image_type_is_virtual(const char *type)
{
	nsm_autoclose int context = -EBADF;

	if (is_listed(type))
		return true;
	/* It may come with a module, which the kernel looks for when asked. */
	context = sys_fsopen(type);
	return context >= 0 && is_listed(type);
}

/* A bare name that is no file here, or one that the kernel has already. */
static bool is_virtual(const char *src, const char *type)
{
	struct stat st;

	if (type)
		return image_type_is_virtual(type);
	if (strchr(src, '/') || probe_is_tag(src))
		return false;
	return is_listed(src) || (stat(src, &st) < 0 && image_type_is_virtual(src));
}

/* ---- files and devices ---- */

static int refuse(const struct app *app, const struct image_source *source, const char *why)
{
	return say_usage(app, "--fs: '%s' %s", source->shown, why);
}

static const char *why_not(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return "is a directory (cure: --bind)";
	case S_IFIFO:
		return "is a FIFO, neither an image nor a block device";
	case S_IFSOCK:
		return "is a socket, neither an image nor a block device";
	default:
		return "is a character device, neither an image nor a block device";
	}
}

/* A node in /dev, found by number: the path that was given may be somebody's who changes it. */
static int take_device(const struct app *app, struct image_source *source, dev_t number)
{
	struct stat st;

	source->device = probe_device_path(number);
	if (!source->device || stat(source->device, &st) < 0 || !S_ISBLK(st.st_mode) || st.st_rdev != number)
		return refuse(app, source, "has no node in /dev");
	return STATUS_DONE;
}

/* Looks first, for opening a FIFO, or some device, does something; then opens what it looked at. */
static int open_path(const struct app *app, const char *path, bool readonly, struct image_source *source)
{
	nsm_autoclose int fd = open(path, O_PATH | O_CLOEXEC);
	char again[32];
	struct nsm_text text = NSM_TEXT(again);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return say_usage(app, "--fs: cannot open '%s': %s", source->shown, strerror(errno));
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return refuse(app, source, why_not(st.st_mode));
	nsm_text_add(&text, "/proc/self/fd/%d", fd);
	source->fd = open(again, (readonly ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NONBLOCK);
	if (source->fd < 0) {
		source->fd = -EBADF;
		return say_usage(app, "--fs: cannot open '%s'%s: %s", source->shown, readonly ? "" : " for writing",
				 strerror(errno));
	}
	source->is_file = S_ISREG(st.st_mode);
	return source->is_file ? STATUS_DONE : take_device(app, source, st.st_rdev);
}

static int open_tag(const struct app *app, const char *tag, bool readonly, struct image_source *source)
{
	nsm_autofree char *device = NULL;
	int r = probe_find(tag, &device);

	if (r == -ENOENT)
		return refuse(app, source, "is on none of the block devices here");
	if (r == -EINVAL)
		return refuse(app, source, "is not TAG=VALUE");
	if (r < 0)
		return say_plain(app, "--fs: cannot look for '%s': %s", tag, strerror(-r));
	return open_path(app, device, readonly, source);
}

static int open_any(const struct app *app, const char *src, const char *type, bool readonly, struct image_source *source)
{
	source->shown = strdup(src);
	if (!source->shown)
		return say_plain(app, "out of memory");
	if (is_virtual(src, type))
		return STATUS_DONE;
	return probe_is_tag(src) ? open_tag(app, src, readonly, source) : open_path(app, src, readonly, source);
}

int image_source_open(const struct app *app, const char *src, const char *type, bool readonly, struct image_source *ret)
{
	struct image_source source = IMAGE_SOURCE_INIT;
	int status = open_any(app, src, type, readonly, &source);

	if (status == STATUS_DONE)
		*ret = source;
	else
		image_source_close(&source);
	return status;
}

void image_source_close(struct image_source *source)
{
	nsm_close(&source->fd);
	free(source->shown);
	free(source->device);
	*source = (struct image_source)IMAGE_SOURCE_INIT;
}
