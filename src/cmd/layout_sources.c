/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd/layout.h"

#include "base/fd.h"
#include "base/text.h"
#include "cmd/sys_mount.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_SIZE (1024 * 1024)

int host_file_read(const struct app *app, const char *path, char **ret, size_t *ret_len)
{
	nsm_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	nsm_autofree char *text = malloc(FILE_SIZE + 1);
	ssize_t len;

	if (!text)
		return say_plain(app, "out of memory");
	len = fd < 0 ? -errno : nsm_read_text(fd, text, FILE_SIZE + 1);
	if (len == -EFBIG)
		return say_usage(app, "--file: '%s' is larger than 1 MiB (--bind has it as it is)", path);
	if (len < 0)
		return say_usage(app, "--file: '%s': %s", path, strerror((int)-len));
	*ret = take_ptr(text);
	*ret_len = (size_t)len;
	return STATUS_DONE;
}

/* ---- --rootfs ---- */

static int add_directory(struct layout *layout, const char *path, char *target)
{
	struct entry *entry = layout_add(layout, ENTRY_BIND, target);

	if (!entry)
		return STATUS_FAILED;
	entry->opts.set = SYS_ATTR_RDONLY | SYS_ATTR_NOSUID | SYS_ATTR_NODEV;
	return source_open(layout->app, "rootfs", path, &entry->source);
}

static int add_link(struct layout *layout, const char *path, char *target)
{
	struct entry *entry = layout_add(layout, ENTRY_SYMLINK, target);
	char text[PATH_MAX];
	ssize_t n;

	if (!entry)
		return STATUS_FAILED;
	n = readlink(path, text, sizeof(text) - 1);
	if (n < 0)
		return say_usage(layout->app, "--rootfs: '%s': %s", path, strerror(errno));
	text[n] = '\0';
	entry->text = strdup(text);
	return entry->text ? STATUS_DONE : say_plain(layout->app, "out of memory");
}

static int add_found(struct layout *layout, const char *dir, const char *name)
{
	char path[PATH_MAX], inside[NAME_MAX + 2];
	struct nsm_text text = NSM_TEXT(path), target = NSM_TEXT(inside);
	struct stat st;

	nsm_text_add(&text, "%s/%s", dir, name);
	nsm_text_add(&target, "/%s", name);
	if (text.cut)
		return say_usage(layout->app, "--rootfs: a path in '%s' is too long", dir);
	if (lstat(path, &st) < 0)
		return errno == ENOENT ? STATUS_DONE : say_usage(layout->app, "--rootfs: '%s': %s", path, strerror(errno));
	if (S_ISLNK(st.st_mode))
		return add_link(layout, path, strdup(inside));
	return S_ISDIR(st.st_mode) ? add_directory(layout, path, strdup(inside)) : STATUS_DONE;
}

int layout_rootfs(struct layout *layout, const char *dir)
{
	/* What belongs to the system itself, and nothing that it works on. */
	static const char *const usual[] = { "bin", "etc", "lib", "lib32", "lib64", "sbin", "usr" };
	int status = STATUS_DONE;
	struct dirent *entry;
	DIR *stream;

	layout->has_rootfs = true;
	if (nsm_streq(dir, "/")) {
		for (size_t i = 0; status == STATUS_DONE && i < NSM_ARRAY_SIZE(usual); i++)
			status = add_found(layout, "", usual[i]);
		return status;
	}
	stream = opendir(dir);
	if (!stream)
		return say_usage(layout->app, "--rootfs: '%s': %s", dir, strerror(errno));
	for (errno = 0; status == STATUS_DONE && (entry = readdir(stream)); errno = 0)
		if (!nsm_streq(entry->d_name, ".") && !nsm_streq(entry->d_name, ".."))
			status = add_found(layout, dir, entry->d_name);
	if (status == STATUS_DONE && errno)
		status = say_usage(layout->app, "--rootfs: '%s': %s", dir, strerror(errno));
	closedir(stream);
	return status;
}
